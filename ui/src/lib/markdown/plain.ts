// Text without a meaning, in pieces of which a page lays out only those near the screen.
import { PLAIN_PIECE } from './limits';
import type { Block } from './nodes';

export class PlainText {
  #pieces: Block[] = [];
  #open = '';

  get started(): boolean {
    return this.#pieces.length > 0 || this.#open !== '';
  }

  push(text: string): void {
    let rest = this.#open + text;
    while (rest.length >= PLAIN_PIECE) {
      const end = pieceEnd(rest);
      this.#pieces.push(piece(this.#pieces.length, rest.slice(0, end), true));
      rest = rest.slice(end);
    }
    this.#open = rest;
  }

  /** The pieces, numbered from `from`; whole ones are the same objects each time. */
  blocks(from: number, done: boolean): readonly Block[] {
    if (this.#pieces[0] && this.#pieces[0].id !== from) {
      this.#pieces = this.#pieces.map((block, at) => ({ ...block, id: from + at }));
    }
    if (this.#open === '') return this.#pieces;
    return [...this.#pieces, piece(from + this.#pieces.length, this.#open, done)];
  }
}

/** Where the first piece of a text ends: after its last line's end where there is one, and never inside a pair of surrogates. */
export function pieceEnd(text: string): number {
  const newline = text.lastIndexOf('\n', PLAIN_PIECE - 1);
  if (newline > PLAIN_PIECE / 2) return newline + 1;
  const before = text.charCodeAt(PLAIN_PIECE - 1);
  return before >= 0xd800 && before <= 0xdbff ? PLAIN_PIECE - 1 : PLAIN_PIECE;
}

function piece(id: number, raw: string, done: boolean): Block {
  return { id, raw, done, node: { kind: 'plain', text: raw.replace(/\n$/, ''), rest: true } };
}
