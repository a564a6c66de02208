// Block tokens of the lexer to nodes.
import type { Token, Tokens } from 'marked';
import { textNodes } from './controls';
import { inlines, labelOf } from './inlines';
import { lexInline } from './lexer';
import { MAX_BLOCK, MAX_DEPTH } from './limits';
import type { Align, BlockNode, CodeNode, Inline, ListItem } from './nodes';

/** The node of a top-level token; `null` where nothing is shown. */
export function topNode(token: Token): BlockNode | null {
  if (!isCheap(token) && token.raw.length > MAX_BLOCK) return plain(token.raw);
  return blockNode(token, 0, true);
}

/** Whether a token costs little, however long it is. */
export function isCheap(token: Token): boolean {
  return token.type === 'code' || token.type === 'grid';
}

/** Text as it is, without a meaning. */
export function plain(text: string): BlockNode {
  return { kind: 'plain', text: text.replace(/\n+$/, '') };
}

function blockNode(token: Token, depth: number, loose: boolean): BlockNode | null {
  if (depth > MAX_DEPTH) return token.type === 'space' ? null : plain(token.raw);
  switch (token.type) {
    case 'space':
    case 'def':
    case 'checkbox':
      return null;
    case 'heading':
      return {
        kind: 'heading',
        depth: (token as Tokens.Heading).depth,
        children: inlines(token.tokens),
      };
    case 'paragraph':
      return { kind: 'paragraph', children: inlines(token.tokens) };
    case 'text':
      return { kind: loose ? 'paragraph' : 'line', children: inlines([token]) };
    case 'code':
      return codeNode(token as Tokens.Code);
    case 'blockquote':
      return { kind: 'quote', children: blockNodes(token.tokens, depth + 1, true) };
    case 'list':
      return list(token as Tokens.List, depth);
    case 'table':
      return table(token as Tokens.Table);
    case 'grid':
      return lazyTable(token);
    case 'math':
      return { kind: 'math', tex: String(token.tex), text: token.raw.trim() };
    case 'openMath':
      return { kind: 'paragraph', children: written(token.raw) };
    case 'footnote':
      return {
        kind: 'footnote',
        label: labelOf(token),
        children: blockNodes(token.tokens, depth + 1, true),
      };
    case 'hr':
      return { kind: 'rule' };
    case 'html':
      return { kind: 'paragraph', children: written(token.raw) };
    default:
      return plain(token.raw);
  }
}

/** Text as it was written, with its lines. */
function written(raw: string): Inline[] {
  const lines = raw.replace(/\n+$/, '').split('\n');
  return lines.flatMap((line, at) =>
    at === 0 ? textNodes(line) : [{ kind: 'break' }, ...textNodes(line)],
  );
}

function blockNodes(
  tokens: readonly Token[] | undefined,
  depth: number,
  loose: boolean,
): BlockNode[] {
  const nodes: BlockNode[] = [];
  for (const token of tokens ?? []) {
    const node = blockNode(token, depth, loose);
    if (node) nodes.push(node);
  }
  return nodes;
}

function list(token: Tokens.List, depth: number): BlockNode {
  const items = token.items.map((item): ListItem => ({
    checked: item.task ? (item.checked ?? false) : null,
    children: blockNodes(item.tokens, depth + 1, token.loose),
  }));
  const start = token.ordered ? Number(token.start) : null;
  return { kind: 'list', start, loose: token.loose, items };
}

function table(token: Tokens.Table): BlockNode {
  return {
    kind: 'table',
    align: token.align,
    header: token.header.map((cell) => inlines(cell.tokens)),
    rows: token.rows.map((row) => row.map((cell) => inlines(cell.tokens))),
    raw: token.raw.trimEnd(),
  };
}

/** A table whose rows are read when they are seen. */
function lazyTable(token: Tokens.Generic): BlockNode {
  const { raw, header, align, lines } = token as unknown as {
    raw: string;
    header: string[];
    align: Align[];
    lines: string[];
  };
  return { kind: 'table', align, header: header.map(cell), rows: lines, raw: raw.trimEnd() };
}

/** The nodes of a cell that is read by itself. */
export function cell(text: string): Inline[] {
  return inlines(lexInline(text));
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

function codeNode(token: Tokens.Code): CodeNode {
  const [word = ''] = (token.lang ?? '').trim().split(/[\s,{]/, 1);
  return {
    kind: 'code',
    text: token.text,
    language: word.toLowerCase().slice(0, 32),
    open: isOpenFence(token.raw),
  };
}

/** Whether a block of code starts with a fence that nothing closes yet. */
export function isOpenFence(raw: string): boolean {
  const fence = FENCE.exec(raw)?.[1];
  if (fence === undefined) return false;
  const last = raw.trimEnd().slice(raw.trimEnd().lastIndexOf('\n') + 1);
  if (!raw.trimEnd().includes('\n')) return true;
  const closing = FENCE.exec(last)?.[1];
  return !(closing?.startsWith(fence) && last.trim() === closing);
}
