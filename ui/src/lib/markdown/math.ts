// Finds formulas in a text. Nothing is computed here: a formula is its source until it is shown.
//
// A single dollar is mostly money. It opens a formula only where no space follows it and no letter
// or digit stands before it, and closes one only where no space stands before it and no word
// follows; "$5 and $6" and "$HOME/$USER" stay text, and so does a number followed by a word.
import { MAX_BLOCK_MATH, MAX_INLINE_MATH } from './limits';

export interface Formula {
  readonly raw: string;
  readonly tex: string;
  /** Stands on a line of its own. */
  readonly display: boolean;
}

const PAIRS = [
  { open: '$$', close: '$$', display: true },
  { open: '\\[', close: '\\]', display: true },
  { open: '\\(', close: '\\)', display: false },
] as const;

const ENVIRONMENT = /^\\begin\{((?:equation|align|gather|alignat|multline|eqnarray)\*?)\}/;
/** What may follow a formula that stands alone: nothing, or the end of its sentence. */
const ALONE = /^[ \t]*[.,;:]?[ \t]*(?:\n|$)/;
const MONEY = /^\d[\d.,]*[\s,;-]+(?!mod\b)[\p{L}]{2,}/u;
const WORD_END = /^(?:th|st|nd|rd|s)\b/;

/** The formula that a text begins with, where it stands inside a line. `before` is the character before. */
export function inlineFormula(src: string, before: string): Formula | null {
  for (const { open, close, display } of PAIRS) {
    if (!src.startsWith(open)) continue;
    const end = closing(src, open.length, close, display ? MAX_BLOCK_MATH : MAX_INLINE_MATH);
    return end === null ? null : formula(src, open.length, end, close.length, display);
  }
  return src.startsWith('$') ? dollars(src, before) : null;
}

function dollars(src: string, before: string): Formula | null {
  if (/[\p{L}\p{N}$]/u.test(before) || !/^\$[^\s$]/.test(src)) return null;
  const line = src.slice(0, MAX_INLINE_MATH).split('\n', 1)[0] ?? '';
  const end = closing(line, 1, '$', MAX_INLINE_MATH);
  if (end === null || /\s/.test(line.charAt(end - 1))) return null;
  const after = line.slice(end + 1);
  if (/^[\p{L}\p{N}_$]/u.test(after) && !WORD_END.test(after)) return null;
  const tex = line.slice(1, end);
  if (tex.includes('`') || MONEY.test(tex)) return null;
  return formula(src, 1, end, 1, false);
}

/** The formula that a text begins with, where it has its lines to itself. */
export function blockFormula(src: string): Formula | null {
  const indent = /^ {0,3}/.exec(src)?.[0].length ?? 0;
  const own = src.slice(indent, indent + MAX_BLOCK_MATH);
  const found = environment(own) ?? inBlockPair(own);
  if (!found) return null;
  const after = own.slice(found.raw.length);
  const rest = ALONE.exec(after);
  // What may follow can lie beyond the piece that was looked at.
  if (!rest || (rest[0].length === after.length && src.length > indent + own.length)) return null;
  const raw = src.slice(0, indent + found.raw.length + rest[0].length);
  const end = rest[0].trim();
  return { raw, tex: end === '' ? found.tex : `${found.tex}\\text{${end}}`, display: true };
}

function inBlockPair(src: string): Formula | null {
  return src.startsWith('$$') || src.startsWith('\\[') ? inlineFormula(src, '') : null;
}

function environment(src: string): Formula | null {
  const name = ENVIRONMENT.exec(src)?.[1];
  if (name === undefined) return null;
  const end = closing(src, 0, `\\end{${name}}`, MAX_BLOCK_MATH);
  if (end === null) return null;
  const raw = src.slice(0, end + name.length + 6);
  return { raw, tex: raw, display: true };
}

/** Whether a text begins with a formula whose end may still come: no end, and no empty line. */
export function opensBlockFormula(src: string): boolean {
  const own = src.trimStart();
  const opens = own.startsWith('$$') || own.startsWith('\\[') || ENVIRONMENT.test(own);
  return opens && src.length < MAX_BLOCK_MATH && !/\n[ \t]*\n/.test(src) && !isClosed(own);
}

function isClosed(own: string): boolean {
  return inBlockPair(own) !== null || environment(own) !== null;
}

/** Whether a text begins with a formula inside a line whose end may still come. */
export function opensInlineFormula(src: string, before: string): boolean {
  if (src.length > MAX_INLINE_MATH || inlineFormula(src, before)) return false;
  if (/^(?:\$\$|\\\(|\\\[)/.test(src)) return true;
  // A dollar alone is taken for money until something says otherwise.
  return /^\$[^\s$][^\n$]*[\\^_{][^\n$]*$/.test(src) && !/[\p{L}\p{N}$]/u.test(before);
}

/** Where the end of a formula is, or `null`: none, an empty line before it, or too far. */
function closing(src: string, from: number, close: string, most: number): number | null {
  const until = Math.min(src.length, from + most);
  for (let at = from; at < until; at += 1) {
    if (src.startsWith(close, at)) return at;
    const character = src.charAt(at);
    if (character === '\\') at += 1;
    else if (character === '\n' && /^[ \t]*\n/.test(src.slice(at + 1, at + 64))) return null;
  }
  return null;
}

function formula(
  src: string,
  open: number,
  end: number,
  close: number,
  display: boolean,
): Formula | null {
  const tex = src.slice(open, end).trim();
  return tex === '' ? null : { raw: src.slice(0, end + close), tex, display };
}
