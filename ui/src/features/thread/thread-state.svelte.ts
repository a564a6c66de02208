// One conversation as it is shown: what the program has, and what was just asked and is not there
// yet. A question is shown at once as a message of its own, and keeps its place on the page when
// the program has named it.
import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import {
  rpc,
  type ChatStarted,
  type ConversationId,
  type ConversationView,
  type Message,
  type MessageId,
} from '$lib/api';
import { ApiError, toApiError } from '$lib/host';
import { invalidate, notifyError, putAnswer, query, type Query } from '$lib/state';
import { branchTo, newestLeaf, versionsOf, withLocal, type Versions } from './branch';
import { LiveAnswer } from './live-answer.svelte';
import { provisional } from './provisional';

export interface Row {
  /** Stays the same while the program names what was only here. */
  readonly key: string;
  readonly message: Message;
  readonly live: LiveAnswer | null;
  readonly versions: Versions;
}

export interface ThreadHandlers {
  /** The first question made a conversation. */
  onCreated(id: ConversationId): void;
  onEnd(live: LiveAnswer): void;
}

export class ThreadState {
  /** Why the last question was not taken. */
  refusal = $state.raw<ApiError | null>(null);
  /** The question that was sent last from here, by its key. */
  asked = $state.raw<string | null>(null);
  readonly #given: () => ConversationId | null;
  readonly #handlers: ThreadHandlers;
  readonly #view: Query<'conversation_get'>;
  readonly #lives = new SvelteMap<MessageId, LiveAnswer>();
  readonly #keys = new SvelteMap<MessageId, string>();
  #created = $state.raw<ConversationId | null>(null);
  #local = $state.raw<readonly Message[]>([]);
  #head = $state.raw<MessageId | null>(null);
  #gone = false;

