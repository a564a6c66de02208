// Carrying conversations to a folder with the mouse: an extra beside the menu. By pointer events,
// because a window that takes dropped files does not pass on drags within the page.
import type { Conversation, FolderId } from '$lib/api';

/** How far the pointer goes before a press is a drag. */
const SLACK = 6;

class Drag {
  /** What is carried; `null` while nothing is. */
  carried = $state.raw<readonly Conversation[] | null>(null);
  /** The folder under the pointer; `null` is the list itself, `undefined` neither. */
  over = $state<FolderId | null | undefined>();
  x = $state(0);
  y = $state(0);
  #abort: AbortController | null = null;

  /** A press on a row; it becomes a drag when the pointer moves on. */
  press(event: PointerEvent, what: () => readonly Conversation[], drop: Drop): void {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    const [startX, startY] = [event.clientX, event.clientY];
    this.#abort?.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const on = <K extends keyof WindowEventMap>(
      type: K,
      listener: (event: WindowEventMap[K]) => void,
    ) => {
      window.addEventListener(type, listener, { signal, capture: true });
    };
    let cancelled = false;
    on('pointermove', (move) => {
      if (cancelled) return;
      const far = Math.hypot(move.clientX - startX, move.clientY - startY) > SLACK;
      if (!this.carried && far) this.carried = what();
      if (this.carried) this.#follow(move);
    });
    on('pointerup', () => {
      const { carried, over } = this;
      if (carried || cancelled) swallowClick();
      this.#end();
      if (carried && over !== undefined) drop(carried, over);
    });
    on('pointercancel', () => {
      this.#end();
    });
    on('keydown', (press) => {
      if (press.key !== 'Escape' || !this.carried) return;
      press.stopPropagation();
      cancelled = true;
      this.carried = null;
      this.over = undefined;
    });
  }

  #follow(event: PointerEvent): void {
    [this.x, this.y] = [event.clientX, event.clientY];
    const under = document.elementFromPoint(this.x, this.y)?.closest<HTMLElement>('[data-drop]');
    const name = under?.dataset.drop;
    this.over = name === '' ? null : name;
  }

  #end(): void {
    this.#abort?.abort();
    this.#abort = null;
    this.carried = null;
    this.over = undefined;
  }
}

type Drop = (carried: readonly Conversation[], folder: FolderId | null) => void;

/** The release of a drag is no click on what lies under it. */
function swallowClick(): void {
  const stop = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener('click', stop, { capture: true, once: true });
  setTimeout(() => {
    window.removeEventListener('click', stop, { capture: true });
  });
}

export const drag = new Drag();
