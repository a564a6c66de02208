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
import { BlockSplitter, type Block } from '$lib/markdown';
import { foldEvents, NEW_ANSWER, type AnswerState } from './answer';
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
  /** The stream is down and being opened again. */
  stopping = $state(false);
  generation: GenerationId | null = null;
  readonly #handlers: LiveHandlers;
  readonly #splitter = new BlockSplitter();
  #queue: ChatEvent[] = [];
  #frame: (() => void) | null = null;
  #stream: Subscription | null = null;
  #closed = false;

  constructor(handlers: LiveHandlers) {
    this.#handlers = handlers;
  }

  get running(): boolean {
    return this.state.end === null && !this.over;
  }

  /** The stream ended without a last event: what is on disk counts. */
  over = $state(false);

  follow(generation: GenerationId): void {
    if (this.#closed) return;
    this.generation = generation;
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
    if (events.length === 0) return;
    const before = this.state;
    const after = foldEvents(before, events);
    this.state = after;
    for (const event of events) {
      if (event.type === 'started') this.#handlers.onStarted?.(event.message_id);
    }
    if (after.text.length > before.text.length) {
      this.#splitter.push(after.text.slice(before.text.length));
      this.blocks = this.#splitter.split();
    }
    if (after.end && !before.end) this.#finish();
  }

  #finish(): void {
    this.blocks = this.#splitter.finish();
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
