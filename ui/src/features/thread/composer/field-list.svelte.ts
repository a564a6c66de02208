// A list that the field opens at a mark in the text: what is looked for, which row is marked.

/** The stretch of the text that a choice replaces, and what it looks for. */
export interface ListRange {
  readonly start: number;
  readonly end: number;
  readonly wanted: string;
}

export abstract class FieldList<Option> {
  range = $state.raw<ListRange | null>(null);
  at = $state(0);
  #refused = false;

  abstract readonly options: readonly Option[];

  /** The mark with what is written behind it, where the caret is at it. */
  protected abstract rangeAt(text: string, caret: number): ListRange | null;

  get open(): boolean {
    return this.options.length > 0;
  }

  get active(): Option | null {
    return this.options[this.at] ?? null;
  }

  /** Follows the text and the caret. */
  follow(text: string, caret: number): void {
    const range = this.rangeAt(text, caret);
    if (!range) this.#refused = false;
    const wanted = this.#refused ? null : range;
    if (wanted?.wanted !== this.range?.wanted) this.at = 0;
    this.range = wanted;
  }

  /** Opens it without its mark, at the caret. */
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

  /** Closes it until the mark is gone. */
  refuse(): void {
    this.#refused = true;
    this.close();
  }
}
