// The messages of one conversation as far as they are loaded: its end, kept fresh by the cache, and
// what comes before, loaded in pages. A conversation may have ten thousand messages.
import { untrack } from 'svelte';
import {
  rpc,
  type ConversationId,
  type ConversationView,
  type Message,
  type MessageId,
} from '$lib/api';
import { onFrame } from '$lib/answer/frame';
import { findings } from '$lib/guard/findings.svelte';
import { toApiError, type ApiError } from '$lib/host';
import { query, type Query } from '$lib/state';
import { extended, joined, NO_BRANCH, pageBranch, type Branch } from './branch';

/** Messages of one page on the way up. */
const PAGE = 120;
/** Messages of one page on the way to the beginning. */
const STRIDE = 200;
/** Up to so many held messages are all read again when the conversation changed. */
const REREAD = 1_000;

export class Pages {
  /** A page is on its way. */
  loading = $state(false);
  /** Why the last page did not come. */
  fault = $state.raw<ApiError | null>(null);
  readonly #id: () => ConversationId | null;
  readonly #end: Query<'conversation_get'>;
  /** What was loaded last besides the end. */
  #loaded = $state.raw(NO_BRANCH);
  #taken = NO_BRANCH;
  #held = NO_BRANCH;
  #closed = false;

  /** Remembers what came before the end, which the cache does not. */
  readonly branch = $derived.by((): Branch => {
    const view = this.view;
    if (this.#loaded !== this.#taken) {
      this.#taken = this.#loaded;
      this.#held = this.#loaded;
    }
    this.#held = view ? joined(this.#held, view) : NO_BRANCH;
    return this.#held;
  });

  constructor(id: () => ConversationId | null) {
    this.#id = id;
    this.#end = query('conversation_get', () => {
      const wanted = id();
      return wanted === null ? null : { id: wanted };
    });
    $effect(() => {
      const view = this.view;
      if (!view) return;
      untrack(() => {
        findings.take(view);
        this.#reread(view);
      });
    });
  }

  /** The end of the conversation, as the program tells it. */
  get view(): ConversationView | undefined {
    return this.#end.data;
  }

  get slow(): boolean {
    return this.#end.slow;
  }

  get error(): ApiError | null {
    return this.#end.error;
  }

  async reload(): Promise<void> {
    await this.#end.reload();
  }

  /** Puts a changed message in the place of the one that is held. */
  put(message: Message): void {
    const messages = this.branch.messages.map((one) => (one.id === message.id ? message : one));
    this.#loaded = { ...this.#held, messages };
  }

  close(): void {
    this.#closed = true;
  }

  /** Loads the page before what is held. */
  async loadEarlier(limit = PAGE): Promise<void> {
    const { branch } = this;
    const [first] = branch.messages;
    if (this.loading || branch.earlier === 0 || !first) return;
    await this.#load({ before: first.id, limit }, (page) => extended(this.#held, page));
  }

  /** Loads all there is, a page a frame. False where it did not get there. */
  async loadAll(): Promise<boolean> {
    while (this.branch.earlier > 0 && !this.#closed) {
      const { earlier } = this.branch;
      await this.loadEarlier(STRIDE);
      if (this.branch.earlier === earlier) return false;
      await new Promise<void>((done) => onFrame(done));
    }
    return !this.#closed;
  }

  /** Makes a message part of what is held, on another branch too. False where it is gone. */
  async reach(message: MessageId): Promise<boolean> {
    const id = this.#id();
    if (id === null) return false;
    if (this.#has(message)) return true;
    await this.#load({ from: message }, pageBranch);
    if (this.#has(message)) return true;
    try {
      await rpc('conversation_select', { id, head: message });
      await this.reload();
    } catch {
      return false;
    }
    if (!this.#has(message)) await this.#load({ from: message }, pageBranch);
    return this.#has(message);
  }

  #has(message: MessageId): boolean {
    return this.branch.messages.some((one) => one.id === message);
  }

  async #load(
    wish: { before?: MessageId; from?: MessageId; limit?: number },
    join: (page: ConversationView) => Branch,
  ): Promise<void> {
    const id = this.#id();
    if (id === null) return;
    this.loading = true;
    this.fault = null;
    try {
      const page = await rpc('conversation_get', { id, ...wish });
      if (this.#closed || this.#id() !== id) return;
      findings.take(page);
      this.#loaded = join(page);
    } catch (cause) {
      this.fault = toApiError(cause, 'internal');
    } finally {
      this.loading = false;
    }
  }

  /** What is held before the end may have been changed elsewhere; then it is read again. */
  #reread(view: ConversationView): void {
    const { messages } = this.branch;
    const [first] = messages;
    const beyond = messages.length - view.messages.length;
    if (!first || beyond <= 0 || messages.length > REREAD || this.loading) return;
    void this.#load({ from: first.id }, (page) =>
      page.messages[0]?.id === first.id ? pageBranch(page) : this.#held,
    );
  }
}
