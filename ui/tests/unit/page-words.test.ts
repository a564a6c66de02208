import { describe, expect, it } from 'vitest';
import { stripsOf } from '../../src/lib/document/page-words';
import type { PageWord } from '../../src/lib/api';

/** A word of a tenth of the width at a place on the page; `start` is its number times ten. */
function word(number: number, left: number, top: number): PageWord {
  return { start: number * 10, end: number * 10 + 9, left, top, width: 0.1, height: 0.02 };
}

const WORDS = [
  word(0, 0.1, 0.1),
  word(1, 0.21, 0.1),
  word(2, 0.32, 0.101),
  word(3, 0.1, 0.13),
  word(4, 0.6, 0.13),
];

describe('the marks of a passage on its page', () => {
  it('are one for each line, over all of its words and no other', () => {
    const strips = stripsOf(WORDS, { start: 10, end: 39 });
    expect(strips).toHaveLength(2);
    expect(strips[0]?.left).toBe(0.21);
    expect(strips[0]?.width).toBeCloseTo(0.21);
    expect(strips[0]?.height).toBeCloseTo(0.021);
    expect(strips[1]).toMatchObject({ left: 0.1, top: 0.13, width: 0.1 });
  });

  it('do not go over the space between two columns', () => {
    expect(stripsOf(WORDS, { start: 30, end: 49 })).toHaveLength(2);
  });

  it('take in a word of which only a letter belongs to the passage', () => {
    expect(stripsOf(WORDS, { start: 18, end: 21 })).toHaveLength(1);
    expect(stripsOf(WORDS, { start: 18, end: 21 })[0]?.width).toBeCloseTo(0.21);
  });

  it('are none where the passage is on another page', () => {
    expect(stripsOf(WORDS, { start: 50, end: 90 })).toEqual([]);
    expect(stripsOf([], { start: 0, end: 90 })).toEqual([]);
  });
});
