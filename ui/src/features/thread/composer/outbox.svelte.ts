// The way of what is written to the thread: sent at once, or as soon as the running answer is over.
// The questions that wait go on after a stop, and stay after a fault until the person says so.
import { untrack } from 'svelte';
import type { AskedOf, Attachment, QueuedQuestion } from '$lib/api';
import { asking } from '$lib/state/asking.svelte';
import type { Draft } from './draft.svelte';
import { queued, without } from './queue';
import { turnOf } from './relay';

/** When to look again whether an answer is over that this page does not follow yet. */
const AGAIN = 500;

export interface Thread {
  running(): boolean;
  /** The last answer ended with a fault. */
  failed(): boolean;
  /** False where the question was not taken. */
  send(
    text: string,
    attachments: readonly Attachment[],
    clientId?: string,
    of?: AskedOf,
  ): Promise<boolean>;
}

export class Outbox {
  /** The waiting question that is being changed; it does not leave meanwhile. */
  edited = $state<string | null>(null);
  /** It is being looked whether the next one can go. */
  #looking = $state(false);
  #asked = false;
  #was = false;

  constructor(
    readonly draft: Draft,
    readonly thread: Thread,
  ) {
    $effect(() => {
      this.#follow(thread.running());
    });
    $effect(() => {
      const next = draft.queue[0];
      if (!next || draft.pause !== null || this.edited === next.client_id) return;
      if (this.#looking || thread.running() || draft.sending || draft.leaving !== null) return;
      void untrack(this.#go.bind(this, next));
    });
  }

  /** Sends what is written. True where it has to wait. */
  send(): boolean {
    const { draft, thread } = this;
    if (thread.running() || draft.sending || draft.leaving !== null) {
      draft.queue = queued(draft.queue, draft.take(), asking.take());
      draft.pause = null;
      return true;
    }
    this.#asked = true;
    const { text, attachments } = draft.begin();
    void this.#hand(text, attachments).then((taken) => {
      if (taken) draft.accepted();
      else draft.refused();
    });
    return false;
  }

  /** Lets the questions that wait go on. */
  resume(): void {
    this.draft.pause = null;
  }

  #follow(running: boolean): void {
    const { draft, thread } = this;
    // An answer that went on without this page is over like any other; only then is it their turn.
    if (running && draft.pause === 'opened' && !this.#asked) draft.pause = null;
    if (this.#was && !running && untrack(() => thread.failed() && draft.queue.length > 0)) {
      draft.pause = 'failed';
    }
    this.#was = running;
  }

  async #go(question: QueuedQuestion): Promise<void> {
    const { draft } = this;
    this.#looking = true;
    const free = await this.#isFree();
    if (free) {
      draft.leaving = question.client_id;
      const { client_id, text, attachments, of } = question;
      const taken = await this.#hand(text, attachments, client_id, of);
      if (taken) draft.queue = without(draft.queue, client_id);
      else draft.pause = 'failed';
      draft.leaving = null;
    }
    this.#looking = false;
  }

  /** A conversation that was just opened may not know yet that an answer is being written. */
  async #isFree(): Promise<boolean> {
    const { key } = this.draft;
    if (key === null) return true;
    const turn = await turnOf(key).catch(() => 'free');
    if (turn !== 'running') return !this.thread.running();
    await new Promise((done) => setTimeout(done, AGAIN));
    return false;
  }

  #hand(...question: Parameters<Thread['send']>): Promise<boolean> {
    return this.thread.send(...question).catch(() => false);
  }
}
