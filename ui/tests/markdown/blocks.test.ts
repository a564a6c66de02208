import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BlockSplitter, Markdown } from '../../src/lib/markdown';
import { endingOf } from '../../src/lib/markdown/languages';
import { clear, preparePage, settle, show, testHost, type TestHost } from '../thread/page';
import { blockProps } from '../thread/props.svelte';
import { LONG_CODE } from './texts';

let host: TestHost;

beforeAll(preparePage);
beforeEach(async () => {
  host = await testHost();
});
afterEach(clear);

const shown = (text: string) => show(Markdown, { blocks: BlockSplitter.of(text) });
const button = (root: HTMLElement, name: string) =>
  [...root.querySelectorAll('button')].find(
    (one) => one.getAttribute('aria-label') === name || one.textContent.trim() === name,
  );

describe('a block of code', () => {
  it('is saved under a name with the ending of its language', async () => {
    const root = shown('```py\nprint(1)\n```');
    button(root, 'Save as a file')?.click();
    await settle();
    expect(host.saved).toEqual([{ name: 'code.py', text: 'print(1)\n' }]);
  });

  it.each([
    ['python', 'py'],
    ['ts', 'ts'],
    ['tsx', 'tsx'],
    ['rust', 'rs'],
    ['c++', 'cpp'],
    ['toml', 'toml'],
    ['html', 'html'],
    ['', 'txt'],
    ['../../etc/passwd', 'txt'],
    ['constructor', 'txt'],
  ])('in %j ends in %j', (language, ending) => {
    expect(endingOf(language)).toBe(ending);
  });

  it('that is long is folded, says how long, and unfolds', () => {
    const root = shown(LONG_CODE);
    expect(root.querySelector('pre')?.classList).toContain('folded');
    expect(root.querySelector('pre')?.textContent).toContain('step_239');
    button(root, 'Show all 480 lines')?.click();
    flushSync();
    expect(root.querySelector('pre')?.classList).not.toContain('folded');
    expect(button(root, 'Show all 480 lines')).toBeUndefined();
  });

  it('that was seen while it came is not folded when it ends', () => {
    const splitter = new BlockSplitter(() => 0);
    const props = blockProps();
    const root = show(Markdown, props);
    for (let at = 0; at < LONG_CODE.length; at += 2000) {
      splitter.push(LONG_CODE.slice(at, at + 2000));
      props.blocks = splitter.split();
      flushSync();
    }
    const before = root.querySelector('pre');
    props.blocks = splitter.finish();
    flushSync();
    expect(root.querySelector('pre')).toBe(before);
    expect(before?.classList).not.toContain('folded');
  });

  it('wraps on a press and says so', () => {
    const root = shown('```\nx\n```');
    const wrap = button(root, 'Wrap long lines');
    expect(wrap?.getAttribute('aria-pressed')).toBe('false');
    wrap?.click();
    flushSync();
    expect(wrap?.getAttribute('aria-pressed')).toBe('true');
    expect(root.querySelector('pre')?.classList).toContain('wrap');
  });

  it('shows what cannot be seen: directions, widths of nothing, tags', () => {
    const root = shown('```js\na\u200bb\u202ec\u{e0041}d\ufeff\n```\n\n`x\u200fy`');
    expect(root.textContent).toContain('aU+200BbU+202EcU+E0041dU+FEFF');
    expect(root.textContent).toContain('xU+200Fy');
  });
});

describe('a footnote', () => {
  const TEXT =
    'One[^a] and two[^Note], one again[^a], none[^x].\n\n# More\n\n[^note]: **Second**\n[^a]: First';

  it('has the number of its place, also where it stands in another block than its mark', () => {
    const root = shown(TEXT);
    const marks = [...root.querySelectorAll('sup button')];
    expect(marks.map((one) => one.textContent)).toEqual(['2', '1', '2']);
    expect(marks[0]?.getAttribute('aria-label')).toBe('Footnote 2');
    expect(root.textContent).toContain('none[^x]');
    expect(
      [...root.querySelectorAll('[role="note"] .number')].map((one) => one.textContent),
    ).toEqual(['1', '2']);
    expect(root.querySelector('[role="note"] strong')?.textContent).toBe('Second');
  });

  it('is reached from its mark, and the mark from it', () => {
    const root = shown(TEXT);
    const scrolled = vi.fn();
    Element.prototype.scrollIntoView = scrolled;
    root.querySelector<HTMLElement>('sup button')?.click();
    const notes = [...root.querySelectorAll<HTMLElement>('[role="note"]')];
    expect(document.activeElement).toBe(notes[1]);
    notes[1]?.querySelector('button')?.click();
    expect(document.activeElement).toBe(root.querySelector('sup button'));
    expect(scrolled).toHaveBeenCalledTimes(2);
  });

  it('becomes a mark when its note comes', () => {
    const splitter = new BlockSplitter(() => 0);
    const props = blockProps();
    const root = show(Markdown, props);
    splitter.push('One[^1].\n\nText follows here.\n\n');
    props.blocks = splitter.split();
    flushSync();
    expect(root.querySelector('sup')).toBeNull();
    expect(root.textContent).toContain('One[^1].');
    splitter.push('[^1]: The note');
    props.blocks = splitter.split();
    flushSync();
    expect(root.querySelector('sup')?.textContent).toBe('1');
  });
});

describe('what stands in a text', () => {
  it('names its tasks for those who cannot see them', () => {
    const boxes = [...shown('- [x] a\n- [ ] b').querySelectorAll('input')];
    expect(boxes.map((one) => one.getAttribute('aria-label'))).toEqual(['Done', 'Not done']);
  });

  it('keeps its lists inside each other, whatever their kind', () => {
    const root = shown('1. a\n   - b\n     - [x] c\n2. d\n\n   e');
    expect(root.querySelector('ol > li > ul > li > ul > li.task')).not.toBeNull();
    expect(root.querySelectorAll('ol > li')).toHaveLength(2);
  });

  it('has no heading above the third level, which are the page’s', () => {
    const root = shown('# a\n\n## b\n\n###### c');
    expect([...root.querySelectorAll('.heading')].map((one) => one.localName)).toEqual([
      'h3',
      'h4',
      'h6',
    ]);
  });

  it('shows elements of HTML as text, line by line', () => {
    const root = shown('<details>\n<summary>x</summary>\n</details>');
    expect(root.querySelector('details')).toBeNull();
    expect(root.querySelectorAll('br')).toHaveLength(2);
    expect(root.textContent).toContain('<summary>x</summary>');
  });

  it('finds plain addresses and mail, and asks before either opens', () => {
    const root = shown('https://a.example/b, www.c.example and d@e.example.');
    const links = [...root.querySelectorAll('[role="link"]')];
    expect(links.map((one) => one.textContent)).toEqual([
      'https://a.example/b',
      'www.c.example',
      'd@e.example',
    ]);
    expect(links.map((one) => one.getAttribute('title'))).toEqual([
      'https://a.example/b',
      'http://www.c.example/',
      'mailto:d@e.example',
    ]);
  });
});
