// A small program for tests: one conversation in memory, with the commands that a thread uses.
import type { Attachment, Conversation, Message, MessageId } from '../../src/lib/api';
import { noSampling } from '../../src/lib/state/beginning.svelte';
import { provisional } from '../../src/features/thread/provisional';
import { leafOf, viewOf, type Stretch } from './tree';

export const ID = 'c1';

export function conversation(head: MessageId | null): Conversation {
  return {
    id: ID,
    title: 'T',
    pinned: false,
    archived: false,
    folder: null,
    persona: null,
    instructions: null,
    model: null,
    sampling: noSampling(),
    head,
    created: 0,
    updated: 0,
  };
}

/** `q…` asks, anything else answers. */
export function message(
  id: MessageId,
  parent: MessageId | null,
  more: Partial<Message> = {},
): Message {
  const role = id.startsWith('q') ? 'user' : 'assistant';
  return {
    ...provisional(role, id, parent, `text of ${id}`),
    conversation: ID,
    status: 'complete',
    ...more,
  };
}

/** Questions and answers in a row: q1, a1, q2, a2 … */
export function talk(turns: number): Message[] {
  return Array.from({ length: turns }, (_, at) => {
    const [before, here] = [String(at), String(at + 1)];
    const parent = at === 0 ? null : `a${before}`;
    return [message(`q${here}`, parent), message(`a${here}`, `q${here}`)];
  }).flat();
}

interface Asked {
  readonly text: string;
  readonly conversation?: string;
  readonly parent?: MessageId;
  readonly beside?: MessageId;
  readonly attachments: readonly string[];
}

export class Disk {
  conversation: Conversation;
  generation: string | null = null;
  #removed: readonly Message[] = [];

  constructor(
    public messages: Message[],
    head: MessageId | null = messages.at(-1)?.id ?? null,
  ) {
    this.conversation = conversation(head);
  }

  readonly answers: Record<string, (request: never) => unknown> = {
    conversation_get: (wish: Stretch) =>
      structuredClone(viewOf(this.conversation, this.messages, this.generation, wish)),
    conversation_list: () => ({ items: [], next: null }),
    conversation_select: ({ head }: { head: string }) => this.#show(leafOf(this.messages, head)),
    message_edit: ({ id, text }: { id: string; text: string }) => this.write(id, { content: text }),
    message_delete: ({ id }: { id: string }) => {
      this.#removed = this.messages;
      const gone = this.of(id);
      this.messages = this.messages.filter((one) => one.id !== id);
      return this.#show(gone.parent);
    },
    message_restore: ({ id }: { id: string }) => {
      this.messages = [...this.#removed];
      return this.#show(leafOf(this.messages, id));
    },
    message_branch: () => ({ ...this.conversation, id: 'c2' }),
    attachment_get: ({ id }: { id: string }) => ({
      attachment: attachment(id),
      text: `text in ${id}\u202e`,
    }),
    chat_send: (asked: Asked) => {
      const parent =
        asked.beside === undefined ? (asked.parent ?? null) : this.of(asked.beside).parent;
      const attachments = asked.attachments.map(attachment);
      const question = message('q9', parent, { content: asked.text, attachments });
      this.messages.push(question);
      return this.#begin(question, 'a9');
    },
    chat_regenerate: ({ message: id }: { message: string }) => {
      const old = this.of(id);
      const question = old.role === 'user' ? old : this.of(old.parent ?? '');
      return this.#begin(question, 'a9');
    },
    chat_continue: ({ id }: { id: string }) => {
      const answer = this.write(id, { status: 'streaming' });
      this.generation = 'g9';
      return {
        conversation: this.conversation,
        user_message: this.of(answer.parent ?? ''),
        message_id: id,
        generation: 'g9',
      };
    },
    generation_cancel: () => ({}),
    draft_get: () => ({ text: '', attachments: [], queue: [] }),
    draft_save: () => ({}),
    input_history: () => [],
    prompt_list: () => [],
    persona_list: () => [],
    context_measure: () => null,
  };

  of(id: MessageId): Message {
    const found = this.messages.find((one) => one.id === id);
    if (!found) throw new Error(`no message ${id}`);
    return found;
  }

  /** Changes a message. */
  write(id: MessageId, values: Partial<Message>): Message {
    const next = { ...this.of(id), ...values };
    this.messages = this.messages.map((one) => (one.id === id ? next : one));
    return next;
  }

  /** The answer is over. */
  save(id: MessageId, content: string, values: Partial<Message> = {}): void {
    this.generation = null;
    this.write(id, { content, status: 'complete', ...values });
  }

  #begin(question: Message, id: MessageId): unknown {
    this.messages.push(message(id, question.id, { content: '', status: 'streaming' }));
    this.generation = 'g9';
    return {
      conversation: this.#show(id),
      user_message: question,
      message_id: id,
      generation: 'g9',
    };
  }

  #show(head: MessageId | null): Conversation {
    return (this.conversation = { ...this.conversation, head });
  }
}

export function attachment(id: string): Attachment {
  return { id, name: `${id}.txt`, bytes: 1_200, lines: 3, pages: 0 };
}
