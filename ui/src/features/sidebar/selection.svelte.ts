// Which conversations of the list are chosen, for what is done to many at once.
import { SvelteSet } from 'svelte/reactivity';
import type { ConversationId } from '$lib/api';

export class Selection {
  /** The rows have boxes, and a click chooses instead of opening. */
  active = $state(false);
  readonly ids = new SvelteSet<ConversationId>();
  /** Where a range begins. */
  #anchor: ConversationId | null = null;

  get size(): number {
    return this.ids.size;
  }

  has(id: ConversationId): boolean {
    return this.ids.has(id);
  }

  /** Begins to choose; `first` is the one to begin with. */
  start(first: ConversationId | null = null): void {
    this.active = true;
    if (first !== null) this.ids.add(first);
    this.#anchor = first;
  }

  toggle(id: ConversationId): void {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.active = true;
    this.#anchor = id;
  }

  /** All from the last one that was chosen to this one, in the order of the list. */
  extend(id: ConversationId, order: readonly ConversationId[], from: ConversationId | null): void {
    this.#anchor ??= from ?? id;
    const ends = [order.indexOf(this.#anchor), order.indexOf(id)];
    const [first, last] = [Math.min(...ends), Math.max(...ends)];
    for (const one of order.slice(Math.max(0, first), last + 1)) this.ids.add(one);
    this.active = true;
  }

  add(ids: Iterable<ConversationId>): void {
    for (const id of ids) this.ids.add(id);
    this.active = true;
  }

  /** Lets go of what is no longer there. */
  keep(there: ReadonlySet<ConversationId>): void {
    for (const id of this.ids) if (!there.has(id)) this.ids.delete(id);
  }

  stop(): void {
    this.active = false;
    this.ids.clear();
    this.#anchor = null;
  }
}
