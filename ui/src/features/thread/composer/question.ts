// Whether a text can be asked.

/** Bytes of one question. */
export const MAX_QUESTION = 1_000_000;

export type Refusal = 'empty' | 'too_large';

/** A question may be empty where something is attached to it. */
export function refusalOf(text: string, attachments = 0): Refusal | null {
  if (attachments === 0 && text.trim() === '') return 'empty';
  // No character has more than three bytes in UTF-16 units, so most texts need no counting.
  if (text.length * 3 <= MAX_QUESTION) return null;
  return new TextEncoder().encode(text).length > MAX_QUESTION ? 'too_large' : null;
}