  readonly messages = $derived.by(() => withLocal(this.view?.messages ?? [], this.#local));
  readonly rows = $derived.by((): readonly Row[] => this.#rows());
  readonly running = $derived.by(() => this.rows.find((row) => row.live?.running)?.live ?? null);

  constructor(given: () => ConversationId | null, handlers: ThreadHandlers) {
    this.#given = given;
    this.#handlers = handlers;
    this.#view = query('conversation_get', () => (this.id === null ? null : { id: this.id }));
    $effect(() => {
      const view = this.view;
      if (view) untrack(this.#attach.bind(this, view));
    });
  }

  get id(): ConversationId | null {
    return this.#given() ?? this.#created;
  }

  get view(): ConversationView | undefined {
    return this.#view.data;
  }

  get slow(): boolean {
    return this.#view.slow;
  }

  /** The conversation cannot be shown. */
  get error(): ApiError | null {
    return this.#view.data ? null : this.#view.error;
  }

  reload(): void {
    void this.#view.reload();
  }

  /** Leaves; what runs goes on. */
  close(): void {
    this.#gone = true;
    for (const live of this.#lives.values()) live.close();
  }

  /** Asks. False where the question was not taken; then nothing of it is left here. */
  async send(text: string, persona: string | null = null): Promise<boolean> {
    if (this.running) return false;
    const clientId = crypto.randomUUID();
    const parent = this.rows.at(-1)?.message.id ?? null;
    const question = provisional('user', `${clientId}:q`, parent, text);
    this.asked = question.id;
    const conversation = this.id;
    return await this.#begin([question], question.id, clientId, () =>
      rpc('chat_send', {
        text,
        client_id: clientId,
        ...(conversation === null ? {} : { conversation }),
        ...(parent === null ? {} : { parent }),
        ...(persona === null ? {} : { persona }),
      }),
    );
  }

  /** Writes another version of an answer. */
  async regenerate(answer: Message): Promise<void> {
    if (this.running) return;
    this.asked = null;
    await this.#begin([], answer.parent, crypto.randomUUID(), () =>
      rpc('chat_regenerate', { message: answer.id }),
    );
  }

  /** Stops what runs, in whatever phase it is. */
  stop(): void {
    const live = this.running;
    if (!live || live.stopping) return;
    live.stopping = true;
    this.#cancel(live);
  }

  /** Shows another version of a message. */
  async choose(version: MessageId): Promise<void> {
    const { id } = this;
    if (id === null || this.running) return;
    const head = newestLeaf(this.messages, version);
    this.#head = head;
    try {
      await rpc('conversation_select', { id, head });
      await this.#view.reload();
    } catch (cause) {
      notifyError(cause);
    }
    if (this.#head === head) this.#head = null;
  }

  async #begin(
    added: readonly Message[],
    parent: MessageId | null,
    clientId: string,
    call: () => Promise<ChatStarted>,
  ): Promise<boolean> {
    this.refusal = null;
    const answer = provisional('assistant', `${clientId}:a`, parent, '');
    const live = this.#live(answer.id);
    this.#local = [...this.#local, ...added, answer];
    this.#head = answer.id;
    try {
      this.#started(await call(), [...added, answer], live);
      return true;
    } catch (cause) {
      live.close();
      this.#lives.delete(answer.id);
      const dropped = [...added, answer];
      this.#local = this.#local.filter((message) => !dropped.includes(message));
      this.#head = null;
      this.asked = null;
      this.refusal = toApiError(cause, 'internal');
      return false;
    }
  }

  /** Puts the program's names in the place of the ones made here. */
  #started(started: ChatStarted, made: readonly Message[], live: LiveAnswer): void {
    const { conversation, user_message: question, message_id: id, generation } = started;
    const ownAnswer = made.at(-1);
    const ownQuestion = made.length > 1 ? made[0] : undefined;
    if (!ownAnswer) return;
    if (ownQuestion) this.#keys.set(question.id, ownQuestion.id);
    this.#keys.set(id, ownAnswer.id);
    const answer: Message = {
      ...ownAnswer,
      id,
      conversation: conversation.id,
      parent: question.id,
    };
    const others = this.#local.filter((message) => !made.includes(message));
    this.#local = [...others, question, answer];
    this.#lives.delete(ownAnswer.id);
    this.#lives.set(id, live);
    this.#head = id;
    if (this.#gone) return;
    if (this.id === null) this.#adopt(started);
    live.follow(generation);
    if (live.stopping) this.#cancel(live);
    invalidate(['conversations']);
  }

  #adopt({ conversation, generation }: ChatStarted): void {
    putAnswer(
      'conversation_get',
      { id: conversation.id },
      {
        conversation,
        messages: [...this.#local],
        generation,
      },
    );
    this.#created = conversation.id;
    this.#handlers.onCreated(conversation.id);
  }

  /** Follows an answer that was begun elsewhere, or before this was opened. */
  #attach(view: ConversationView): void {
    const { generation, messages } = view;
    if (generation === null) return;
    for (const live of this.#lives.values()) if (live.generation === generation) return;
    const writing = messages.findLast((message) => message.status === 'streaming');
    // One that is being begun from here is named in a moment.
    if (!writing || this.#lives.has(writing.id) || this.running) return;
    this.#live(writing.id).follow(generation);
  }

  #live(id: MessageId): LiveAnswer {
    const live = new LiveAnswer({ onEnd: this.#ended.bind(this) });
    this.#lives.set(id, live);
    return live;
  }

  #ended(live: LiveAnswer): void {
    this.#handlers.onEnd(live);
    void this.#settle();
  }

  /** Reads what was saved; only then what is held here may go. */
  async #settle(): Promise<void> {
    const local = this.#local;
    const head = this.#head;
    await this.#view.reload();
    invalidate(['conversations']);
    const messages = this.view?.messages ?? [];
    const saved = (id: MessageId) => messages.some((message) => message.id === id);
    if (this.#local === local) this.#local = local.filter((message) => !saved(message.id));
    if (head !== null && this.#head === head && saved(head)) this.#head = null;
  }

  #cancel(live: LiveAnswer): void {
    if (live.generation === null) return;
    rpc('generation_cancel', { generation: live.generation }).catch((cause: unknown) => {
      live.stopping = false;
      notifyError(cause);
    });
  }

  #rows(): Row[] {
    const { messages } = this;
    const head = this.#head ?? this.view?.conversation.head ?? null;
    return branchTo(messages, head).map((message) => ({
      key: this.#keys.get(message.id) ?? message.id,
      message,
      live: this.#lives.get(message.id) ?? null,
      versions: versionsOf(messages, message),
    }));
  }
}
