// Where the person is: the chosen conversation, the open section of the settings, the drawer.
// Not the address bar: a window has none, and a conversation's name has no place in a history.
import type { ConversationId } from '$lib/api';

export type SettingsSection = 'appearance' | 'model' | 'answers' | 'privacy' | 'port' | 'about';

class Navigation {
  /** `null` is a new conversation. */
  conversation = $state<ConversationId | null>(null);
  /** The open section of the settings, or `null` while they are closed. */
  settings = $state<SettingsSection | null>(null);
  /** The sidebar over the thread, in narrow windows. */
  drawer = $state(false);
  /** The person folded the sidebar away, in wide windows. */
  folded = $state(false);
  /** Grows with each request for a new conversation, so that a composer can take the focus. */
  fresh = $state(0);

  open(id: ConversationId): void {
    this.conversation = id;
    this.drawer = false;
  }

  startNew(): void {
    this.conversation = null;
    this.drawer = false;
    this.fresh += 1;
  }

  openSettings(section: SettingsSection): void {
    this.settings = section;
  }
}

export const navigation = new Navigation();
