// Where the person is: the chosen conversation and the message to show in it, the way there, and
// what lies beside or over it. Not the address bar: a window has none, and a conversation's name has
// no place in a history that others can read. All of it is forgotten with the page.
import type { ConversationId, MessageId } from '$lib/api';

/** The sections of the settings; each has its heading under `settings.<name>`. */
export const SETTINGS_SECTIONS = [
  'appearance',
  'model',
  'answers',
  'prompts',
  'desktop',
  'privacy',
  'guard',
  'lock',
  'data',
  'port',
  'webhooks',
  'about',
] as const;
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];
/** Those that only the program's own window can act on. */
export const NATIVE_SECTIONS: readonly SettingsSection[] = ['desktop', 'lock'];

/** How many steps back are kept. */
const MOST = 100;

type Place = ConversationId | null;

class Navigation {
  /** `null` is a new conversation. */
  conversation = $state<ConversationId | null>(null);
  /** The message to jump to in the open conversation; the thread clears it once it is there. */
  target = $state<MessageId | null>(null);
  /** The open section of the settings, or `null` while they are closed. */
  settings = $state<SettingsSection | null>(null);
  /** The sidebar over the thread, in narrow windows. */
  drawer = $state(false);
  /** The person folded the sidebar away, in wide windows. */
  folded = $state(false);
  /** The sidebar shows the search in place of the list. */
  search = $state(false);
  /** What stands in the panel beside the thread. */
  panel = $state<'conversation' | null>(null);
  /** The page of models stands in the place of the thread. */
  models = $state(false);
  /** How Hearth is doing stands in the place of the thread. */
  activity = $state(false);
  /** The documents stand in the place of the conversation. */
  library = $state(false);
  /** The command palette is open. */
  palette = $state(false);
  /** The map of the keys is open. */
  keys = $state(false);
  /** The export dialog is open, for these conversations; `ids: null` is for all of them. */
  export = $state.raw<{ readonly ids: readonly ConversationId[] | null } | null>(null);
  /** Grows with each request for a new conversation, so that a composer can take the focus. */
  fresh = $state(0);
  #past = $state.raw<readonly Place[]>([]);
  #future = $state.raw<readonly Place[]>([]);

  get canGoBack(): boolean {
    return this.#past.length > 0;
  }

  get canGoForward(): boolean {
    return this.#future.length > 0;
  }

  /** Shows a conversation, and in it the message `target`. */
  open(id: ConversationId, target: MessageId | null = null): void {
    this.#go(id);
    this.target = target;
    this.#uncover();
  }

  startNew(): void {
    this.#go(null);
    this.target = null;
    this.#uncover();
    this.fresh += 1;
  }

  /** The conversation before this one. */
  back(): void {
    const place = this.#past.at(-1);
    if (place === undefined) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, this.conversation];
    this.#show(place);
  }

  /** The conversation from which `back` came. */
  forward(): void {
    const place = this.#future.at(-1);
    if (place === undefined) return;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, this.conversation];
    this.#show(place);
  }

  /** Takes deleted conversations out of the way back and forward. */
  forget(ids: readonly ConversationId[]): void {
    const gone = new Set<Place>(ids);
    this.#past = without(this.#past, gone);
    this.#future = without(this.#future, gone);
  }

  /** All conversations are gone: there is nothing to come back to. */
  forgetAll(): void {
    this.startNew();
    this.#past = [];
    this.#future = [];
  }

  openModels(): void {
    this.#uncover();
    this.models = true;
  }

  openActivity(): void {
    this.#uncover();
    this.activity = true;
  }

  openLibrary(): void {
    this.#uncover();
    this.library = true;
  }

  openSettings(section: SettingsSection): void {
    this.settings = section;
  }

  #go(place: Place): void {
    if (place === this.conversation) return;
    // A new conversation that was never begun is no place to come back to.
    if (this.conversation !== null) this.#past = [...this.#past, this.conversation].slice(-MOST);
    this.#future = [];
    this.conversation = place;
  }

  #show(place: Place): void {
    this.conversation = place;
    this.target = null;
    this.#uncover();
  }

  /** Closes what lies over the conversation. */
  #uncover(): void {
    this.drawer = false;
    this.library = false;
    this.settings = null;
    this.palette = false;
    this.keys = false;
    this.models = false;
    this.activity = false;
  }
}

/** The places that remain, each only once in a row. */
function without(places: readonly Place[], gone: ReadonlySet<Place>): readonly Place[] {
  const left = places.filter((place) => !gone.has(place));
  return left.filter((place, at) => place !== left[at - 1]);
}

export const navigation = new Navigation();
