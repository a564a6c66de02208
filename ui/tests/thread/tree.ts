// What the program tells of a conversation: a stretch of the shown branch, with the siblings in it.
import type { Conversation, ConversationView, Message, MessageId } from '../../src/lib/api';

export interface Stretch {
  readonly limit?: number;
  readonly from?: MessageId;
  readonly before?: MessageId;
}

/** The branch that ends in `head`, its root first. */
export function branchOf(messages: readonly Message[], head: MessageId | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Message[] = [];
  for (let next = head; next !== null;) {
    const message = byId.get(next);
    if (!message) break;
    branch.push(message);
    next = message.parent;
  }
  return branch.reverse();
}

/** The newest end below a message. */
export function leafOf(messages: readonly Message[], from: MessageId): MessageId {
  const child = messages.findLast((message) => message.parent === from);
  return child ? leafOf(messages, child.id) : from;
}

export function viewOf(
  conversation: Conversation,
  messages: readonly Message[],
  generation: string | null,
  { limit = 60, from, before }: Stretch = {},
): ConversationView {
  const whole = branchOf(messages, conversation.head);
  const end = before === undefined ? whole.length : at(whole, before);
  const wanted = from === undefined ? -1 : at(whole, from);
  const first = Math.max(0, wanted < 0 ? end - limit : Math.min(wanted, end - limit));
  const shown = whole.slice(first, end);
  const under = new Map<string | null, Message[]>();
  for (const message of messages) {
    const others = under.get(message.parent);
    if (others) others.push(message);
    else under.set(message.parent, [message]);
  }
  const versions = shown.map((message) => ({
    message: message.id,
    all: (under.get(message.parent) ?? []).map((other) => other.id),
  }));
  return {
    conversation,
    messages: shown,
    earlier: first,
    findings: [],
    versions: versions.filter(({ all }) => all.length > 1),
    sources: [],
    asked: [],
    generation,
  };
}

function at(messages: readonly Message[], id: MessageId): number {
  return messages.findIndex((message) => message.id === id);
}
