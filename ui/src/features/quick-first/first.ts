// The first picture of the quick chat: a field to write in, drawn by a few lines before anything of
// the application is loaded, because a person who pressed the keys is already typing. What is
// written, and an Enter that came too soon, go to the page that takes its place.
import type { Begun } from '$lib/ui/begun';
import './first.css';

export interface First {
  /** Resolves when the field can be taken away: not while a word is being composed. */
  settled(): Promise<void>;
  /** Takes the picture away and says what was done in it. */
  leave(): Begun;
}

export interface Picture {
  /** What stands in the empty field. */
  readonly hint: string;
  readonly kept: Begun['kept'];
  /** Escape was pressed. */
  readonly onhide: () => void;
}

/** Shows it. */
export function showFirst(page: HTMLElement, { hint, kept, onhide }: Picture): First | null {
  const field = page.querySelector('textarea');
  if (!field) return null;
  const keys: KeyboardEvent[] = [];
  let composing = false;
  /** What stood in the field at the last Enter; it is asked unless more was written behind it. */
  let asked: string | null = null;
  let free: (() => void) | null = null;
  field.placeholder = hint;
  field.ariaLabel = hint;
  field.addEventListener('compositionstart', () => (composing = true));
  field.addEventListener('compositionend', () => {
    composing = false;
    // The text has the word after this event.
    setTimeout(() => free?.());
  });
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      keys.push(event);
      return;
    }
    if (event.key === 'Escape') onhide();
    else if (event.key === 'Enter' && !event.shiftKey)
      asked = field.value.trim() === '' ? null : field.value;
    else return;
    event.preventDefault();
  });
  field.value = kept?.text ?? '';
  page.ownerDocument.body.hidden = false;
  field.focus({ preventScroll: true });
  return {
    settled: () =>
      composing ? new Promise((resolve) => (free = resolve)) : Promise.resolve(undefined),
    leave() {
      const { value: text, selectionStart: start, selectionEnd: end } = field;
      page.remove();
      return { text, start, end, asked: asked === text, keys, kept };
    },
  };
}
