// What the splitter does with the tokens of the lexer: joins them with the empty lines between them,
// tells which can no longer change, and closes for the eye what the last one left open.
import type { Links, Token, Tokens } from 'marked';
import remend from 'remend';
import { lex } from './lexer';
import { MAX_BLOCK } from './limits';
import type { BlockNode } from './nodes';
import { isCheap, isOpenFence, topNode } from './parse';

/** Once the next block has this many characters or a line's end, it can no longer join the one before. */
const BEYOND_DOUBT = 12;

const MENDABLE = 16 * 1024;

/** Items of a long list that stay with what may still come. */
const OPEN_ITEMS = 2;

const MEND = {
  katex: false,
  htmlTags: false,
  singleTilde: false,
  comparisonOperators: false,
  linkMode: 'text-only',
} as const;

/** What is shown as it is, however it ends. */
const UNMENDED = new Set(['code', 'grid', 'html', 'math', 'openMath', 'opaque']);

/** A list that fills the piece, as the items that are whole and the rest. */
export function divided(tokens: Token[]): Token[] {
  const [list] = tokens;
  if (tokens.length > 1 || list?.type !== 'list') return tokens;
  const items = (list as Tokens.List).items.slice(0, -OPEN_ITEMS);
  const raw = items.map((item) => item.raw).join('');
  if (raw === '' || !list.raw.startsWith(raw)) return tokens;
  const rest = { type: 'list', raw: list.raw.slice(raw.length) };
  // The rest counts as two, so that only the whole items are finished.
  return [{ ...list, items, raw }, rest, rest];
}

/**
 * Tokens with the empty lines after them, so that each one is something to see. Their text is cut
 * from the source: the lexer's own copy may end in a line's end too many.
 */
export function joined(tokens: readonly Token[], source: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  for (const token of tokens) {
    const raw = source.slice(at, at + token.raw.length);
    at += token.raw.length;
    const before = out.at(-1);
    if (token.type === 'space' && before) before.raw += raw;
    else out.push(Object.assign(token, { raw }));
  }
  const last = out.at(-1);
  if (last && at < source.length) last.raw += source.slice(at);
  return out;
}

/** How many of these tokens can no longer change. `cut` is a piece of a text that goes on. */
export function finished(tokens: readonly Token[], cut: boolean): number {
  const last = tokens.at(-1);
  if (!last) return 0;
  if (!cut && !isCheap(last) && last.raw.length > MAX_BLOCK) return tokens.length;
  const sure = !cut && (last.raw.length >= BEYOND_DOUBT || last.raw.includes('\n'));
  // What looks like a formula may still turn out to be part of the paragraph before it.
  const doubt = (sure ? 1 : 2) + (last.type === 'openMath' ? 1 : 0);
  return Math.max(0, tokens.length - doubt);
}

/** The node of the last block, with what is still open in it closed for the eye. */
export function mended(token: Token, links: Links): BlockNode | null {
  const mendable = !UNMENDED.has(token.type) && token.raw.length < MENDABLE;
  if (!mendable || isOpenFence(token.raw)) return topNode(token);
  const text = remend(token.raw.replace(/[*_~`]{1,3}$/, ''), MEND);
  const tokens = (lex(text, links, 'open')?.tokens ?? []).filter((one) => one.type !== 'space');
  const [only] = tokens;
  return only && tokens.length === 1 ? topNode(only) : topNode(token);
}
