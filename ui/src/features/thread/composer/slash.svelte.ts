// What is offered after a `/` at the beginning of the text: saved prompts and things to do.
import type { Prompt } from '$lib/api';
import { query } from '$lib/state';
import { allIntents, isOffered, type Intent } from '$lib/state/intent.svelte';
import { FieldList, type ListRange } from './field-list.svelte';

export type SlashOption =
  | { readonly kind: 'prompt'; readonly id: string; readonly prompt: Prompt }
  | { readonly kind: 'intent'; readonly id: string; readonly intent: Intent };

const SHOWN: ReadonlySet<string> = new Set(['go', 'view', 'conversation', 'writing']);
/** The focus is there already. */
const POINTLESS = 'writing.focus';

/** The `/word` at the beginning with the caret in it, else `null`. */
export function slashAt(text: string, caret: number): ListRange | null {
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

export class Slash extends FieldList<SlashOption> {
  readonly #prompts = query('prompt_list', () => (this.range ? {} : null));

  readonly options = $derived.by((): readonly SlashOption[] => {
    const { range } = this;
    return range ? optionsFor(range.wanted, this.#prompts.data ?? [], allIntents()) : [];
  });

  protected rangeAt = slashAt;
}
