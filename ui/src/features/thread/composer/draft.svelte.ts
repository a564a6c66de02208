// What is written in one conversation and not yet asked: the text, what is attached, the questions
// that wait. The program keeps it, so that a switch, a kill or a failed send loses nothing. What is
// written here and not yet kept is never given up for what another window kept.
import {
  confirmed,
  rpc,
  type Attachment,
  type ConversationId,
  type Draft as KeptDraft,
  type QueuedQuestion,
} from '$lib/api';
import { toApiError, type FaultCode } from '$lib/host';

/** How long after the last key it is kept; a large text is not sent around that often. */
const PAUSE = 300;
const LARGE = 100_000;
const LARGE_PAUSE = 1_500;
/** How often and in what steps the last keeping is waited for, before the window goes. */
const SETTLE_TRIES = 20;
const SETTLE_PAUSE = 20;
const RETRY = [1_000, 2_000, 5_000, 10_000, 30_000];

export interface Written {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

/** A file that was not taken: what can be tried again. */
export type Failed =
  { readonly text: string } | { readonly bytes: Uint8Array; readonly code: FaultCode };

/** A file on its way to the program. */
export interface Arriving {
  readonly key: string;
  readonly name: string;
  readonly bytes: number;
  /** Where it could not be handed over and can be tried again. */
  readonly failed: Failed | null;
}

/** Why the questions that wait do not go on by themselves. */
export type Pause = 'opened' | 'failed';

/** Text that could not be sent, before what was written since. */
export function restored(sent: string, since: string): string {
  if (sent === '') return since;
  return since.trim() === '' ? sent : `${sent}\n\n${since}`;
}

function joined(first: Written, then: Written): Written {
  return {
    text: restored(first.text, then.text),
    attachments: [...first.attachments, ...then.attachments],
  };
}

export class Draft {
  /** The last try to keep it failed; another one follows. */
  unkept = $state(false);
  arriving = $state.raw<readonly Arriving[]>([]);
  /** What was kept before this page was opened waits for a word of the person. */
  pause = $state<Pause | null>(null);
  /** A composer shows it. */
  shown = false;
  /** The question that was waiting and is being sent now. */
  leaving = $state<string | null>(null);
  #text = $state('');
  #attachments = $state.raw<readonly Attachment[]>([]);
  #queue = $state.raw<readonly QueuedQuestion[]>([]);
  #sending = $state.raw<Written | null>(null);
  #key: ConversationId | null;
  #known = false;
  #revision = 0;
  #kept = 0;
  #attempt = 0;
  #busy = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(key: ConversationId | null) {
    this.#key = key;
  }

  get key(): ConversationId | null {
    return this.#key;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    if (text === this.#text) return;
    this.#text = text;
    this.#touch();
  }

  get attachments(): readonly Attachment[] {
    return this.#attachments;
  }

  set attachments(attachments: readonly Attachment[]) {
    this.#attachments = attachments;
    this.#touch();
  }

  get queue(): readonly QueuedQuestion[] {
    return this.#queue;
  }

  set queue(queue: readonly QueuedQuestion[]) {
    this.#queue = queue;
    this.#touch();
    this.flush();
  }

  /** Nothing is written, and nothing waits. */
  get empty(): boolean {
    return this.#text === '' && this.#attachments.length === 0 && this.#queue.length === 0;
  }

  get sending(): boolean {
    return this.#sending !== null;
  }

  /** Takes what is written out of the field. */
  take(): Written {
    const written = this.#now();
    this.#put({ text: '', attachments: [] });
    this.#touch();
    return written;
  }

  /** Takes it out to send it. It is kept until that is settled. */
  begin(): Written {
    this.#sending = this.#now();
    return this.take();
  }

  /** It was sent. */
  accepted(): void {
    this.#sending = null;
    this.#touch();
    this.flush();
  }

