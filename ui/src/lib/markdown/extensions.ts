// What our Markdown has beyond the lexer's: formulas, footnotes and large tables.
import type { MarkedOptions, TokenizerExtensionFunction } from 'marked';
import { gridAt } from './grid';
import { MAX_BLOCK } from './limits';
import { blockFormula, inlineFormula, opensBlockFormula, opensInlineFormula } from './math';

type Extensions = NonNullable<MarkedOptions['extensions']>;

const FOOTNOTE = /^ {0,3}\[\^([^\]\s^]{1,64})\]:[ \t]*/;
const REFERENCE = /^\[\^([^\]\s^]{1,64})\]/;
const EMPTY_LINE = /\n[ \t]*(?:\n|$)/;
/** Lines that may begin a formula or a footnote in the middle of a paragraph. */
const START = /\n {0,3}(?:\$\$|\\\[|\\begin\{|\[\^)/g;

/** A table too large to be read at once. */
const grid: TokenizerExtensionFunction = (src) => {
  const found = gridAt(src);
  return found ? { type: 'grid', ...found } : undefined;
};

const footnote: TokenizerExtensionFunction = function (src) {
  const head = FOOTNOTE.exec(src);
  if (!head) return undefined;
  const raw = footnoteText(src);
  const inner = raw.slice(head[0].length).replace(/\n {1,4}/g, '\n');
  const tokens = this.lexer.blockTokens(inner, []);
  return { type: 'footnote', raw, label: head[1], tokens };
};

/** The lines of a footnote: up to an empty one or the next footnote, and indented ones after that. */
function footnoteText(src: string): string {
  let end = lineEnd(src, 0);
  let empty = false;
  for (let at = end; at < src.length;) {
    const next = lineEnd(src, at);
    const line = src.slice(at, next);
    const blank = line.trim() === '';
    if (FOOTNOTE.test(line) || (!blank && empty && !line.startsWith('    '))) break;
    if (!blank) end = next;
    empty = blank;
    at = next;
  }
  return src.slice(0, end);
}

/** After the end of the line that begins there. */
function lineEnd(src: string, from: number): number {
  const newline = src.indexOf('\n', from);
  return newline < 0 ? src.length : newline + 1;
}

const reference: TokenizerExtensionFunction = (src) => {
  const found = REFERENCE.exec(src);
  return found ? { type: 'reference', raw: found[0], label: found[1] } : undefined;
};

function blockMath(live: boolean): TokenizerExtensionFunction {
  return (src) => {
    if (!/^ {0,3}(?:\$\$|\\\[|\\begin\{)/.test(src)) return undefined;
    const found = blockFormula(src);
    if (found) return { type: 'math', raw: found.raw, tex: found.tex, display: true };
    return live && opensBlockFormula(src) ? { type: 'openMath', raw: src } : undefined;
  };
}

function inlineMath(live: boolean): TokenizerExtensionFunction {
  return (src, tokens) => {
    const first = src.charAt(0);
    if (first !== '$' && first !== '\\') return undefined;
    const before = tokens.at(-1)?.raw.at(-1) ?? '';
    const found = inlineFormula(src, before);
    if (found) return { type: 'math', raw: found.raw, tex: found.tex, display: found.display };
    if (!live || !opensInlineFormula(src, before)) return undefined;
    return { type: 'openMath', raw: src };
  };
}

/** Where in a paragraph something of ours begins. Nothing behind its end is looked at. */
function blockStart(live: boolean): (src: string) => number | undefined {
  return (src) => {
    const end = src.slice(0, MAX_BLOCK).search(EMPTY_LINE);
    const paragraph = end < 0 ? src.slice(0, MAX_BLOCK) : src.slice(0, end);
    for (const { index } of paragraph.matchAll(START)) {
      const rest = src.slice(index + 1);
      const begins = FOOTNOTE.test(rest) || blockFormula(rest) !== null;
      if (begins || (live && opensBlockFormula(rest))) return index + 1;
    }
    return undefined;
  };
}

function extensions(block: boolean, line: boolean): Extensions {
  return {
    renderers: {},
    childTokens: {},
    block: [grid, footnote, blockMath(block)],
    inline: [inlineMath(line), reference],
    startBlock: [blockStart(block)],
    // Text ends before each dollar and backslash by itself.
    startInline: [],
  };
}

/** How much of a text there is: all, a part that grows, or a block that is seen while it grows. */
export type Extent = 'whole' | 'growing' | 'open';

/** A formula without an end waits for it as text, where it may still come. */
export const EXTENSIONS: Readonly<Record<Extent, Extensions>> = {
  whole: extensions(false, false),
  growing: extensions(true, false),
  open: extensions(true, true),
};
