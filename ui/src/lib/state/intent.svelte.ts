// What a person can do from the keyboard: one table for the shortcuts, the command palette and the
// keyboard map. Each part of the page registers what it knows, in an `$effect`, and takes it back.
import { untrack } from 'svelte';

/** The headings of the map, in their order. */
export const INTENT_GROUPS = ['go', 'view', 'list', 'conversation', 'message', 'writing'] as const;
export type IntentGroup = (typeof INTENT_GROUPS)[number];

export interface Intent {
  /** Unique; the last one registered under an id holds. */
  readonly id: string;
  /** Read while rendering, so that it follows the language. */
  readonly label: () => string;
  readonly group: IntentGroup;
  /**
   * Chords as `Mod+Shift+F` (`Mod` is Ctrl, or the command key); several are separated by a space,
   * the first one is shown. Names of keys are those of `KeyboardEvent.key`.
   */
  readonly keys?: string | undefined;
  /** What it does; without it the intent stands in the map only. */
  readonly run?: ((event?: KeyboardEvent) => void) | undefined;
  /** The keys are listened for where the focus is, not in the whole window. */
  readonly local?: boolean;
  /** Not offered by the palette and the list after a `/`. */
  readonly quiet?: boolean;
  /** Whether it can be done now; it can unless told. */
  readonly enabled?: () => boolean;
}

class Intents {
  #list = $state.raw<readonly Intent[]>([]);

  get list(): readonly Intent[] {
    return this.#list;
  }

  register(intent: Intent): () => void {
    this.#keep((one) => one.id !== intent.id, [intent]);
    return () => {
      this.#keep((one) => one !== intent, []);
    };
  }

  /** Untracked: the effect that registers must not run again because of it. */
  #keep(which: (intent: Intent) => boolean, more: readonly Intent[]): void {
    this.#list = [...untrack(() => this.#list).filter(which), ...more];
  }
}

const intents = new Intents();

/** Adds an intent; the answer takes it out again. */
export function registerIntent(intent: Intent): () => void {
  return intents.register(intent);
}

/** Adds several; the answer takes them out again. */
export function registerIntents(list: readonly Intent[]): () => void {
  const undo = list.map(registerIntent);
  return () => {
    for (const one of undo) one();
  };
}

/** All that is registered, in the order of its registration. Reactive. */
export function allIntents(): readonly Intent[] {
  return intents.list;
}

/** Whether a list of things to do names it: it can be done now, and without a key that tells more. */
export function isOffered(intent: Intent): boolean {
  return isEnabled(intent) && intent.quiet !== true && intent.local !== true;
}

/** Whether an intent can be run now. */
export function isEnabled(intent: Intent): boolean {
  return intent.run !== undefined && (intent.enabled?.() ?? true);
}
