import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BlockSplitter, Markdown } from '../../src/lib/markdown';
import { drawFormula } from '../../src/lib/markdown/formula';
import { mathElement, mathTree, type SourceNode } from '../../src/lib/markdown/mathml';
import { clear, preparePage, settle, show } from '../thread/page';

beforeAll(preparePage);
afterEach(clear);

const drawn = (tex: string) => {
  const tree = drawFormula(tex, true);
  return tree ? mathElement(tree, tex) : null;
};

describe('a drawn formula', () => {
  it('is MathML that says its source', () => {
    const root = drawn('\\frac{1}{x^2}');
    expect(root?.namespaceURI).toBe('http://www.w3.org/1998/Math/MathML');
    expect(root?.querySelector('mfrac msup')).not.toBeNull();
    expect(root?.getAttribute('alttext')).toBe('\\frac{1}{x^2}');
    expect(root?.textContent).toBe('1x2');
  });

  it('has letters of other alphabets as characters, which every web view knows', () => {
    expect(drawn('\\mathbb{R}\\mathcal{L}\\mathfrak{gZ}\\mathbf{a1}')?.textContent).toBe('ℝℒ𝔤ℨ𝐚𝟏');
  });

  it('has its spaces, its alignment and its lines', () => {
    const root = drawn('\\begin{align}a&=b\\quad c\\end{align}');
    expect(root?.querySelector('mtd')?.getAttribute('class')).toBe('right');
    expect(root?.querySelector('mspace')?.getAttribute('width')).toMatch(/em$/);
    expect(drawn('\\begin{array}{c|c}a&b\\\\\\hline c&d\\end{array}')?.innerHTML).toContain(
      'after',
    );
    expect(drawn('\\boxed{x}')?.querySelector('.box')).not.toBeNull();
  });

  it.each([
    '\\nosuch{x}',
    '\\frac{1',
    '\\def\\x{\\x\\x}\\x',
    'x^{'.repeat(3000),
    'x'.repeat(10_000),
    `${'{'.repeat(500)}x${'}'.repeat(500)}${'\\sqrt{'.repeat(90)}x${'}'.repeat(90)}`,
  ])('is none where it cannot be read or asks for too much: %#', (tex) => {
    expect(drawFormula(tex, true)).toBeNull();
  });

  it('takes nothing that is not on the list', () => {
    const hostile: SourceNode = {
      type: 'math',
      children: [
        { type: 'script', children: [{ text: 'alert(1)' }] },
        { type: 'mi', attributes: { onclick: 'x', href: 'javascript:1', style: 'x', id: 'y' } },
        { type: 'mo', attributes: { minsize: 'url(https://evil.example)', stretchy: 'true' } },
        { type: 'maction', children: [{ type: 'mn', children: [{ text: '<img>' }] }] },
      ],
    };
    const tree = mathTree(hostile, false);
    const root = tree && mathElement(tree, '');
    expect(root?.innerHTML).toBe('alert(1)<mi></mi><mo stretchy="true"></mo><mn>&lt;img&gt;</mn>');
  });
});

describe('a formula on the page', () => {
  it('is drawn where it stands, and its source stays where it cannot be', async () => {
    const root = show(Markdown, { blocks: BlockSplitter.of('A $x^2$ and $\\nosuch{y}$.') });
    expect(root.textContent).toContain('$x^2$');
    await vi.waitFor(() => {
      expect(root.querySelector('math msup')).not.toBeNull();
    });
    await settle();
    expect(root.querySelector('code')?.textContent).toBe('$\\nosuch{y}$');
    expect(root.querySelector('code')?.title).toContain('cannot be drawn');
  });
});
