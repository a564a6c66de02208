// A page of a document: where the passage stands on it, as strips over its words.
import type { PageWord } from '$lib/api';

/** A place on a page, in parts of its width and height. */
export interface Strip {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A stretch of the document's text, in characters. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** One strip for each line of the passage: words beside each other are marked as one. */
export function stripsOf(words: readonly PageWord[], { start, end }: Stretch): readonly Strip[] {
  const strips: Strip[] = [];
  for (const word of words) {
    if (word.start >= end || word.end <= start) continue;
    const line = strips.at(-1);
    if (line && isBeside(line, word)) {
      const top = Math.min(line.top, word.top);
      const below = Math.max(line.top + line.height, word.top + word.height);
      const right = Math.max(line.left + line.width, word.left + word.width);
      strips[strips.length - 1] = {
        left: line.left,
        top,
        width: right - line.left,
        height: below - top,
      };
    } else {
      strips.push(word);
    }
  }
  return strips;
}

/** Whether a word goes on where a strip ends: in its line, to the right, and not in the next column. */
function isBeside(line: Strip, word: Strip): boolean {
  const middle = word.top + word.height / 2;
  const gap = word.left - (line.left + line.width);
  const inLine = middle > line.top && middle < line.top + line.height;
  return inLine && gap > -0.01 && gap < 0.08;
}
