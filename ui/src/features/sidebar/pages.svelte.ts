// The list of conversations, page after page. Each page is a cached query of its own; a page starts
// where the one before it ends, so that a change at the top moves all of them.
import type { Conversation } from '$lib/api';
import { query, type Query } from '$lib/state';

const SIZE = 60;

export class ConversationPages {
  #count = $state(1);
  #text = $state('');
  #pages = $derived.by(() => this.#chain());
  readonly items: readonly Conversation[] = $derived(
    this.#pages.flatMap((page) => page.data?.items ?? []),
  );

  get first(): Query<'conversation_list'> | undefined {
    return this.#pages[0];
  }

  get last(): Query<'conversation_list'> | undefined {
    return this.#pages.at(-1);
  }

  get text(): string {
    return this.#text;
  }

  /** Narrows the list to what matches; an empty text shows all. */
  filter(text: string): void {
    this.#text = text.trim();
    this.#count = 1;
  }

  /** Asks for the next page, unless one is on its way or there is none. */
  more(): void {
    if (this.last?.data?.next != null) this.#count = this.#pages.length + 1;
  }

  #chain(): Query<'conversation_list'>[] {
    const pages: Query<'conversation_list'>[] = [];
    const text = this.#text === '' ? {} : { query: this.#text };
    let from: { before?: number } = {};
    for (let index = 0; index < this.#count; index += 1) {
      const request = { ...from, ...text, limit: SIZE };
      const page = query('conversation_list', () => request);
      pages.push(page);
      const next = page.data?.next ?? null;
      if (next === null) break;
      from = { before: next };
    }
    return pages;
  }
}
