// The footnotes of one text: their numbers, and the way from a mark to its note and back. They may
// stand in other blocks than their marks, and come after them.
import { createContext } from 'svelte';
import type { Block } from './nodes';

export class Footnotes {
  /** The number of each note that exists, in the order in which they stand. */
  readonly numbers: ReadonlyMap<string, number> = $derived.by(() => numbersOf(this.#blocks()));
  readonly #blocks: () => readonly Block[];
  readonly #notes = new Map<string, HTMLElement>();
  readonly #marks = new Map<string, HTMLElement>();

  constructor(blocks: () => readonly Block[]) {
    this.#blocks = blocks;
  }

  /** Remembers where a note is while it is on the page. */
  note(label: string, place: HTMLElement): () => void {
    return remember(this.#notes, label, place);
  }

  /** Remembers the first mark of a note. */
  mark(label: string, place: HTMLElement): () => void {
    return this.#marks.has(label) ? () => undefined : remember(this.#marks, label, place);
  }

  toNote(label: string): void {
    go(this.#notes.get(label));
  }

  toMark(label: string): void {
    go(this.#marks.get(label));
  }
}

function numbersOf(blocks: readonly Block[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const { node } of blocks) {
    if (node?.kind === 'footnote' && !numbers.has(node.label)) {
      numbers.set(node.label, numbers.size + 1);
    }
  }
  return numbers;
}

function remember(places: Map<string, HTMLElement>, label: string, place: HTMLElement) {
  places.set(label, place);
  return () => {
    if (places.get(label) === place) places.delete(label);
  };
}

function go(place: HTMLElement | undefined): void {
  place?.scrollIntoView({ block: 'nearest' });
  place?.focus();
}

const [get, set, isSet] = createContext<Footnotes>();

/** The footnotes of the text around, or `null` outside of one. */
export function footnotesAround(): Footnotes | null {
  return isSet() ? get() : null;
}

export const holdFootnotes = set;
