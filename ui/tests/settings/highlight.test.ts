// Finding words in the texts of the page and marking them.
import { describe, expect, it } from 'vitest';
import { matches, parts, wordsOf } from '../../src/lib/ui/highlight';

const marked = (text: string, search: string) =>
  parts(text, wordsOf(search))
    .map(({ text: part, hit }) => (hit ? `[${part}]` : part))
    .join('');

describe('a search in short texts', () => {
  it('needs every word, in any of the texts and in any order', () => {
    const texts = ['Text size', 'Of everything in the window.'];
    expect(matches(texts, wordsOf('size text'))).toBe(true);
    expect(matches(texts, wordsOf('window size'))).toBe(true);
    expect(matches(texts, wordsOf('size colour'))).toBe(false);
  });

  it('does not mind case and accents', () => {
    expect(matches(['Übersetzen'], wordsOf('ubersetzen'))).toBe(true);
    expect(marked('Café, CAFÉ', 'cafe')).toBe('[Café], [CAFÉ]');
  });

  it('marks the letters of the text itself, also beside signs of two units', () => {
    expect(marked('😀 Größe und grösse', 'große')).toBe('😀 [Größe] und grösse');
  });

  it('marks nothing without a search and loses no letter', () => {
    expect(marked('Local port', '  ')).toBe('Local port');
    expect(marked('Local port', 'o')).toBe('L[o]cal p[o]rt');
  });

  it('takes signs that mean something elsewhere as they are', () => {
    expect(marked('1.5 (new) [x]', '(new) [')).toBe('1.5 [(new)] [[]x]');
  });
});
