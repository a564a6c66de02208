// Splits a growing Markdown text into top-level blocks. Finished blocks are frozen: the same
// object at the same place until the end. Only what may still change is read again.
//
// Which blocks are finished does not depend on where the text was cut: a block is frozen once the
// next one is beyond doubt. `finish` reads the whole once more and replaces only what differs
// (link definitions may come last).
import type { Links, Token } from 'marked';
import remend from 'remend';
import { lex, noLinks } from './lexer';
import { EAGER_TAIL, MAX_BLOCK, MAX_MARKDOWN } from './limits';
import type { Block, BlockNode } from './nodes';
import { isOpenFence, plain, topNode } from './parse';
import { PlainText } from './plain';

/** Once the next block has this many characters or a line's end, it can no longer join the one before. */
const BEYOND_DOUBT = 12;
const MENDABLE = 16 * 1024;
/** Milliseconds of one reading that a frame can bear. */
const SLOW = 6;

const MEND = {
  katex: false,
  htmlTags: false,
  singleTilde: false,
  comparisonOperators: false,
  linkMode: 'text-only',
} as const;

export class BlockSplitter {
  #frozen: Block[] = [];
  #live: Block[] = [];
  #tail = '';
  #source = '';
  readonly #rest = new PlainText();
  #links: Links = noLinks();
  #carriage = false;
  #readAt = 0;
  #finished = false;
  #cost = 0;
  #restUntil = 0;
  readonly #now: () => number;

  /** `now` is a clock in milliseconds: a text that is slow to read is read less often. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A whole text at once. */
  static of(text: string): readonly Block[] {
    const splitter = new BlockSplitter();
    splitter.push(text);
    return splitter.finish();
  }

  /** Takes more text; call {@link split} when it shall be seen. */
  push(delta: string): void {
    const text = this.#newlines(delta);
    const room = MAX_MARKDOWN - this.#source.length;
    const inside = text.length > room ? text.slice(0, room) : text;
    this.#source += inside;
    this.#tail += inside;
    if (text.length > room) this.#rest.push(text.slice(room));
  }

