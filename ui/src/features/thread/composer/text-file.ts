// Text out of a file, where it is text, whatever its name says; else its bytes for those who read more.

import { isModelFile } from '$lib/state/models.svelte';

/** Bytes of an attached text. */
export const MAX_FILE = 4 * 1024 * 1024;
/** Files that go with one question. */
export const MAX_FILES = 20;

/** Bytes of a document that is read elsewhere. */
export const MAX_DOCUMENT = 32 * 1024 * 1024;

export type FileRefusal = 'empty' | 'huge' | 'large' | 'model' | 'unreadable';
export type ReadFile =
  { readonly text: string } | { readonly bytes: Uint8Array } | { readonly refusal: FileRefusal };

/** Reads a file that was chosen, dropped or pasted. */
export async function readFile(file: File): Promise<ReadFile> {
  if (isModelFile(file.name)) return { refusal: 'model' };
  if (file.size > MAX_DOCUMENT) return { refusal: 'huge' };
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    // A folder, or a file that is gone since.
    return { refusal: 'unreadable' };
  }
  const text = isPdf(bytes) ? null : decodeText(bytes);
  if (text === null || isMarked(file.name, text)) return { bytes };
  if (text.trim() === '') return { refusal: 'empty' };
  return bytesOf(text) > MAX_FILE ? { refusal: 'large' } : { text };
}

/** A PDF file can be written in letters alone. */
function isPdf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-';
}

/** Pages and letters: what a person sees of them is not what stands in the file. */
function isMarked(name: string, text: string): boolean {
  const begins = text.slice(0, 64).trimStart().toLowerCase();
  return (
    /\.(eml|html?|shtml|xhtml)$/i.test(name) ||
    begins.startsWith('<!doctype html') ||
    begins.startsWith('<html')
  );
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
