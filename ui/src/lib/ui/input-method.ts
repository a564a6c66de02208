// Keys that belong to an input method (Japanese, Chinese, Korean, dead keys) and not to the page.

/** WebKit reports the Enter that ended a composition once more, after its end. */
const LATE = 500;

export class InputMethod {
  #ended = -Infinity;

  /** A composition ended, at the time of its event. */
  ended(time: number): void {
    this.#ended = time;
  }

  /** Whether the page must leave a key alone. */
  owns(event: KeyboardEvent): boolean {
    // 229 is what an input method reports while it composes, also where `isComposing` is late.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other sign of it
    if (event.isComposing || event.keyCode === 229) return true;
    const late = event.key === 'Enter' && event.timeStamp - this.#ended < LATE;
    this.#ended = -Infinity;
    return late;
  }
}
