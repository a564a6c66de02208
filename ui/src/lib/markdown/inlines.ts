// Inline tokens of the lexer to nodes. Raw HTML comes out as the text it is.
import type { Token, Tokens } from 'marked';
import { INCOMPLETE_IMAGE_PLACEHOLDER } from 'remend';
import { hostOf, safeHref } from './address';
import { codeNodes, textNodes } from './controls';
import { decodeEntities } from './entities';
import { MAX_DEPTH } from './limits';
import type { Inline } from './nodes';

const LINE_BREAK = /^<br\s*\/?>$/i;

/** The nodes of a run of inline tokens. */
export function inlines(tokens: readonly Token[] | undefined, depth = 0): Inline[] {
  const nodes: Inline[] = [];
  let text = '';
  const flush = () => {
    nodes.push(...textNodes(text));
    text = '';
  };
  for (const token of tokens ?? []) {
    const plain = depth > MAX_DEPTH ? token.raw : plainText(token);
    if (plain !== null) {
      text += plain;
      continue;
    }
    flush();
    const node = inline(token, depth);
    if (node) nodes.push(...node);
  }
  flush();
  return nodes;
}

/** The text of a token that is nothing but text; `null` for any other. */
function plainText(token: Token): string | null {
  switch (token.type) {
    case 'text': {
      const { text, tokens, escaped } = token as Tokens.Text;
      if (tokens) return null;
      return escaped === undefined ? text : decodeEntities(text);
    }
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'html':
      return LINE_BREAK.test(token.raw) ? null : token.raw;
    case 'strong':
    case 'em':
    case 'del':
    case 'codespan':
    case 'br':
    case 'link':
    case 'image':
    case 'math':
    case 'reference':
      return null;
    case 'checkbox':
      return '';
    default:
      return token.raw;
  }
}

function inline(token: Token, depth: number): readonly Inline[] | null {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return [{ kind: token.type, children: inlines(token.tokens, depth + 1) }];
    case 'codespan':
      return [{ kind: 'code', children: codeNodes((token as Tokens.Codespan).text) }];
    case 'br':
    case 'html':
      return [{ kind: 'break' }];
    case 'link':
      return link(token as Tokens.Link, depth);
    case 'image':
      return image(token as Tokens.Image);
    case 'math':
      return [formula(token)];
    case 'reference':
      return [{ kind: 'reference', label: labelOf(token), text: token.raw }];
    default:
      return inlines((token as Tokens.Generic).tokens, depth + 1);
  }
}

function formula(token: Tokens.Generic): Inline {
  const { tex, display, raw } = token as unknown as Record<string, string | boolean>;
  return { kind: 'math', tex: String(tex), display: display === true, text: String(raw) };
}

/** The name of a footnote; names that differ only in case are one. */
export function labelOf(token: Tokens.Generic): string {
  return String(token.label).toLowerCase();
}

/** The text of nodes, without what it looks like. */
export function textOf(nodes: readonly Inline[]): string {
  return nodes.map(oneText).join('');
}

function oneText(node: Inline): string {
  switch (node.kind) {
    case 'control':
      return node.code;
    case 'break':
      return '\n';
    case 'image':
      return node.alt;
    case 'text':
    case 'math':
    case 'reference':
      return node.text;
    default:
      return textOf(node.children);
  }
}

/** A link whose address may not be offered is only its text. */
function link(token: Tokens.Link, depth: number): readonly Inline[] {
  const href = safeHref(token.autolink ? token.href : decodeEntities(token.href));
  const children = inlines(token.tokens, depth + 1);
  return href === null ? children : [{ kind: 'link', href, children }];
}

/** Images are named, never loaded: an address of an image is a way out for what the model read. */
function image(token: Tokens.Image): readonly Inline[] | null {
  if (token.href === INCOMPLETE_IMAGE_PLACEHOLDER) return null;
  const address = decodeEntities(token.href);
  const alt = decodeEntities(token.text);
  return [{ kind: 'image', alt, host: hostOf(address), href: safeHref(address) }];
}
