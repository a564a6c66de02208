// The native main window and what the program asks of its page: to come back where the person was,
// to ask what closing means, to put a link's text into the field, to keep what is written before it
// goes. A browser tab and the quick chat are no main window; there all of this rests.
import {
  rpc,
  type AppEvent,
  type ConversationId,
  type MessageId,
  type OpenedModel,
  type PersonaId,
} from '$lib/api';
import { host } from '$lib/host';
import { t } from '$lib/i18n/index.svelte';
import { navigation } from './navigation.svelte';
import { notify } from './toasts.svelte';

/** Keeps what is written; false where something would be lost, so that the window stays. */
export type Keeper = () => Promise<boolean> | boolean;

/** From here to the end a thread counts as read to its end. */
const END = 48;

class MainWindow {
  /** The question what closing means is open. */
  closing = $state(false);
  /** Text of a link that waits for the field. */
  offered = $state.raw<string | null>(null);
  /** A new conversation that waits to be begun, with whom. */
  wanted = $state.raw<{ readonly persona: PersonaId | null } | null>(null);
  /** Model files from outside the page that wait to be told. */
  models = $state.raw<readonly OpenedModel[]>([]);
  #page = false;
  #keepers = new Set<Keeper>();

  /** This page is the one of the main window, if it is in a window at all. */
  claim(): void {
    this.#page = true;
  }

  get #here(): boolean {
    return this.#page && host().kind === 'window';
  }

  /** The data is open: goes on where the page before this one ended. */
  async open(): Promise<void> {
    if (!this.#here) return;
    const opened = await rpc('window_opened', {});
    const { place, draft, reloaded, link_refused } = opened;
    const conversation = place?.conversation ?? null;
    if (conversation !== null && navigation.conversation === null) {
      navigation.open(conversation, place?.message ?? null);
    }
    this.wanted = opened.begin;
    this.models = opened.models;
    if (opened.settings) this.#showSettings();
    if (draft !== null) this.#offer(draft);
    if (reloaded) notify(t('desktop.page.reloaded'));
    if (link_refused) notify(t('desktop.link.refused'));
  }

  /** Takes an event of the program; those for others are left alone. */
  take(event: AppEvent): void {
    if (!this.#here) return;
    if (event.type === 'close_asked') this.#ask();
    if (event.type === 'draft_offered') this.#offer(event.text);
    if (event.type === 'link_refused') notify(t('desktop.link.refused'));
    if (event.type === 'begin_asked') this.wanted = { persona: event.persona };
    if (event.type === 'model_opened') this.models = [...this.models, event.opened];
    if (event.type === 'settings_asked') this.#showSettings();
    if (event.type === 'leaving') void this.#leave();
  }

  /** Tells where the person is; the program keeps it in memory, for a page that is made anew. */
  note(conversation: ConversationId | null, message: MessageId | null = null): void {
    if (!this.#here) return;
    rpc('window_place', { conversation, message }).catch(() => undefined);
  }

  /** The person chose what closing means. */
  async choose(choice: 'tray' | 'quit', remember: boolean): Promise<void> {
    this.closing = false;
    await rpc('window_close_choose', { choice, remember });
  }

  /** Adds what has to be kept before the window goes; the answer takes it out again. */
  keep(keeper: Keeper): () => void {
    this.#keepers.add(keeper);
    return () => {
      this.#keepers.delete(keeper);
    };
  }

  #ask(): void {
    this.closing = true;
    // The program waits for a sign that somebody is asked.
    rpc('window_close_choose', { choice: 'ask', remember: false }).catch(() => undefined);
  }

  #showSettings(): void {
    navigation.palette = false;
    navigation.keys = false;
    navigation.openSettings('appearance');
  }

  #offer(text: string): void {
    if (text !== '') this.offered = text;
  }

  async #leave(): Promise<void> {
    this.note(navigation.conversation, firstSeen());
    const kept = await Promise.all([...this.#keepers].map(async (keeper) => keeper()));
    await rpc('window_left', { kept: kept.every(Boolean) });
  }
}

/** The first message that is seen, or null where the end is. */
function firstSeen(): MessageId | null {
  const log = document.querySelector<HTMLElement>('#thread [role="log"]');
  if (!log || log.scrollHeight - log.scrollTop - log.clientHeight < END) return null;
  const { top } = log.getBoundingClientRect();
  const messages = [...log.querySelectorAll<HTMLElement>('[data-message]')];
  const seen = messages.find((one) => one.getBoundingClientRect().bottom > top + 8);
  return seen?.dataset.message ?? null;
}

export const mainWindow = new MainWindow();
