// `marked`, used as a lexer only. Its renderer, which makes HTML, is never called.
import { Lexer, Tokenizer, type Links, type Token } from 'marked';
import { EXTENSIONS, type Extent } from './extensions';
import { MAX_EMPHASIS } from './limits';

class OwnTokenizer extends Tokenizer {
  /** Two tildes only: "~5 to ~10" is not struck through. */
  override del(src: string, maskedSrc: string, prevChar?: string) {
    return src.startsWith('~~') ? super.del(src, maskedSrc, prevChar) : undefined;
  }

  /** Emphasis ends soon or is none: to look for its end in all of a text costs the square of it. */
  override emStrong(src: string, maskedSrc: string, prevChar?: string) {
    const from = Math.max(0, maskedSrc.length - src.length);
    const masked = maskedSrc.slice(from, from + MAX_EMPHASIS);
    return super.emStrong(src.slice(0, MAX_EMPHASIS), masked, prevChar);
  }

  /** An address is short, and mail has its @ soon: a long word is not searched for one. */
  override url(src: string) {
    const head = src.slice(0, MAX_URL);
    if (!/^(?:https?:\/\/|ftp:\/\/|www\.)/i.test(head) && !head.slice(0, MAX_MAIL).includes('@')) {
      return undefined;
    }
    const found = super.url(head);
    const cut = head.length < src.length && found?.raw.length === head.length;
    return cut ? undefined : found;
  }

  /** Text up to what may be more than text. Each character is looked at once. */
  override inlineText(src: string) {
    const raw = src.slice(0, endOfText(src));
    return { type: 'text' as const, raw, text: raw, escaped: false };
  }
}

const MAX_URL = 4096;
const MAX_MAIL = 256;
const SPECIAL = /[\\<![`*~_\n$@]|https?:\/\/|ftp:\/\/|www\.|(?:mailto|xmpp):/gi;
const MAIL = /[a-zA-Z0-9.!#$%&'*+/=?_{|}~-]/;

/** Where the text ends that a source begins with; it is never empty. */
function endOfText(src: string): number {
  const first = /^(?:`+|~+)/.exec(src)?.[0].length ?? 1;
  SPECIAL.lastIndex = first;
  for (let found = SPECIAL.exec(src); found; found = SPECIAL.exec(src)) {
    const end = stopAt(src, found.index, found[0], first);
    if (end >= first) return end;
  }
  return src.length;
}

/** Where to stop before a special place; less than `first` where it is none. */
function stopAt(src: string, at: number, what: string, first: number): number {
  switch (what) {
    case '_':
      // Inside a word it is a letter like others.
      return /[A-Za-z0-9_]/.test(src.charAt(at - 1)) ? -1 : at;
    case '\n': {
      let end = at;
      while (end > first && src.charAt(end - 1) === ' ') end -= 1;
      return end;
    }
    case '@': {
      let from = at;
      while (from > 0 && at - from < MAX_MAIL && MAIL.test(src.charAt(from - 1))) from -= 1;
      return from < at ? from : -1;
    }
    default:
      return at;
  }
}

export interface Lexed {
  readonly tokens: readonly Token[];
  /** The link definitions seen so far. */
  readonly links: Links;
}

/** Marks of quotes and lists in one line, more than anyone means: reading them costs their square. */
const TOO_DEEP = /^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)])(?=[ \t>])){40}/m;
/** Items indented more than anyone means; in code that is common. */
const TOO_FAR = /^[ \t]{80,}(?:[*+-]|\d{1,9}[.)])[ \t]/m;
const FENCE = /^ {0,3}(?:`{3}|~{3})/m;

/** Splits a text into block tokens. `null` where it nests so deeply that no answer can be had. */
export function lex(text: string, links: Links, extent: Extent = 'whole'): Lexed | null {
  if (TOO_DEEP.test(text) || (TOO_FAR.test(text) && !FENCE.test(text))) return null;
  const lexer = newLexer(extent);
  const known = Object.assign(noLinks(), links);
  lexer.tokens.links = known;
  try {
    return { tokens: lexer.lex(text), links: known };
  } catch {
    return null;
  }
}

/** The tokens of one line of text, such as a cell. */
export function lexInline(text: string): readonly Token[] {
  try {
    return newLexer('whole').inlineTokens(text, []);
  } catch {
    return [{ type: 'text', raw: text, text }];
  }
}

function newLexer(extent: Extent): Lexer {
  const extensions = EXTENSIONS[extent];
  return new Lexer({ gfm: true, breaks: true, tokenizer: new OwnTokenizer(), extensions });
}

export function noLinks(): Links {
  return Object.create(null) as Links;
}