  /** The blocks as they are now. */
  split(): readonly Block[] {
    if (!this.#finished && this.#worthReading()) this.#readTimed();
    return this.#all();
  }

  /** The blocks of the whole text. Nothing more may come. */
  finish(): readonly Block[] {
    if (this.#finished) return this.#all();
    if (this.#carriage) this.push('\n');
    this.#finished = true;
    this.#settle();
    return this.#all();
  }

  /** Line ends as `\n`; a `\r` waits for its `\n` in the next piece. */
  #newlines(delta: string): string {
    const text = (this.#carriage ? '\r' : '') + delta;
    this.#carriage = !this.#finished && delta !== '\n' && text.endsWith('\r');
    return (this.#carriage ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n');
  }

  /** Reading may take a quarter of the time, however odd the text. */
  #readTimed(): void {
    const from = this.#now();
    if (this.#cost > SLOW && from < this.#restUntil) return;
    this.#read();
    const to = this.#now();
    this.#cost = to - from;
    this.#restUntil = to + 3 * this.#cost;
  }

  #worthReading(): boolean {
    const grown = this.#tail.length - this.#readAt;
    if (grown === 0) return false;
    return this.#rest.started || this.#tail.length < EAGER_TAIL || grown > this.#tail.length / 32;
  }

  #read(): void {
    if (this.#extendFence()) return;
    const lexed = lex(this.#tail, this.#links);
    const tokens = lexed ? joined(lexed.tokens, this.#tail) : null;
    if (!lexed || !tokens) {
      this.#live = [this.#block(this.#frozen.length, this.#tail, plain(this.#tail), false)];
    } else {
      this.#links = lexed.links;
      const keep = finished(tokens);
      for (const token of tokens.slice(0, keep)) this.#freeze(token);
      this.#relive(tokens.slice(keep));
    }
    this.#readAt = this.#tail.length;
  }

  #freeze(token: Token): void {
    const id = this.#frozen.length;
    this.#frozen.push(this.#block(id, token.raw, topNode(token), true));
    this.#tail = this.#tail.slice(token.raw.length);
  }

  /** The blocks that may still change; one that did not is the same object. */
  #relive(tokens: readonly Token[]): void {
    const before = this.#live;
    this.#live = tokens.map((token, at) => {
      const last = at === tokens.length - 1;
      const id = this.#frozen.length + at;
      const old = before.find((block) => block.id === id);
      if (!last && old?.raw === token.raw) return old;
      const node = last ? mended(token, this.#links) : topNode(token);
      return this.#block(id, token.raw, node, false);
    });
  }

  /** Lines inside an open fence need no lexer. */
  #extendFence(): boolean {
    const last = this.#live.at(-1);
    if (last?.node?.kind !== 'code' || !last.node.open || last.raw.startsWith(' ')) return false;
    const more = this.#tail.slice(this.#readAt);
    if (!last.raw.includes('\n') || /[`~]/.test(more)) return false;
    const raw = last.raw + more;
    const text = raw.slice(raw.indexOf('\n') + 1).replace(/\n$/, '');
    this.#live = [
      ...this.#live.slice(0, -1),
      { id: last.id, raw, done: false, node: { ...last.node, text } },
    ];
    this.#readAt = this.#tail.length;
    return true;
  }

  #settle(): void {
    const lexed = lex(this.#source, noLinks());
    const whole = lexed ? joined(lexed.tokens, this.#source) : null;
    if (!lexed || !whole) {
      const all = new PlainText();
      all.push(this.#source);
      this.#frozen = [...all.blocks(0, true)];
    } else {
      const linked = Object.keys(lexed.links).length > 0;
      const before = this.#frozen;
      this.#frozen = whole.map((token, id) => {
        const old = before[id];
        if (old?.raw === token.raw && !(linked && token.raw.includes('['))) return old;
        const fresh = this.#block(id, token.raw, topNode(token), true);
        return old && sameNode(old, fresh) ? old : fresh;
      });
    }
    this.#live = [];
    this.#tail = '';
  }

  #block(id: number, raw: string, node: BlockNode | null, done: boolean): Block {
    return { id, raw, node, done };
  }

  #all(): readonly Block[] {
    const from = this.#frozen.length + this.#live.length;
    return [...this.#frozen, ...this.#live, ...this.#rest.blocks(from, this.#finished)];
  }
}

function sameNode(a: Block, b: Block): boolean {
  return a.raw === b.raw && JSON.stringify(a.node) === JSON.stringify(b.node);
}

/**
 * Tokens with the empty lines after them, so that each one is something to see. Their text is cut
 * from the source: the lexer's own copy may end in a line's end too many.
 */
function joined(tokens: readonly Token[], source: string): Token[] {
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

/** How many of these tokens can no longer change. */
function finished(tokens: readonly Token[]): number {
  const last = tokens.at(-1);
  if (!last) return 0;
  const sure = last.raw.length >= BEYOND_DOUBT || last.raw.includes('\n');
  const tooLarge = last.type !== 'code' && last.raw.length > MAX_BLOCK;
  if (tooLarge) return tokens.length;
  return Math.max(0, tokens.length - (sure ? 1 : 2));
}

/** The node of the last block, with what is still open in it closed for the eye. */
function mended(token: Token, links: Links): BlockNode | null {
  const mendable = token.type !== 'code' && token.type !== 'html' && token.raw.length < MENDABLE;
  if (!mendable || isOpenFence(token.raw)) return topNode(token);
  const text = remend(token.raw.replace(/[*_~`]{1,3}$/, ''), MEND);
  const tokens = (lex(text, links)?.tokens ?? []).filter((one) => one.type !== 'space');
  const [only] = tokens;
  return only && tokens.length === 1 ? topNode(only) : topNode(token);
}
