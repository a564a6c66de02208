// Walks through what was asked before, and back to what stood in the field.

export class Recall {
  #list: readonly string[] = [];
  #at = -1;
  #own = '';

  /** Whether the field shows what was asked before, unchanged. */
  shows(text: string): boolean {
    return this.#at >= 0 && this.#list[this.#at] === text;
  }

  /** Begins at the newest; what stood in the field comes back at the end of the way. */
  begin(list: readonly string[], own: string): void {
    this.#list = list.filter((text) => text !== own);
    this.#at = -1;
    this.#own = own;
  }

  /** One step back (-1) or forth (1); `null` where there is nothing further. */
  step(direction: -1 | 1): string | null {
    const next = this.#at - direction;
    if (next < -1 || next >= this.#list.length) return null;
    this.#at = next;
    return next < 0 ? this.#own : (this.#list[next] ?? null);
  }

  end(): void {
    this.#at = -1;
    this.#list = [];
  }
}
