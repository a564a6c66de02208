// Splits a growing Markdown text into top-level blocks. Finished blocks are frozen: the same
// object at the same place until the end. Only what may still change is read again.
//
// Which blocks are finished does not depend on where the text was cut: a block is frozen once the
// next one is beyond doubt. A long text is read in windows, a few milliseconds a frame. `finish`
// puts right what only the end can tell (link definitions may come last) and replaces only that.
// A block longer than MAX_BLOCK is plain text; where it is cut depends on how it came.
import type { Links, Token } from 'marked';
import { lex, noLinks } from './lexer';
import { EAGER_TAIL, MAX_AT_ONCE, MAX_BLOCK, MAX_MARKDOWN, WINDOW } from './limits';
import type { Block, BlockNode } from './nodes';
import { isCheap, plain, topNode } from './parse';
import { pieceEnd, PlainText } from './plain';
import { divided, finished, joined, mended } from './tokens';

/** Milliseconds of one reading that a frame can bear. */
const SLOW = 6;
/** A source up to this long is read once more at its end, whatever is in it. */
const READ_AGAIN = WINDOW;

export class BlockSplitter {
  #frozen: Block[] = [];
  #live: Block[] = [];
  #tail = '';
  #source: string[] = [];
  readonly #rest = new PlainText();
  #links: Links = noLinks();
  #carriage = false;
  #readAt = 0;
  #window = WINDOW;
  #formatted = 0;
  #pending = false;
  /** Something came since the last reading. */
  #fresh = false;
  #finished = false;
  #cost = 0;
  #restUntil = 0;
  readonly #now: () => number;
  readonly #most: number;

  /**
   * `now` is a clock in milliseconds: a text that is slow to read is read less often. `most` is how
   * many characters are read as Markdown.
   */
  constructor(now: () => number = () => performance.now(), most = MAX_MARKDOWN) {
    this.#now = now;
    this.#most = most;
  }

  /** A whole text at once; what is too long for that is plain text that can be read later. */
  static of(text: string): readonly Block[] {
    const splitter = new BlockSplitter(() => 0, MAX_AT_ONCE);
    splitter.push(text);
    return splitter.finish();
  }

  /** Whether something that was pushed is not read yet, so that {@link split} has more to do. */
  get pending(): boolean {
    return !this.#finished && (this.#pending || this.#tail.length !== this.#readAt);
  }

  /** Takes more text; call {@link split} when it shall be seen. */
  push(delta: string): void {
    const text = this.#newlines(delta);
    if (this.#rest.started) {
      this.#rest.push(text);
      return;
    }
    this.#source.push(text);
    this.#tail += text;
    this.#fresh = true;
  }

