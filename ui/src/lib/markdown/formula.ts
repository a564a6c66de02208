// Draws formulas. Loaded when the first one is seen, with its font. KaTeX only reads the source;
// of what it makes, the tree is taken and never its markup.
import katex from 'katex';
import './formula.css';
import { MAX_BLOCK_MATH } from './limits';
import { mathTree, type MathElement, type SourceNode } from './mathml';

type ToTree = (source: string, options: katex.KatexOptions) => SourceNode;
const { __renderToDomTree: toTree } = katex as unknown as { __renderToDomTree: ToTree };

/** The tree of a formula, or `null` where its source cannot be read or asks for too much. */
export function drawFormula(source: string, display: boolean): MathElement | null {
  if (source.length > MAX_BLOCK_MATH + 32) return null;
  try {
    const tree = toTree(source, {
      output: 'mathml',
      displayMode: display,
      throwOnError: true,
      trust: false,
      strict: 'ignore',
      // Of what a source may define, this many replacements; of a length, this many em.
      maxExpand: 500,
      maxSize: 20,
    });
    return mathTree(tree, display);
  } catch {
    return null;
  }
}
