// Changes to the text field that a person can take back with the keys of the system.

/** Above this, the undo of the browser is too slow, and the text is put in directly. */
const UNDOABLE = 20_000;

/** Replaces a stretch of the text, as if it were typed; the caret stands behind it. */
export function replaceRange(
  field: HTMLTextAreaElement,
  start: number,
  end: number,
  text: string,
): void {
  if (start === end && text === '') return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  if (Math.max(text.length, end - start) <= UNDOABLE && typed(text)) return;
  field.setRangeText(text, start, end, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

function typed(text: string): boolean {
  // jsdom has no such method.
  if (!('execCommand' in document)) return false;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- no other way joins the undo list
  return document.execCommand(text === '' ? 'delete' : 'insertText', false, text);
}

export function isAtStart({ selectionStart, selectionEnd }: HTMLTextAreaElement): boolean {
  return selectionStart === 0 && selectionEnd === 0;
}

export function isAtEnd({ selectionStart, selectionEnd, value }: HTMLTextAreaElement): boolean {
  return selectionStart === selectionEnd && selectionEnd === value.length;
}