  /** The blocks as they are now. */
  split(): readonly Block[] {
    if (!this.#finished && this.#worthReading()) this.#readTimed();
    this.#fresh = false;
    return this.#all();
  }

  /** The blocks of the whole text. Nothing more may come. */
  finish(): readonly Block[] {
    if (this.#finished) return this.#all();
    if (this.#carriage) this.push('\n');
    this.#finished = true;
    this.#read(Infinity);
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
    this.#read(from + SLOW);
    const to = this.#now();
    this.#cost = to - from;
    // A long text that waits to be read has the frame to itself.
    this.#restUntil = this.#pending ? to : to + 3 * this.#cost;
  }

  #worthReading(): boolean {
    if (this.#pending) return true;
    const grown = this.#tail.length - this.#readAt;
    if (grown === 0) return false;
    // Where nothing more comes for now, the last words are not left out.
    if (!this.#fresh) return true;
    return this.#tail.length < EAGER_TAIL || grown > this.#tail.length / 32;
  }

  /** Reads what is new, piece by piece until a time; the rest is plain until it is read. */
  #read(until: number): void {
    if (this.#extendFence()) return;
    let open = true;
    while (open && this.#tail.length > this.#window) {
      if (this.#now() > until) {
        this.#pending = true;
        this.#live = [this.#plainTail()];
        this.#readAt = this.#tail.length;
        return;
      }
      open = this.#readWindow();
    }
    this.#pending = false;
    if (open) this.#readTail();
    this.#readAt = this.#tail.length;
  }

  /** Reads the next piece of a long tail and freezes what is whole. `false` at the limit. */
  #readWindow(): boolean {
    const piece = this.#tail.slice(0, this.#window);
    const lexed = piece.includes('\n') ? lex(piece, this.#links, 'growing') : null;
    const tokens = divided(lexed ? joined(lexed.tokens, piece) : []);
    const keep = finished(tokens, true);
    if (lexed) this.#links = lexed.links;
    for (const token of tokens.slice(0, keep)) this.#freeze(token);
    if (keep === 0 && this.#window < MAX_BLOCK) this.#window *= 2;
    else if (keep === 0 && tokens[0] && isCheap(tokens[0])) this.#window *= 2;
    else {
      if (keep === 0) this.#freezePlain(MAX_BLOCK);
      this.#window = WINDOW;
    }
    return !this.#stopAtLimit();
  }

  /** The beginning of a block that is too long to be read, as plain text in small pieces. */
  #freezePlain(length: number): void {
    for (let left = length; left > 0;) {
      const raw = this.#tail.slice(0, pieceEnd(this.#tail));
      this.#freeze({ type: 'opaque', raw });
      left -= raw.length;
    }
  }

  #readTail(): void {
    const lexed = lex(this.#tail, this.#links, this.#finished ? 'whole' : 'growing');
    const tokens = lexed ? joined(lexed.tokens, this.#tail) : null;
    if (!lexed || !tokens) {
      this.#live = [this.#plainTail()];
      return;
    }
    this.#links = lexed.links;
    const keep = this.#finished ? tokens.length : finished(tokens, false);
    for (const token of tokens.slice(0, keep)) this.#freeze(token);
    this.#relive(tokens.slice(keep));
    this.#stopAtLimit();
  }

  /** Beyond the limit all is plain text. */
  #stopAtLimit(): boolean {
    if (this.#formatted < this.#most || this.#tail === '') return false;
    this.#rest.push(this.#tail);
    this.#tail = '';
    this.#live = [];
    return true;
  }

  #plainTail(): Block {
    return this.#block(this.#frozen.length, this.#tail, plain(this.#tail), false);
  }

  #freeze(token: Token): void {
    const id = this.#frozen.length;
    this.#frozen.push(this.#block(id, token.raw, topNode(token), true));
    if (!isCheap(token)) this.#formatted += token.raw.length;
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
    this.#pending = false;
    return true;
  }

  /** Puts right what only the end of the text can tell: addresses that are defined last. */
  #settle(): void {
    this.#frozen.push(...this.#live.map((block) => ({ ...block, done: true })));
    this.#live = [];
    this.#tail = '';
    const source = this.#source.join('');
    this.#source = [];
    const linked = Object.keys(this.#links).length > 0;
    if (source.length <= READ_AGAIN && !this.#rest.started) this.#readAgain(source, linked);
    else if (linked) this.#frozen = this.#frozen.map((block) => this.#relinked(block));
  }

  #readAgain(source: string, linked: boolean): void {
    const lexed = lex(source, noLinks());
    const whole = lexed ? joined(lexed.tokens, source) : null;
    if (!whole) return;
    const before = this.#frozen;
    this.#frozen = whole.map((token, id) => {
      const old = before[id];
      if (old?.raw === token.raw && !(linked && token.raw.includes('['))) return old;
      const fresh = this.#block(id, token.raw, topNode(token), true);
      return old && sameNode(old, fresh) ? old : fresh;
    });
  }

  /** A block by itself, with all addresses known. */
  #relinked(block: Block): Block {
    if (!block.raw.includes('[') || block.node?.kind === 'code') return block;
    const tokens = lex(block.raw, this.#links)?.tokens.filter((one) => one.type !== 'space') ?? [];
    const [only] = tokens;
    if (!only || tokens.length > 1) return block;
    const fresh = this.#block(block.id, block.raw, topNode(only), true);
    return sameNode(block, fresh) ? block : fresh;
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
