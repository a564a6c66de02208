// The tree of messages, seen from the branch that is shown. Pure.
import type { Message, MessageId } from '$lib/api';

/** The versions of one message: the same place in the conversation, written again. */
export interface Versions {
  readonly ids: readonly MessageId[];
  /** Which of them is shown. */
  readonly at: number;
}

/** The messages from the first to `head`. Instructions are not part of what is read. */
export function branchTo(messages: readonly Message[], head: MessageId | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Message[] = [];
  // A parent that is missing or was seen ends the walk: the data may be anything.
  for (let next = head; next !== null;) {
    const message = byId.get(next);
    if (!message) break;
    byId.delete(next);
    if (message.role !== 'system') branch.push(message);
    next = message.parent;
  }
  return branch.reverse();
}

/** All versions of a message, by age. */
export function versionsOf(messages: readonly Message[], message: Message): Versions {
  const ids = messages
    .filter((other) => other.parent === message.parent && other.role === message.role)
    .map((other) => other.id);
  return { ids, at: ids.indexOf(message.id) };
}

/** The newest end below a message: what is shown when its version is chosen. */
export function newestLeaf(messages: readonly Message[], from: MessageId): MessageId {
  const newest = new Map<MessageId, MessageId>();
  for (const { id, parent } of messages) if (parent !== null) newest.set(parent, id);
  let leaf = from;
  for (let step = 0; step <= messages.length; step += 1) {
    const next = newest.get(leaf);
    if (next === undefined) break;
    leaf = next;
  }
  return leaf;
}

/** `extra` added to `messages`; where both have one, that of `messages` counts. */
export function withLocal(
  messages: readonly Message[],
  extra: readonly Message[],
): readonly Message[] {
  const known = new Set(messages.map((message) => message.id));
  const missing = extra.filter((message) => !known.has(message.id));
  return missing.length === 0 ? messages : [...messages, ...missing];
}
