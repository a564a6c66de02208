// An answer while it is written: follows its stream, applies what came once per frame, keeps the
// blocks of its text. It stays the source of its blocks after the end, so that nothing is drawn anew.
import {
  followGeneration,
  type ChatEvent,
  type GenerationId,
  type MessageId,
  type Subscription,
} from '$lib/api';
import type { ApiError } from '$lib/host';
// Not by the index: a page that draws no text yet needs none of what draws it.
import type { Block } from '$lib/markdown/nodes';
import { BlockSplitter } from '$lib/markdown/splitter';
import { findings } from '$lib/guard/findings.svelte';
import { foldEvents, NEW_ANSWER, prefixOf, type AnswerState } from './answer';
import { onFrame } from './frame';

export interface LiveHandlers {
  /** The program named the message that is written. */
  onStarted?(message: MessageId): void;
  /** The answer is over, or its stream is. */
  onEnd(live: LiveAnswer): void;
}

export class LiveAnswer {
  state = $state.raw<AnswerState>(NEW_ANSWER);
  blocks = $state.raw<readonly Block[]>([]);
  /** It was told to stop. */
  stopping = $state(false);
  /** The stream ended without a last event: what is on disk counts. */
  over = $state(false);
  /** When the model began to think and when it stopped; `null` where that was not seen. */
  thinking = $state.raw<{ readonly from: number; readonly to: number | null } | null>(null);
  generation: GenerationId | null = null;
  readonly #handlers: LiveHandlers;
  /** What the message held before. */
  readonly #before: string;
  #splitter = new BlockSplitter();
  /** What stands before the text of the stream; `null` while that is not known. */
  #prefix: string | null = null;
  #shown = false;
  #seen = false;
  #queue: ChatEvent[] = [];
  #frame: (() => void) | null = null;
  #stream: Subscription | null = null;
  #closed = false;

  constructor(handlers: LiveHandlers, before = '') {
    this.#handlers = handlers;
    this.#before = before;
  }

  get running(): boolean {
    return this.state.end === null && !this.over;
  }

  /** The whole text so far. */
  get text(): string {
    // Read first, so that who asks is told of a change.
    const { text } = this.state;
    return this.#prefix === null ? this.#before : this.#prefix + text;
  }

  /**
   * Follows from the first event on. `begun` where it begins now and here: then times can be taken,
   * and what the message held is just what stands before the stream.
   */
  follow(generation: GenerationId, begun = false): void {
    if (this.#closed) return;
    this.generation = generation;
    this.#seen = begun;
    if (begun) this.#prefix = this.#before;
    this.state = { ...this.state, phase: { name: 'waiting' } };
    this.#stream = followGeneration(generation, 0, {
      onEvents: (events) => {
        this.#queue.push(...events);
        this.#frame ??= onFrame(() => {
          this.#apply();
        });
      },
      onGap: () => {
        this.#apply();
        this.state = { ...this.state, lossy: true };
      },
      onEnd: (error) => {
        this.#end(error);
      },
    });
  }

  /** Leaves the stream; the work goes on. */
  close(): void {
    this.#closed = true;
    this.#frame?.();
    this.#stream?.close();
  }

  #apply(): void {
    this.#frame?.();
    this.#frame = null;
    const events = this.#queue;
    this.#queue = [];
    if (events.length > 0) this.#take(events);
    else if (this.#shown && this.#splitter.pending) this.blocks = this.#splitter.split();
    // Under load a part may still wait to be read, and nothing more may come for a while.
    if (this.#splitter.pending && !this.#closed) {
      this.#frame ??= onFrame(() => {
        this.#apply();
      });
    }
  }

  #take(events: readonly ChatEvent[]): void {
    const before = this.state;
    const after = foldEvents(before, events);
    for (const event of events) {
      if (event.type === 'started') this.#handlers.onStarted?.(event.message_id);
      else if (event.type === 'findings') findings.put(event.found);
      else if (event.type === 'rewritten') this.#rewrite();
    }
    this.#takeText(before, after);
    this.state = after;
    if (this.#seen) this.#clock(before, after);
    if (after.end && !before.end) this.#finish();
  }

  /** What was drawn was not the answer. */
  #rewrite(): void {
    this.#splitter = new BlockSplitter();
    this.#prefix = '';
    this.#shown = false;
    this.blocks = [];
  }

  #takeText(before: AnswerState, after: AnswerState): void {
    if (this.#shown && after.text.length === before.text.length) return;
    if (after.text === '') return;
    this.#prefix ??= prefixOf(this.#before, after.text);
    if (this.#prefix === null) return;
    const fresh = after.text.slice(before.text.length);
    this.#splitter.push(this.#shown ? fresh : this.#prefix + after.text);
    this.#shown = true;
    this.blocks = this.#splitter.split();
  }

  #clock(before: AnswerState, after: AnswerState): void {
    const now = Date.now();
    if (before.reasoning === '' && after.reasoning !== '') this.thinking = { from: now, to: null };
    const over = after.text !== '' || after.end !== null;
    if (this.thinking?.to === null && over) this.thinking = { ...this.thinking, to: now };
  }

  #finish(): void {
    if (this.#shown) this.blocks = this.#splitter.finish();
    this.#handlers.onEnd(this);
  }

  #end(error: ApiError | null): void {
    this.#apply();
    if (this.state.end || this.#closed) return;
    this.over = true;
    this.state = { ...this.state, lossy: true, phase: { name: 'ended' } };
    // A stream that is gone ended before this reader came: the message on disk tells how.
    if (error && error.code !== 'stream_not_found') {
      const { code, traceId } = error;
      this.state = { ...this.state, end: { kind: 'failed', code, traceId, saved: true } };
    }
    this.#finish();
  }
}
