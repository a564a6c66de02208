// One conversation as it is shown: what the program has, and what was just asked and is not there
// yet. A question is shown at once as a message of its own, and keeps its place on the page when
// the program has named it.
import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import {
  rpc,
  type AskedOf,
  type Attachment,
  type ChatStarted,
  type ConversationId,
  type ConversationView,
  type Message,
  type MessageId,
} from '$lib/api';
import { toApiError, type ApiError } from '$lib/host';
import { act, invalidate, notifyError, putAnswer } from '$lib/state';
import { asking } from '$lib/state/asking.svelte';
import { beginning } from '$lib/state/beginning.svelte';
import type { Local } from './branch';
import { findings } from '$lib/guard/findings.svelte';
import { sendGuarded } from '$lib/guard/question.svelte';
import { LiveAnswer } from '$lib/answer/live-answer.svelte';
import { Pages } from './pages.svelte';
import { provisional } from './provisional';
import { rowsOf, type Row } from './rows';

export interface ThreadHandlers {
  /** The first question made a conversation. */
  onCreated(id: ConversationId): void;
  onEnd(live: LiveAnswer): void;
}

/** A question with what goes with it. */
interface Asked {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly of: AskedOf;
}

/** What is begun: shown before the program has taken it. */
interface Begun {
  readonly replaces: MessageId | null;
  readonly question: Message | null;
  readonly answer: Message;
}

export class ThreadState {
  /** Why the last question was not taken. */
  refusal = $state.raw<ApiError | null>(null);
  /** The question that was sent last from here, by its key. */
  asked = $state.raw<string | null>(null);
  readonly pages: Pages;
  readonly #given: () => ConversationId | null;
  readonly #handlers: ThreadHandlers;
  readonly #lives = new SvelteMap<MessageId, LiveAnswer>();
  readonly #keys = new SvelteMap<MessageId, string>();
  #created = $state.raw<ConversationId | null>(null);
  #local = $state.raw<Local | null>(null);
  #before: readonly Row[] = [];
  #gone = false;

  readonly rows = $derived.by((): readonly Row[] => {
    const shown = {
      branch: this.pages.branch,
      local: this.#local,
      keys: this.#keys,
      lives: this.#lives,
    };
    return (this.#before = rowsOf(shown, this.#before));
  });
  readonly running = $derived.by(() => this.rows.find((row) => row.live?.running)?.live ?? null);

  constructor(given: () => ConversationId | null, handlers: ThreadHandlers) {
    this.#given = given;
    this.#handlers = handlers;
    this.pages = new Pages(() => this.id);
    $effect(() => {
      const { view } = this.pages;
      if (view) untrack(this.#attach.bind(this, view));
    });
  }

  get id(): ConversationId | null {
    return this.#given() ?? this.#created;
  }

  /** The conversation cannot be shown. */
  get error(): ApiError | null {
    return this.pages.view ? null : this.pages.error;
  }

  /** Leaves; what runs goes on. */
  close(): void {
    this.#gone = true;
    this.pages.close();
    for (const live of this.#lives.values()) live.close();
  }

  /** Asks. False where the question was not taken; then nothing of it is left here. */
  async send(
    text: string,
    attachments: readonly Attachment[] = [],
    clientId: string = crypto.randomUUID(),
    of?: AskedOf,
  ): Promise<boolean> {
    const parent = this.rows.at(-1)?.message.id ?? null;
    const written = { text, attachments, of: of ?? asking.of };
    const taken = await this.#ask(written, clientId, parent, null);
    // Reading everything takes long: it is wanted for one question.
    if (taken && of === undefined) asking.everything = false;
    return taken;
  }

  /** Asks the same otherwise: another version of a question, with its own answer. */
  async resend(
    question: Message,
    text: string,
    attachments: readonly Attachment[] = question.attachments,
  ): Promise<boolean> {
    const clientId = crypto.randomUUID();
    const written = { text, attachments, of: { ...asking.of, everything: false } };
    return await this.#ask(written, clientId, question.parent, question.id);
  }

  /** Writes another version of an answer. */
  async regenerate(message: Message): Promise<void> {
    if (this.running) return;
    this.asked = null;
    const replaces = message.role === 'user' ? null : message.id;
    const parent = message.role === 'user' ? message.id : message.parent;
    const answer = provisional('assistant', crypto.randomUUID(), parent, '');
    await this.#begin({ replaces, question: null, answer }, () =>
      rpc('chat_regenerate', { message: message.id }),
    );
  }

  /** Goes on with an answer that ended too soon, in the same message. */
  async goOn(message: Message): Promise<void> {
    if (this.running) return;
    this.refusal = null;
    this.asked = null;
    const before = this.#lives.get(message.id);
    const live = this.#live(message.id, message.content);
    try {
      const { generation } = await rpc('chat_continue', { id: message.id });
      if (this.#gone) return;
      this.#follow(live, generation);
      invalidate(['conversations']);
    } catch (cause) {
      live.close();
      if (before) this.#lives.set(message.id, before);
      else this.#lives.delete(message.id);
      this.refusal = toApiError(cause, 'internal');
    }
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
    this.#local = null;
    try {
      await act('conversation_select', { id, head: version });
      await this.pages.reload();
    } catch (cause) {
      notifyError(cause);
    }
  }

  async #ask(
    { text, attachments, of }: Asked,
    clientId: string,
    parent: MessageId | null,
    replaces: MessageId | null,
  ): Promise<boolean> {
    if (this.running) return false;
    const { id } = this;
    const question = provisional('user', `${clientId}:q`, parent, text, attachments);
    const answer = provisional('assistant', `${clientId}:a`, question.id, '');
    this.asked = question.id;
    const place = replaces === null ? at('parent', parent) : at('beside', replaces);
    const request = {
      text,
      client_id: clientId,
      attachments: attachments.map((one) => one.id),
      ...of,
      ...(id === null ? newConversation() : { conversation: id, ...place }),
    };
    return await this.#begin({ replaces, question, answer }, () =>
      sendGuarded(request, (asked) => rpc('chat_send', asked)),
    );
  }

  async #begin(begun: Begun, call: () => Promise<ChatStarted>): Promise<boolean> {
    this.refusal = null;
    const { question, answer, replaces } = begun;
    const before = this.#local;
    const live = this.#live(answer.id);
    const unnamed = before?.messages.filter((message) => message.id !== replaces) ?? [];
    const added = question ? [question, answer] : [answer];
    this.#local = { replaces, messages: [...unnamed, ...added] };
    try {
      this.#started(await call(), begun, live);
      return true;
    } catch (cause) {
      live.close();
      this.#lives.delete(answer.id);
      this.#local = before;
      this.asked = null;
      const refusal = toApiError(cause, 'internal');
      // Asked, and answered with "back": nothing went wrong.
      this.refusal = refusal.code === 'guard_confirm' ? null : refusal;
      return false;
    }
  }

