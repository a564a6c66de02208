// A list of conversations, page after page. The first page is a cached query; the others are read
// again whenever it is, and change places with the old ones at once, so that a change at the top
// never empties what stands below it. Made while a component is set up.
import { untrack } from 'svelte';
import {
  rpc,
  type Conversation,
  type ConversationPage,
  type FolderId,
  type Request,
} from '$lib/api';
import { query, type Query } from '$lib/state';

const SIZE = 100;

export interface Which {
  readonly folder?: FolderId;
  readonly archived?: boolean;
}

export class ConversationPages {
  readonly first: Query<'conversation_list'>;
  readonly #which: () => Which;
  /** What comes after the first page. */
  #rest = $state.raw<readonly Conversation[]>([]);
  /** Where the next page begins; `undefined` follows the first page. */
  #next = $state.raw<number | null>();
  #turn = 0;
  #reading: Promise<void> | null = null;
  readonly items: readonly Conversation[] = $derived.by(() => {
    const first = this.first.data?.items ?? [];
    const seen = new Set(first.map((one) => one.id));
    return [...first, ...this.#rest.filter((one) => !seen.has(one.id))];
  });

  constructor(which: () => Which = () => ({})) {
    this.#which = which;
    this.first = query('conversation_list', () => this.#request());
    let shown = JSON.stringify(which());
    $effect(() => {
      const now = JSON.stringify(which());
      const data = this.first.data;
      if (now !== shown) this.#empty();
      shown = now;
      if (data) untrack(() => void this.#again(data.next));
    });
  }

  /** Whether there are pages that were not read yet. */
  get unread(): boolean {
    return (this.#next === undefined ? this.first.data?.next : this.#next) != null;
  }

  /** Reads the next page, unless one is on its way or there is none. */
  async more(): Promise<void> {
    if (!this.unread) return;
    this.#reading ??= this.#read();
    await this.#reading;
  }

  /** Reads all that is left. */
  async all(): Promise<readonly Conversation[]> {
    while (this.unread) {
      const before = this.#next;
      await this.more();
      if (before === this.#next) break;
    }
    return this.items;
  }

  #request(before?: number): Request<'conversation_list'> {
    const { folder, archived = false } = this.#which();
    return {
      archived,
      limit: SIZE,
      ...(folder === undefined ? {} : { folder }),
      ...(before === undefined ? {} : { before }),
    };
  }

  async #read(): Promise<void> {
    let [turn, page] = [-1, null as ConversationPage | null];
    // Read again where the list changed meanwhile: its next page may begin elsewhere.
    while (turn !== this.#turn) {
      turn = this.#turn;
      const from = this.#next === undefined ? this.first.data?.next : this.#next;
      page = from == null ? null : await this.#page(from);
    }
    // Before what is shown changes, so that the next page can be asked for in answer to that.
    this.#reading = null;
    if (page === null) return;
    this.#rest = [...this.#rest, ...page.items];
    this.#next = page.next;
  }

  async #page(from: number): Promise<ConversationPage | null> {
    return rpc('conversation_list', this.#request(from)).catch(() => null);
  }

  /** The first page was read again: so are as many others as were there. */
  async #again(next: number | null): Promise<void> {
    const turn = (this.#turn += 1);
    const wanted = this.#rest.length;
    const rest: Conversation[] = [];
    let from = next;
    while (rest.length < wanted && from !== null) {
      const page = await this.#page(from);
      if (page === null || turn !== this.#turn) return;
      rest.push(...page.items);
      from = page.next;
    }
    this.#rest = rest;
    this.#next = from;
  }

  #empty(): void {
    this.#turn += 1;
    this.#rest = [];
    this.#next = undefined;
  }
}
