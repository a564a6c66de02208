// A subscription that survives: it numbers, drops doubles, sees gaps, and opens the stream again
// from the last number when the connection ends or falls silent. A reader that leaves never stops
// the work it was reading.
import { ApiError, host, type Host, type StreamItem } from '$lib/host';
import type { AppEvent } from './generated/AppEvent';
import type { ChatEvent } from './generated/ChatEvent';
import type { LibraryEvent } from './generated/LibraryEvent';

export interface StreamHandlers<E> {
  /** Events in order, each once. */
  onEvents(events: readonly E[]): void;
  /** Events are lost for good; read the state anew. */
  onGap?(): void;
  /** The connection is lost; it is being opened again. */
  onLost?(): void;
  /** The connection was lost and is open again. */
  onReopen?(): void;
  /** Nothing more will come. `null` after the last event. */
  onEnd?(error: ApiError | null): void;
}

export interface Subscription {
  close(): void;
  /** The number of the next event; `null` while none is known. */
  readonly next: number | null;
}

/** Follows one answer to its end. */
export function followGeneration(
  id: string,
  from: number,
  handlers: StreamHandlers<ChatEvent>,
): Subscription {
  const isLast = (event: ChatEvent) => event.type === 'finished' || event.type === 'failed';
  return new Follower(host(), `generation/${id}`, from, handlers, isLast);
}

/** Follows what every window wants to know, from now on. */
export function followApp(handlers: StreamHandlers<AppEvent>): Subscription {
  return new Follower(host(), 'app', null, handlers, () => false);
}

/** Follows the queue of documents, from now on. */
export function followLibrary(handlers: StreamHandlers<LibraryEvent>): Subscription {
  return new Follower(host(), 'library', null, handlers, () => false);
}

/** Errors after which asking again gives the same answer. */
const FINAL = new Set([
  'stream_not_found',
  'unauthorized',
  'forbidden',
  'foreign_origin',
  'unknown_command',
]);
const BACKOFF = [100, 250, 500, 1_000, 2_000, 5_000];

function isHeartbeat(event: unknown): boolean {
  return (
    typeof event === 'object' && event !== null && 'type' in event && event.type === 'heartbeat'
  );
}

export class Follower<E> implements Subscription {
  next: number | null;
  #close: (() => void) | null = null;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #askedFrom: number | null = null;
  #beat = -1;
  #lost = false;
  #ended = false;

  constructor(
    readonly host: Host,
    readonly topic: string,
    from: number | null,
    readonly handlers: StreamHandlers<E>,
    readonly isLast: (event: E) => boolean,
  ) {
    this.next = from;
    this.#open();
  }

  close(): void {
    this.#ended = true;
    this.#drop();
    clearTimeout(this.#retry);
  }

  #open(): void {
    let live = true;
    this.#watchFrom();
    const stop = this.host.subscribe(this.topic, this.next, {
      onItems: (items) => {
        if (live) this.#take(items);
      },
      onAlive: () => {
        if (live) this.#alive();
      },
      onClosed: (error) => {
        if (live) this.#closed(error);
      },
    });
    this.#close = () => {
      live = false;
      stop();
    };
  }

  #drop(): void {
    clearTimeout(this.#watch);
    this.#close?.();
    this.#close = null;
  }

  #watchFrom(): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#reopen();
    }, this.host.silence);
  }

  #alive(): void {
    this.#attempt = 0;
    this.#watchFrom();
    if (!this.#lost) return;
    this.#lost = false;
    this.handlers.onReopen?.();
  }

  #take(items: readonly StreamItem[]): void {
    this.#alive();
    const fresh: E[] = [];
    let last = false;
    for (const { seq, event } of items) {
      this.next ??= seq;
      if (seq < this.next) continue;
      if (isHeartbeat(event)) {
        // A sign of life may be numbered or not: either way the next event is no gap.
        this.#beat = seq;
        continue;
      }
      if (seq > this.next && seq !== this.#beat + 1 && !this.#bridge(fresh)) return;
      this.next = seq + 1;
      fresh.push(event as E);
      last ||= this.isLast(event as E);
    }
    if (fresh.length > 0) this.handlers.onEvents(fresh);
    if (last) this.#end(null);
  }

  /** A gap: asks once for the missing events; if they are gone, says so and goes on. */
  #bridge(fresh: E[]): boolean {
    if (fresh.length > 0) this.handlers.onEvents(fresh.splice(0));
    if (this.#askedFrom !== this.next) {
      this.#askedFrom = this.next;
      this.#reopen();
      return false;
    }
    this.handlers.onGap?.();
    return true;
  }

  #closed(error: ApiError | null): void {
    if (error && FINAL.has(error.code)) this.#end(error);
    else this.#reopen();
  }

  #reopen(): void {
    if (this.#ended) return;
    this.#lost = true;
    // The first attempt is at once and mostly works; only then is it worth a word.
    if (this.#attempt === 1) this.handlers.onLost?.();
    this.#drop();
    clearTimeout(this.#retry);
    const wait = BACKOFF[Math.min(this.#attempt, BACKOFF.length - 1)];
    this.#attempt += 1;
    this.#retry = setTimeout(() => {
      this.#open();
    }, wait);
  }

  #end(error: ApiError | null): void {
    if (this.#ended) return;
    this.close();
    this.handlers.onEnd?.(error);
  }
}