  /** Puts the program's names in the place of the ones made here. */
  #started(started: ChatStarted, begun: Begun, live: LiveAnswer): void {
    const { conversation, user_message: question, message_id: id, generation } = started;
    findings.set(question.id, started.findings);
    if (begun.question) this.#keys.set(question.id, begun.question.id);
    this.#keys.set(id, begun.answer.id);
    const answer = {
      ...begun.answer,
      id,
      conversation: conversation.id,
      parent: question.id,
    };
    this.#local = {
      replaces: begun.replaces,
      messages: (this.#local?.messages ?? []).map((message) => {
        if (message === begun.answer) return answer;
        return message === begun.question ? question : message;
      }),
    };
    this.#lives.delete(begun.answer.id);
    this.#lives.set(id, live);
    if (this.#gone) return;
    if (this.id === null) this.#adopt(started);
    this.#follow(live, generation);
    invalidate(['conversations', 'messages']);
  }

  #adopt({ conversation, generation, user_message: { id: message }, findings }: ChatStarted): void {
    const found = [{ message, findings }];
    const messages = [...(this.#local?.messages ?? [])];
    putAnswer(
      'conversation_get',
      { id: conversation.id },
      {
        conversation,
        messages,
        earlier: 0,
        versions: [],
        findings: found,
        sources: [],
        asked: [],
        generation,
      },
    );
    this.#created = conversation.id;
    beginning.reset();
    this.#handlers.onCreated(conversation.id);
  }

  /** Follows an answer that was begun elsewhere, or before this was opened. */
  #attach({ generation, messages }: ConversationView): void {
    if (generation === null) return;
    for (const live of this.#lives.values()) if (live.generation === generation) return;
    const writing = messages.findLast((message) => message.status === 'streaming');
    // One that is being begun from here is named in a moment.
    if (!writing || this.running) return;
    this.#live(writing.id, writing.content).follow(generation);
  }

  #follow(live: LiveAnswer, generation: string): void {
    live.follow(generation, true);
    if (live.stopping) this.#cancel(live);
  }

  #live(id: MessageId, before = ''): LiveAnswer {
    const live = new LiveAnswer({ onEnd: this.#ended.bind(this) }, before);
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
    await this.pages.reload();
    invalidate(['conversations']);
    if (this.#local === local && this.pages.error === null) this.#local = null;
  }

  #cancel(live: LiveAnswer): void {
    if (live.generation === null) return;
    rpc('generation_cancel', { generation: live.generation }).catch((cause: unknown) => {
      live.stopping = false;
      notifyError(cause);
    });
  }
}

function at(name: 'parent' | 'beside', message: MessageId | null): Record<string, MessageId> {
  return message === null ? {} : { [name]: message };
}

/** How a conversation that begins with this question is answered. */
function newConversation() {
  const { persona, instructions, model, sampling } = beginning.config;
  return {
    sampling,
    ...(persona === null ? {} : { persona }),
    ...(instructions === null ? {} : { instructions }),
    ...(model === null ? {} : { model }),
  };
}
