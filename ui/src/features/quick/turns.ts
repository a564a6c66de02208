// Questions with their answers, as the quick chat shows them.
import type { Attachment, ConversationView, Message, MessageId } from '$lib/api';
import type { LiveAnswer } from '$lib/answer/live-answer.svelte';

export interface Turn {
  /** Keeps its element while the program names it. */
  readonly key: string;
  readonly question: string;
  readonly attachments: readonly Attachment[];
  /** The question as it is kept, once it is. */
  readonly asked: Message | null;
  /** The answer's name, once the program gave it one. */
  readonly message: MessageId | null;
  /** The answer as it is kept; `null` while it is written. */
  readonly answer: Message | null;
  /** The answer while it is written, and after that the source of its blocks. */
  readonly live: LiveAnswer | null;
}

/** Messages of a branch as turns. What was not asked stands without a question. */
export function turnsOf({ messages }: Pick<ConversationView, 'messages'>): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const { id, role, content, attachments } = message;
    const last = turns.at(-1);
    if (role === 'user') {
      turns.push({
        key: id,
        question: content,
        attachments,
        asked: message,
        message: null,
        answer: null,
        live: null,
      });
    } else if (role === 'assistant' && last?.message === null) {
      turns[turns.length - 1] = { ...last, message: id, answer: message };
    } else if (role === 'assistant') {
      turns.push({
        key: id,
        question: '',
        attachments: [],
        asked: null,
        message: id,
        answer: message,
        live: null,
      });
    }
  }
  return turns;
}

/** The list with its last turn changed, where that is still this one. */
export function withLast(
  turns: readonly Turn[],
  key: string,
  values: Partial<Turn>,
): readonly Turn[] {
  const last = turns.at(-1);
  return last?.key === key ? [...turns.slice(0, -1), { ...last, ...values }] : turns;
}

/** The text of an answer, running or not. */
export function textOf({ answer, live }: Turn): string {
  const streamed = live?.text ?? '';
  return streamed === '' ? (answer?.content ?? '') : streamed;
}