  /** It was not sent, and comes back before what was written since. */
  refused(): void {
    if (this.#sending) this.#put(joined(this.#sending, this.#now()));
    this.#sending = null;
    this.#touch();
  }

  /** The first question gave the new conversation its name. */
  move(key: ConversationId): void {
    this.#key = key;
    this.#known = true;
    this.#touch();
    this.flush();
  }

  /** What stood here went elsewhere; what is kept under this key is old. */
  clear(): void {
    this.#known = true;
    this.#touch();
    this.flush();
  }

  /** Reads what is kept; it counts only where nothing here waits to be kept. */
  async refresh(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    const revision = this.#revision;
    try {
      const kept = await confirmed(rpc('draft_get', { conversation: this.#key }));
      if (!this.#known) this.#merge(kept);
      else if (revision === this.#revision && !this.#dirty) this.#take(kept);
    } catch (cause) {
      if (!this.#known) this.#failed(cause);
    } finally {
      this.#busy = false;
      if (this.#known && this.#dirty) this.#plan(PAUSE);
    }
  }

  /** Keeps it now instead of in a moment. */
  flush(): void {
    clearTimeout(this.#timer);
    void this.#keep();
  }

  /** Keeps it now, and answers whether nothing is left to keep. */
  async settle(): Promise<boolean> {
    clearTimeout(this.#timer);
    for (let tries = 0; tries < SETTLE_TRIES && (this.#busy || this.#dirty); tries += 1) {
      if (this.#busy) await new Promise((done) => setTimeout(done, SETTLE_PAUSE));
      else await this.#keep();
    }
    return !this.#dirty && this.arriving.length === 0;
  }

  get #dirty(): boolean {
    return this.#revision !== this.#kept;
  }

  #now(): Written {
    return { text: this.#text, attachments: this.#attachments };
  }

  #put({ text, attachments }: Written): void {
    this.#text = text;
    this.#attachments = attachments;
  }

  #touch(): void {
    this.#revision += 1;
    this.#plan(this.#text.length > LARGE ? LARGE_PAUSE : PAUSE);
  }

  #plan(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.flush.bind(this), wait);
  }

  async #keep(): Promise<void> {
    if (this.#busy || (this.#known && !this.#dirty)) return;
    this.#busy = true;
    try {
      if (!this.#known) this.#merge(await confirmed(rpc('draft_get', { conversation: this.#key })));
      const revision = this.#revision;
      if (this.#dirty) await confirmed(rpc('draft_save', this.#form()));
      this.#kept = revision;
      this.#attempt = 0;
      this.unkept = false;
      if (this.#dirty) this.#plan(PAUSE);
    } catch (cause) {
      this.#failed(cause);
    } finally {
      this.#busy = false;
    }
  }

  #failed(cause: unknown): void {
    // A conversation that is gone has no draft; the thread says so.
    if (toApiError(cause, 'internal').code === 'conversation_not_found') {
      this.#kept = this.#revision;
      return;
    }
    this.unkept = this.#dirty;
    this.#plan(RETRY[Math.min(this.#attempt, RETRY.length - 1)] ?? PAUSE);
    this.#attempt += 1;
  }

  /** The first reading. What was written before it came goes behind it. */
  #merge(kept: KeptDraft): void {
    this.#known = true;
    if (kept.queue.length > 0) this.pause ??= 'opened';
    if (!this.#dirty) {
      this.#take(kept);
      return;
    }
    this.#put(joined(kept, this.#now()));
    this.#queue = [...kept.queue, ...this.#queue];
    this.#touch();
  }

  #take({ text, attachments, queue }: KeptDraft): void {
    if (this.#sending) return;
    this.#put({ text, attachments });
    this.#queue = queue;
  }

  #form() {
    const { text, attachments } = this.#sending ? joined(this.#sending, this.#now()) : this.#now();
    return {
      conversation: this.#key,
      text,
      attachments: attachments.map(({ id }) => id),
      queue: this.#queue.map((question) => ({
        client_id: question.client_id,
        text: question.text,
        attachments: question.attachments.map(({ id }) => id),
      })),
    };
  }
}
