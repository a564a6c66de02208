// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { Block, Inline } from '../../src/lib/markdown/nodes';
import { BlockSplitter } from '../../src/lib/markdown/splitter';

function formulas(text: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === 'object' && node !== null) {
      const { kind, tex } = node as { kind?: string; tex?: string };
      if (kind === 'math' && tex !== undefined) found.push(tex);
      else Object.values(node).forEach(visit);
    }
  };
  visit(BlockSplitter.of(text).map((block) => block.node));
  return found;
}

function live(text: string): readonly Block[] {
  const splitter = new BlockSplitter(() => 0);
  splitter.push(text);
  return splitter.split();
}

describe('a dollar', () => {
  it.each([
    'It costs $5 and $6.',
    'From $5 to $10.',
    '$5-$6, or $1,000 and $2,000.',
    'I have $5, you have 6$.',
    'Set $HOME/$USER and $PATH in the shell.',
    'US$5 or CA$ 7 or 3$ and 4$.',
    'A lone $ and another $ here.',
    'Escaped \\$x\\$ stays.',
    'Code `$a$` stays, and `$b` too$.',
    'Only $ x $ with spaces.',
    '$5 million is not $6 million',
  ])('is money or a name in: %s', (text) => {
    expect(formulas(text)).toEqual([]);
    const shown = JSON.stringify(BlockSplitter.of(text).map((block) => block.node));
    expect(shown).toContain('$');
  });

  it.each([
    ['Let $x$ be.', ['x']],
    ['$E = mc^2$', ['E = mc^2']],
    ['The $n$th and $x$, $y$; ($z$).', ['n', 'x', 'y', 'z']],
    ['It is $5$ or $3x + 1$ and costs $7.', ['5', '3x + 1']],
    ['$10 mod 3$ and $a_{1} * b_{2}$ and $c*d$', ['10 mod 3', 'a_{1} * b_{2}', 'c*d']],
    ['**$\\alpha$** and [$x$](https://a.example)', ['\\alpha', 'x']],
    ['$\\text{5 \\$ each}$', ['\\text{5 \\$ each}']],
  ])('opens a formula in: %s', (text, found) => {
    expect(formulas(text)).toEqual(found);
  });
});

describe('a formula', () => {
  it('may be written with brackets and stand in a line, alone, in lists, quotes and tables', () => {
    expect(formulas('a \\(x\\) b \\[y\\] c $$z$$ d')).toEqual(['x', 'y', 'z']);
    expect(formulas('$$\nx\n$$\n\n\\[\ny\n\\]')).toEqual(['x', 'y']);
    expect(formulas('- a\n  $$\n  x\n  $$\n\n> \\(y\\)\n\n| $z$ |\n|---|\n| $w$ |')).toEqual([
      'x',
      'y',
      'z',
      'w',
    ]);
    expect(formulas('\\begin{align}\na &= b\n\\end{align}')[0]).toContain('\\begin{align}');
  });

  it('that stands alone is a block of its own, with the end of its sentence', () => {
    const [block] = BlockSplitter.of('$$x$$.\n');
    expect(block?.node).toEqual({ kind: 'math', tex: 'x\\text{.}', text: '$$x$$.' });
    const [line] = BlockSplitter.of('$$x$$ is more\n');
    expect(line?.node?.kind).toBe('paragraph');
  });

  it('is not one in code', () => {
    expect(formulas('`$x$` and\n\n```\n$$x$$\n```\n\n    $$y$$')).toEqual([]);
  });

  it('does not reach over an empty line or without end', () => {
    expect(formulas('$$\nx\n\ny\n$$ z')).toEqual([]);
    expect(formulas('\\(x and so on')).toEqual([]);
    expect(formulas(`$${'x+'.repeat(2000)}y$`)).toEqual([]);
  });

  it('stays text until it closes, without emphasis inside', () => {
    const [open] = live('So \\(a*b*c and _x_y');
    expect(open?.node).toEqual({
      kind: 'paragraph',
      children: [{ kind: 'text', text: 'So \\(a*b*c and _x_y' }] satisfies Inline[],
    });
    const [block] = live('$$\na\n- b\n- c');
    expect(block?.node?.kind).toBe('paragraph');
    expect(JSON.stringify(live('$$\na\n- b\n$$\n')[0]?.node)).toContain('"math"');
  });

  it('that was never one becomes what it is', () => {
    const splitter = new BlockSplitter(() => 0);
    splitter.push('$$\na\n- b is a list after all\n');
    splitter.split();
    splitter.push('\nText after it.\n');
    expect(splitter.finish().map((block) => block.node?.kind)).toEqual([
      'paragraph',
      'list',
      'paragraph',
    ]);
  });
});
