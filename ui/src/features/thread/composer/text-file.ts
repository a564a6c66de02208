// Text out of a file. Only text: a file that is none is refused, whatever its name says.

import { isModelFile } from '$lib/state/models.svelte';

/** Bytes of an attached text. */
export const MAX_FILE = 4 * 1024 * 1024;
/** Files that go with one question. */
export const MAX_FILES = 20;

export type FileRefusal = 'binary' | 'empty' | 'large' | 'model' | 'unreadable';
export type TextFile = { readonly text: string } | { readonly refusal: FileRefusal };

/** Reads a file that was chosen, dropped or pasted. */
export async function readText(file: File): Promise<TextFile> {
  if (isModelFile(file.name)) return { refusal: 'model' };
  // UTF-16 may need twice the bytes that its text has in UTF-8.
  if (file.size > 2 * MAX_FILE + 2) return { refusal: 'large' };
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    // A folder, or a file that is gone since.
    return { refusal: 'unreadable' };
  }
  const text = decodeText(bytes);
  if (text === null) return { refusal: 'binary' };
  if (text.trim() === '') return { refusal: 'empty' };
  return bytesOf(text) > MAX_FILE ? { refusal: 'large' } : { text };
}

/** UTF-8, or UTF-16 where it begins with its mark; `null` where it is not text. */
export function decodeText(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return hasControls(text) ? null : text;
  } catch {
    return null;
  }
}

export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Characters that no text file has. Tab, line ends, form feed and escape (in logs) are text. */
function hasControls(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 9 || (code > 13 && code < 27) || (code > 27 && code < 32)) return true;
  }
  return false;
}
