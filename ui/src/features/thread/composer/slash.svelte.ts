// What is offered after a `/` at the beginning of the text: saved prompts and things to do.
import type { Prompt } from '$lib/api';
import { query } from '$lib/state';
import { allIntents, isOffered, type Intent } from '$lib/state/intent.svelte';

export type SlashOption =
  | { readonly kind: 'prompt'; readonly id: string; readonly prompt: Prompt }
  | { readonly kind: 'intent'; readonly id: string; readonly intent: Intent };

/** The stretch of the text that a choice replaces, and what it looks for. */
export interface SlashRange {
  readonly start: number;
  readonly end: number;
  readonly wanted: string;
}

const SHOWN: ReadonlySet<string> = new Set(['go', 'view', 'conversation', 'writing']);
/** The focus is there already. */
const POINTLESS = 'writing.focus';

/** The `/word` at the beginning with the caret in it, else `null`. */
export function slashAt(text: string, caret: number): SlashRange | null {
  const end = /^\/\S*/.exec(text.slice(0, 100))?.[0].length ?? 0;
  if (end === 0 || caret === 0 || caret > end) return null;
  return { start: 0, end, wanted: text.slice(1, end) };
}

/** What fits a word, names that begin with it first. */
export function optionsFor(
  wanted: string,
  prompts: readonly Prompt[],
  intents: readonly Intent[],
): SlashOption[] {
  const word = wanted.toLocaleLowerCase();
  const saved = ranked(prompts, word, ({ name }) => name);
  const doable = intents.filter(
    (intent) => SHOWN.has(intent.group) && intent.id !== POINTLESS && isOffered(intent),
  );
  return [
    ...saved.map((prompt): SlashOption => ({ kind: 'prompt', id: `p-${prompt.id}`, prompt })),
    ...ranked(doable, word, (intent) => intent.label()).map((intent): SlashOption => ({
      kind: 'intent',
      id: `i-${intent.id}`,
      intent,
    })),
  ];
}

function ranked<T>(list: readonly T[], word: string, name: (one: T) => string): T[] {
  const rank = (one: T) => {
    const at = name(one).toLocaleLowerCase().indexOf(word);
    return at < 0 ? 2 : Math.min(at, 1);
  };
  return list.filter((one) => rank(one) < 2).toSorted((a, b) => rank(a) - rank(b));
}

export class Slash {
  range = $state.raw<SlashRange | null>(null);
  at = $state(0);
  #refused = false;
  readonly #prompts = query('prompt_list', () => (this.range ? {} : null));

  readonly options = $derived.by((): readonly SlashOption[] => {
    const { range } = this;
    return range ? optionsFor(range.wanted, this.#prompts.data ?? [], allIntents()) : [];
  });
  readonly open = $derived(this.options.length > 0);
  readonly active = $derived(this.options[this.at] ?? null);

  /** Follows the text and the caret. */
  follow(text: string, caret: number): void {
    const range = slashAt(text, caret);
    if (!range) this.#refused = false;
    const wanted = this.#refused ? null : range;
    if (wanted?.wanted !== this.range?.wanted) this.at = 0;
    this.range = wanted;
  }

  /** Opens it without a `/`, at the caret. */
  ask(caret: number): void {
    this.at = 0;
    this.#refused = false;
    this.range = { start: caret, end: caret, wanted: '' };
  }

  step(by: number): void {
    const { length } = this.options;
    if (length > 0) this.at = (this.at + by + length) % length;
  }

  close(): void {
    this.range = null;
  }

  /** Closes it until the `/` is gone. */
  refuse(): void {
    this.#refused = true;
    this.close();
  }
}
