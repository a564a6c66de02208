// What a search in the settings shows. Each row decides by its own words, and counts itself in its
// section while it is shown; so no list of rows is kept beside the rows.
import { getContext, setContext } from 'svelte';
import { matches, wordsOf } from '$lib/ui/highlight';

class SettingsSearch {
  text = $state('');
  readonly words = $derived(wordsOf(this.text));
  /** Rows that are shown now, of all sections that are there. */
  rows = $state(0);

  get active(): boolean {
    return this.words.length > 0;
  }
}

export const search = new SettingsSearch();

/** One section, as its rows know it. */
export class SectionHits {
  hits = $state(0);
  readonly #title: () => string;

  constructor(title: () => string) {
    this.#title = title;
  }

  /** Whether a row with these texts is shown; a section that is found by its name shows all. */
  shows(texts: readonly (string | undefined)[]): boolean {
    return matches([this.#title()], search.words) || matches(texts, search.words);
  }

  /** Counts a row; the answer takes it out again. */
  count(): () => void {
    const add = (by: number) => {
      this.hits += by;
      search.rows += by;
    };
    add(1);
    return () => {
      add(-1);
    };
  }
}

const SECTION = Symbol('section');

export function provideSection(title: () => string): SectionHits {
  return setContext(SECTION, new SectionHits(title));
}

export function section(): SectionHits {
  return getContext<SectionHits>(SECTION);
}
