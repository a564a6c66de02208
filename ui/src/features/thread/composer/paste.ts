// A paste that is so large that it may better be a file.

const MANY_CHARACTERS = 4_000;
const MANY_LINES = 60;

/** A stretch of text that was pasted into the field. */
export interface Pasted {
  readonly start: number;
  readonly text: string;
  readonly lines: number;
}

/** What was pasted at a place, where it is worth the question; line ends as the field has them. */
export function largePaste(start: number, raw: string): Pasted | null {
  if (raw.length <= MANY_LINES) return null;
  const text = raw.replace(/\r\n?/g, '\n');
  const lines = linesOf(text);
  return text.length > MANY_CHARACTERS || lines > MANY_LINES ? { start, text, lines } : null;
}

/** Where the pasted text stands now, or `null` where it was changed. */
export function findPasted({ start, text }: Pasted, value: string): number | null {
  if (value.startsWith(text, start)) return start;
  const at = value.indexOf(text);
  return at < 0 ? null : at;
}

function linesOf(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** A name that none of the files has. */
export function freeName(name: string, ending: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? `${name}${ending}` : `${name} ${String(number)}${ending}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
