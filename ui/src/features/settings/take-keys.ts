// What a key press means while keys for a shortcut are taken. Keys are named by their place, not by
// what they write: the program hears places. Names of keys are not text of a language.

export type Taken =
  | { readonly kind: 'keys'; readonly text: string }
  /** Only keys such as Ctrl so far. */
  | { readonly kind: 'held'; readonly text: string }
  /** A key that people write with, alone: it would be gone from every program. */
  | { readonly kind: 'wrong' }
  /** Escape: nothing changes. */
  | { readonly kind: 'stop' }
  /** Tab: the person goes on to the next field. */
  | { readonly kind: 'leave' };

const HOLDING = /^(Control|Shift|Alt|Meta|OS|AltGraph)/;
const FUNCTION = /^F\d{1,2}$/;

export function takeKeys(event: KeyboardEvent): Taken {
  const held = [
    event.ctrlKey ? 'Ctrl' : '',
    event.altKey ? 'Alt' : '',
    event.shiftKey ? 'Shift' : '',
    event.metaKey ? 'Super' : '',
  ].filter((name) => name !== '');
  const free = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (HOLDING.test(event.key) || event.code === '') return { kind: 'held', text: held.join('+') };
  if (free && event.code === 'Tab') return { kind: 'leave' };
  if (free && event.code === 'Escape') return { kind: 'stop' };
  const key = nameOf(event.code);
  if (free && !FUNCTION.test(key)) return { kind: 'wrong' };
  return { kind: 'keys', text: [...held, key].join('+') };
}

/** The letter or digit of a place; other places by their own name. */
function nameOf(code: string): string {
  return code.replace(/^(?:Key|Digit)/, '');
}
