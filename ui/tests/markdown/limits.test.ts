import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BlockSplitter, Markdown } from '../../src/lib/markdown';
import type { Block } from '../../src/lib/markdown/nodes';
import { clear, preparePage, settle, show, testHost } from '../thread/page';

beforeAll(preparePage);
beforeEach(testHost);
afterEach(clear);

const text = (blocks: readonly Block[]) => blocks.map((block) => block.raw).join('');
const PARAGRAPH = 'Some **words** and [a link](https://a.example) with `code`.\n\n';

describe('a long text', () => {
  it('is read at its beginning at once, and the rest is plain until it is read', () => {
    const long = PARAGRAPH.repeat(2000);
    const blocks = BlockSplitter.of(long);
    expect(text(blocks)).toBe(long);
    expect(blocks[0]?.node?.kind).toBe('paragraph');
    expect(blocks.at(-1)?.node).toMatchObject({ kind: 'plain', rest: true });
  });

  it('is read on by itself, frame by frame, and its first blocks stay', async () => {
    const long = `${'word '.repeat(200)}**end**\n\n`.repeat(60);
    const root = show(Markdown, { blocks: BlockSplitter.of(long) });
    expect(root.querySelector('.plain')).not.toBeNull();
    const first = root.querySelector('p');
    await vi.waitFor(
      () => {
        flushSync();
        expect(root.querySelector('.plain')).toBeNull();
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(root.querySelectorAll('p')).toHaveLength(60);
    expect(root.querySelector('p')).toBe(first);
  }, 30_000);

  it('of more than that is read on when someone asks for it', async () => {
    const long = `${'word '.repeat(60_000)}\n\n# The end`;
    const root = show(Markdown, { blocks: BlockSplitter.of(long) });
    await settle();
    const ask = [...root.querySelectorAll('button')].find(
      (one) => one.textContent === 'Show formatted',
    );
    expect(root.querySelector('h3')).toBeNull();
    ask?.click();
    await vi.waitFor(
      () => {
        flushSync();
        expect(root.querySelector('h3')?.textContent.trim()).toBe('The end');
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(root.querySelector('.unread')).toBeNull();
  }, 30_000);

  it('that is pushed at once gives way after some milliseconds and goes on at the next frame', () => {
    let time = 0;
    const splitter = new BlockSplitter(() => (time += 4));
    const long = PARAGRAPH.repeat(1500);
    splitter.push(long);
    let frames = 0;
    do {
      expect(text(splitter.split())).toBe(long);
      frames += 1;
    } while (splitter.pending);
    expect(frames).toBeGreaterThan(2);
    expect(splitter.finish().every((block) => block.node?.kind === 'paragraph')).toBe(true);
  });

  it('of one list comes as lists, not as one block that is read again and again', () => {
    const list = Array.from({ length: 2000 }, (_, at) => `${String(at + 1)}. item`).join('\n');
    const blocks = BlockSplitter.of(list);
    expect(text(blocks)).toBe(list);
    expect(blocks.length).toBeGreaterThan(1);
    const kinds = new Set(blocks.slice(0, -1).map((block) => block.node?.kind));
    expect(kinds).toEqual(new Set(['list']));
    const [first, second] = blocks;
    if (first?.node?.kind !== 'list' || second?.node?.kind !== 'list') throw new Error('no list');
    expect(second.node.start).toBe(first.node.items.length + 1);
  });
});

describe('a text that is made to be slow', () => {
  it.each([
    ['one long word', 'aB3_'.repeat(50_000)],
    ['spaces', `a${' '.repeat(60_000)}b`],
    ['brackets', '['.repeat(60_000)],
    ['images', '![['.repeat(20_000)],
    ['emphasis', '*a _b '.repeat(10_000)],
    ['underscores', '_a'.repeat(30_000)],
    ['mail', 'a@'.repeat(30_000)],
    ['addresses', `http://a${'&a;'.repeat(20_000)}`],
    ['dollars', '$a '.repeat(20_000)],
    ['open formulas', '\\(a '.repeat(20_000)],
    ['open display formulas', '$$\n'.repeat(20_000)],
    ['footnotes', '[^a]: b\n'.repeat(8_000)],
    ['tables', '|a|\n|-|\n'.repeat(8_000)],
    ['nested lists', Array.from({ length: 400 }, (_, at) => `${' '.repeat(2 * at)}- a`).join('\n')],
    ['fences', '```\n'.repeat(16_000)],
    ['tags', '<a '.repeat(20_000)],
    ['entities', '&#x41;'.repeat(10_000)],
    ['links', 'See [this](https://a.example) and https://b.example. '.repeat(4000)],
  ])(
    'is whole on the page all the same: %s',
    (_, hostile) => {
      expect(text(BlockSplitter.of(hostile))).toBe(hostile);
      const splitter = new BlockSplitter();
      for (let at = 0; at < hostile.length; at += 8192) {
        splitter.push(hostile.slice(at, at + 8192));
        splitter.split();
      }
      expect(text(splitter.finish())).toBe(hostile);
    },
    30_000,
  );
});
