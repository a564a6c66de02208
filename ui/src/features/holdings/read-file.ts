// Reads a file that the person chose in a browser. A .zip and what is too large for a request are
// told apart before anything is sent.

/** What is sent at most, in bytes of the file. */
export const MOST = 256 * 1024 * 1024;

export type ReadFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'zip' | 'too_large' | 'unread' };

/** The first bytes of every .zip. */
const ZIP = [0x50, 0x4b];

export async function readFile(file: File): Promise<ReadFile> {
  try {
    const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    if (ZIP.every((byte, at) => start[at] === byte)) return { kind: 'zip' };
    if (file.size > MOST) return { kind: 'too_large' };
    return { kind: 'text', text: await file.text() };
  } catch {
    return { kind: 'unread' };
  }
}
