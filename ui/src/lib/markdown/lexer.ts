// `marked`, used as a lexer only. Its renderer, which makes HTML, is never called.
import { Lexer, Tokenizer, type Links, type Token } from 'marked';

class OwnTokenizer extends Tokenizer {
  /** Footnotes stay as written: as definitions their text would vanish. */
  override def(src: string) {
    return /^ {0,3}\[\^/.test(src) ? undefined : super.def(src);
  }

  /** Two tildes only: "~5 to ~10" is not struck through. */
  override del(src: string, maskedSrc: string, prevChar?: string) {
    return src.startsWith('~~') ? super.del(src, maskedSrc, prevChar) : undefined;
  }
}

export interface Lexed {
  readonly tokens: readonly Token[];
  /** The link definitions seen so far. */
  readonly links: Links;
}

/** Marks of quotes and lists in one line, more than anyone means: reading them costs their square. */
const TOO_DEEP = /^(?:[ \t]*(?:[>*+-]|\d{1,9}[.)])(?=[ \t>])){40}/m;

/** Splits a text into block tokens. `null` where it nests so deeply that no answer can be had. */
export function lex(text: string, links: Links): Lexed | null {
  if (TOO_DEEP.test(text)) return null;
  const lexer = new Lexer({ gfm: true, breaks: true, tokenizer: new OwnTokenizer() });
  const known = Object.assign(Object.create(null) as Links, links);
  lexer.tokens.links = known;
  try {
    return { tokens: lexer.lex(text), links: known };
  } catch {
    return null;
  }
}

export function noLinks(): Links {
  return Object.create(null) as Links;
}
