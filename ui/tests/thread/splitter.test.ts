// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Block, BlockNode } from '../../src/lib/markdown/nodes';
import { BlockSplitter } from '../../src/lib/markdown/splitter';
import { SAMPLES } from './samples';

/** Numbers that look random and are the same in each run. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

function cut(text: string, seed: number, most: number): string[] {
  const random = numbers(seed);
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const size = 1 + Math.floor(random.next().value * most);
    parts.push(text.slice(at, at + size));
    at += size;
  }
  return parts;
}

const nodes = (blocks: readonly Block[]) => blocks.map((block): BlockNode | null => block.node);
const text = (blocks: readonly Block[]) => blocks.map((block) => block.raw).join('');

describe('any cut of a text', () => {
  for (const [name, sample] of Object.entries(SAMPLES)) {
    it(`gives the blocks of the whole: ${name}`, () => {
      const whole = BlockSplitter.of(sample);
      expect(text(whole)).toBe(sample.replace(/\r\n?/g, '\n'));
      for (let seed = 1; seed <= 25; seed += 1) {
        const splitter = new BlockSplitter(() => 0);
        for (const part of cut(sample, seed, seed % 5 === 0 ? 40 : seed % 3 === 0 ? 1 : 6)) {
          splitter.push(part);
          splitter.split();
        }
        const grown = splitter.finish();
        expect(text(grown)).toBe(text(whole));
        expect(nodes(grown)).toEqual(nodes(whole));
      }
    });

    it(`loses no character on the way: ${name}`, () => {
      const splitter = new BlockSplitter(() => 0);
      let seen = '';
      for (const part of cut(sample, 7, 9)) {
        splitter.push(part);
        seen += part;
        const shown = text(splitter.split());
        expect(shown).toBe(seen.replace(/\r$/, '').replace(/\r\n?/g, '\n'));
      }
    });

    it(`keeps finished blocks as the same objects: ${name}`, () => {
      const splitter = new BlockSplitter(() => 0);
      const frozen: Block[] = [];
      for (const part of cut(sample, 11, 5)) {
        splitter.push(part);
        splitter.split().forEach((block, at) => {
          if (frozen[at]) expect(block).toBe(frozen[at]);
          else if (block.done) frozen[at] = block;
        });
      }
      if (/^\[.*\]:/m.test(sample)) return;
      const end = splitter.finish();
      frozen.forEach((block, at) => {
        expect(end[at]).toBe(block);
      });
    });
  }
});

describe('a growing text', () => {
  it('shows emphasis before its end has come', () => {
    const splitter = new BlockSplitter(() => 0);
    splitter.push('This is **impor');
    const [block] = splitter.split();
    expect(block?.node).toEqual({
      kind: 'paragraph',
      children: [
        { kind: 'text', text: 'This is ' },
        { kind: 'strong', children: [{ kind: 'text', text: 'impor' }] },
      ],
    });
  });

  it('shows only the text of a link whose address has not come', () => {
    const splitter = new BlockSplitter(() => 0);
    splitter.push('See [the page](https://exam');
    expect(JSON.stringify(splitter.split())).not.toContain('"kind":"link"');
  });

  it('holds back marks that may still become something', () => {
    const splitter = new BlockSplitter(() => 0);
    splitter.push('One **');
    expect(splitter.split()[0]?.node).toEqual({
      kind: 'paragraph',
      children: [{ kind: 'text', text: 'One' }],
    });
  });

  it('knows an open fence from a closed one', () => {
    const splitter = new BlockSplitter(() => 0);
    splitter.push('```ts\nlet a = 1;\n');
    expect(splitter.split()[0]?.node).toMatchObject({ kind: 'code', open: true, language: 'ts' });
    splitter.push('let b');
    expect(splitter.split()[0]?.node).toMatchObject({ text: 'let a = 1;\nlet b', open: true });
    splitter.push(' = 2;\n```');
    expect(splitter.split()[0]?.node).toMatchObject({
      text: 'let a = 1;\nlet b = 2;',
      open: false,
    });
  });

  it('resolves a link whose address is defined at the end', () => {
    const splitter = new BlockSplitter(() => 0);
    for (const part of cut(
      'See [a][1] here.\n\nMore text follows.\n\n[1]: https://a.example/\n',
      3,
      4,
    )) {
      splitter.push(part);
      splitter.split();
    }
    expect(splitter.finish()[0]?.node).toMatchObject({
      children: [
        { text: 'See ' },
        { kind: 'link', href: 'https://a.example/' },
        { text: ' here.' },
      ],
    });
  });
});

describe('a text of any size', () => {
  it('of 5 MB on one line is plain text in small pieces, and whole', () => {
    const line = 'ab '.repeat(1_750_000);
    const blocks = BlockSplitter.of(line);
    expect(text(blocks)).toBe(line);
    const plain = blocks.filter((block) => block.node?.kind === 'plain');
    expect(plain.length).toBeGreaterThan(250);
    expect(Math.max(...blocks.slice(1).map((block) => block.raw.length))).toBeLessThanOrEqual(
      16_384,
    );
  });

  it('that grows past the limits keeps its pieces as the same objects', () => {
    const splitter = new BlockSplitter(() => 0);
    splitter.push('word '.repeat(70_000));
    const before = splitter.split();
    splitter.push('word '.repeat(20_000));
    const after = splitter.split();
    before.slice(0, -1).forEach((block, at) => {
      expect(after[at]).toBe(block);
    });
    expect(text(splitter.finish())).toBe('word '.repeat(90_000));
  });

  it('nested without end is plain text, not a crash', () => {
    const deep = `${'> '.repeat(9_000)}x`;
    expect(text(BlockSplitter.of(deep))).toBe(deep);
    expect(BlockSplitter.of('>'.repeat(30) + ' x')[0]?.node?.kind).toBe('quote');
    expect(BlockSplitter.of('>'.repeat(60) + ' x')[0]?.node?.kind).toBe('plain');
    expect(BlockSplitter.of('- '.repeat(60) + 'x')[0]?.node?.kind).toBe('plain');
  });

  it('that is slow to read is read less often, and whole in the end', () => {
    let time = 0;
    let readings = 0;
    const splitter = new BlockSplitter(() => (time += 10));
    let before: readonly Block[] = [];
    for (let step = 0; step < 100; step += 1) {
      splitter.push('word ');
      const blocks = splitter.split();
      if (blocks[0] !== before[0]) readings += 1;
      before = blocks;
    }
    expect(readings).toBeLessThan(60);
    expect(text(splitter.finish())).toBe('word '.repeat(100));
  });
});

describe('a reading that takes long', () => {
  it('leaves no last word out where nothing more comes', () => {
    let now = 0;
    let cost = 0;
    const splitter = new BlockSplitter(() => (now += cost));
    // The first reading takes longer than a frame can bear, so the next must wait.
    cost = 10;
    splitter.push('One **two**');
    splitter.split();
    cost = 0;
    splitter.push(' three');
    expect(text(splitter.split())).toBe('One **two**');
    expect(splitter.pending).toBe(true);
    now += 1_000;
    expect(text(splitter.split())).toBe('One **two** three');
    expect(splitter.pending).toBe(false);
  });

  it('reads the end of a long paragraph once the flow of words rests', () => {
    const splitter = new BlockSplitter(() => 0);
    const long = 'word '.repeat(4_000);
    splitter.push(long);
    splitter.split();
    splitter.push('end');
    // Word by word a long paragraph is not read anew each time …
    expect(text(splitter.split())).toBe(long);
    expect(splitter.pending).toBe(true);
    // … but a frame without a word leaves time for it.
    expect(text(splitter.split())).toBe(`${long}end`);
    expect(splitter.pending).toBe(false);
  });
});
