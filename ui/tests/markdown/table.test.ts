import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BlockSplitter, Markdown } from '../../src/lib/markdown';
import { cellsOf } from '../../src/lib/markdown/grid';
import type { TableNode } from '../../src/lib/markdown/nodes';
import { tableAsCsv } from '../../src/lib/markdown/table';
import { clear, preparePage, settle, show, testHost, type TestHost } from '../thread/page';
import { bigTable } from './texts';

let host: TestHost;

beforeAll(preparePage);
beforeEach(async () => {
  host = await testHost();
});
afterEach(clear);

function table(text: string): TableNode {
  const node = BlockSplitter.of(text)[0]?.node;
  if (node?.kind !== 'table') throw new Error('no table');
  return node;
}

const button = (root: HTMLElement, name: string) =>
  [...root.querySelectorAll('button')].find(
    (one) => one.getAttribute('aria-label') === name || one.textContent.trim() === name,
  );

describe('a table as comma-separated values', () => {
  it('quotes what must be quoted and ends its lines as the standard says', () => {
    const node = table('| a | b |\n|---|---|\n| x, y | say "hi" |\n| **bold** | `c\\|d` |');
    expect(tableAsCsv(node)).toBe('a,b\r\n"x, y","say ""hi"""\r\nbold,c|d\r\n');
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['=HYPERLINK("http://evil.example")', '"\'=HYPERLINK(""http://evil.example"")"'],
    ['+cmd', "'+cmd"],
    ['-2+3', "'-2+3"],
    ['@SUM(1)', "'@SUM(1)"],
    ['＝1', "'＝1"],
    ['-5', '-5'],
    ['+3.14', '+3.14'],
    ['-1 000,50 %', '"-1 000,50 %"'],
    ['a=b', 'a=b'],
  ])('lets no cell be run by a spreadsheet: %s', (cell, field) => {
    expect(tableAsCsv(table(`| h |\n|---|\n| ${cell} |`))).toBe(`h\r\n${field}\r\n`);
  });

  it('is copied whole, also of a table that shows a page, and so is its Markdown', async () => {
    const text = bigTable(500);
    const root = show(Markdown, { blocks: BlockSplitter.of(text) });
    button(root, 'CSV')?.click();
    button(root, 'Markdown')?.click();
    await settle();
    expect(host.copied[0]?.split('\r\n')).toHaveLength(502);
    expect(host.copied[0]).toContain('499 value 1,');
    expect(host.copied[1]).toBe(text);
  }, 30_000);
});

describe('a large table', () => {
  it('of 40 columns and 5 000 rows is one table of which one page is on the screen', () => {
    const text = bigTable(5000);
    const blocks = BlockSplitter.of(text);
    expect(blocks).toHaveLength(1);
    const root = show(Markdown, { blocks });
    expect(table(text).rows).toHaveLength(5000);
    expect(root.querySelectorAll('td').length).toBeLessThan(2000);
    expect(root.querySelector('.foot')?.textContent).toContain('1 to 20 of 5,000 rows');
    expect(root.querySelector('strong')?.textContent).toBe('0');
    button(root, 'Later rows')?.click();
    flushSync();
    expect(root.querySelector('td')?.textContent).toBe('20 value 1');
    expect(root.querySelector('tbody tr')?.getAttribute('aria-rowindex')).toBe('22');
    button(root, 'Earlier rows')?.click();
    flushSync();
    expect(root.querySelector('td')?.textContent).toBe('0 value 1');
  }, 30_000);

  it('ends where an empty line or another block begins, and what follows is read', () => {
    const text = `${bigTable(60)}\n\nAfter **it**.\n\n${bigTable(60)}\n# Title`;
    expect(BlockSplitter.of(text).map((block) => block.node?.kind)).toEqual([
      'table',
      'paragraph',
      'table',
      'heading',
    ]);
  });

  it('that grows gives the same as the whole', () => {
    const text = `Text\n\n${bigTable(40)}\n\nEnd`;
    const splitter = new BlockSplitter(() => 0);
    for (let at = 0; at < text.length; at += 997) {
      splitter.push(text.slice(at, at + 997));
      splitter.split();
    }
    const nodes = splitter.finish().map((block) => block.node);
    expect(nodes).toEqual(BlockSplitter.of(text).map((block) => block.node));
  });

  it('has cells that hold bars and nothing', () => {
    expect(cellsOf('| a \\| b |  | c |')).toEqual(['a | b', '', 'c']);
    expect(cellsOf('a|b')).toEqual(['a', 'b']);
    expect(cellsOf('||')).toEqual(['']);
  });
});
