// Which way a block runs: as its own text does, whatever the language of the interface.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BlockSplitter, Markdown } from '../../src/lib/markdown';
import { directionOfText } from '../../src/lib/markdown/direction';
import { clear, preparePage, show, testHost } from '../thread/page';

beforeAll(preparePage);
beforeEach(async () => {
  await testHost();
  document.documentElement.dir = 'rtl';
});
afterEach(async () => {
  document.documentElement.removeAttribute('dir');
  await clear();
});

const shown = (text: string) => show(Markdown, { blocks: BlockSplitter.of(text) });
const ENGLISH = '| Length | Period |\n| ---: | :--- |\n| 0.25 m | 1.00 s |';
const ARABIC = '| الطول | الزمن |\n| --- | --- |\n| 0.25 m | 1.00 s |';

describe('in an interface that runs from right to left', () => {
  it('an English table begins at the left, and an Arabic one at the right', () => {
    expect(shown(ENGLISH).querySelector('.table')?.getAttribute('dir')).toBe('ltr');
    expect(shown(ARABIC).querySelector('.table')?.getAttribute('dir')).toBe('rtl');
  });

  it('a table of numbers alone follows the interface', () => {
    const root = shown('| 1 | 2 |\n| --- | --- |\n| 3 | 4 |');
    expect(root.querySelector<HTMLElement>('.table')?.dir).toBe('');
  });

  it('the head of code stands as the code does', () => {
    const root = shown('```python\nprint(1)\n```');
    expect(root.querySelector('.code .head')?.getAttribute('dir')).toBe('ltr');
    expect(root.querySelector('.code pre')?.getAttribute('dir')).toBe('ltr');
  });

  it('a paragraph, a heading, a list, a quote and a footnote take theirs from their text', () => {
    const root = shown('# A\n\nb[^1]\n\n- c\n\n> d\n\n[^1]: e');
    for (const css of ['.heading', 'p', 'ul', 'blockquote', '.footnote']) {
      expect(root.querySelector(css)?.getAttribute('dir'), css).toBe('auto');
    }
  });
});

describe('the direction of a text', () => {
  it.each([
    ['Hello سلام', 'ltr'],
    ['سلام Hello', 'rtl'],
    ['12 % שלום', 'rtl'],
    ['| **1** | `x` |', 'ltr'],
    ['一二三', 'ltr'],
    ['1 + 2 = 3', null],
    ['', null],
  ])('is that of its first letter: %j', (text, direction) => {
    expect(directionOfText(text)).toBe(direction);
  });
});
