// The shown branch, as far as it is held here: its end from the program, what was loaded before
// that, and what was just asked and has no name yet. Pure.
import type { ConversationView, Message, MessageId } from '$lib/api';

/** The versions of one message: the same place in the conversation, written again. */
export interface Versions {
  readonly ids: readonly MessageId[];
  /** Which of them is shown. */
  readonly at: number;
}

/** A stretch of the shown branch up to its end. */
export interface Branch {
  readonly messages: readonly Message[];
  /** How many messages come before the first of `messages`. */
  readonly earlier: number;
  /** Of those that have siblings: which, by age. */
  readonly siblings: ReadonlyMap<MessageId, readonly MessageId[]>;
}

/** What was begun here and is not yet in the branch, in its order. */
export interface Local {
  /** The message whose place the first of them takes; `null` where they go to the end. */
  readonly replaces: MessageId | null;
  readonly messages: readonly Message[];
}

export type Page = Pick<ConversationView, 'messages' | 'earlier' | 'versions'>;

export const NO_BRANCH: Branch = { messages: [], earlier: 0, siblings: new Map() };

/** The branch after its end was read again: what is held before that end stays where it still fits. */
export function joined(held: Branch, end: Page): Branch {
  const kept = before(held.messages, end);
  const siblings = siblingsOf(end);
  for (const { id } of kept) {
    const of = held.siblings.get(id);
    if (of) siblings.set(id, of);
  }
  return {
    messages: kept.length === 0 ? end.messages : [...kept, ...end.messages],
    earlier: end.earlier - kept.length,
    siblings,
  };
}

/** The held messages that come before a page; none where the branch is another one by now. */
function before(held: readonly Message[], end: Page): readonly Message[] {
  const [first] = end.messages;
  if (!first) return [];
  const same = held.findIndex((message) => message.id === first.id);
  const parent = same < 0 ? held.findIndex((message) => message.id === first.parent) : -1;
  const kept = held.slice(0, same < 0 ? parent + 1 : same);
  return kept.length > end.earlier ? [] : kept;
}

/** The branch with the page before it; as it is where the page does not fit. */
export function extended(held: Branch, page: Page): Branch {
  const last = page.messages.at(-1);
  if (!last || last.id !== held.messages[0]?.parent) return held;
  return {
    messages: [...page.messages, ...held.messages],
    earlier: page.earlier,
    siblings: new Map([...siblingsOf(page), ...held.siblings]),
  };
}

/** A longer stretch in the place of a shorter one. */
export function pageBranch(page: Page): Branch {
  return { messages: page.messages, earlier: page.earlier, siblings: siblingsOf(page) };
}

function siblingsOf(page: Page): Map<MessageId, readonly MessageId[]> {
  return new Map(page.versions.map(({ message, all }) => [message, all]));
}

/** What is shown: the branch, and what was begun here as long as the program does not tell of it. */
export function withLocal(shown: readonly Message[], local: Local | null): readonly Message[] {
  if (!local || local.messages.length === 0) return shown;
  const known = new Set(shown.map((message) => message.id));
  const missing = local.messages.filter((message) => !known.has(message.id));
  if (missing.length === 0) return shown;
  const cut = shown.findIndex((message) => message.id === local.replaces);
  return [...(cut < 0 ? shown : shown.slice(0, cut)), ...missing];
}

/** The versions of a message, also of one that the program has not named. */
export function versionsOf(branch: Branch, id: MessageId, local: Local | null): Versions {
  const ids = branch.siblings.get(id);
  if (ids) return { ids, at: Math.max(0, ids.indexOf(id)) };
  const replaced = local?.messages[0]?.id === id ? local.replaces : null;
  if (replaced === null) return { ids: [id], at: 0 };
  const others = branch.siblings.get(replaced) ?? [replaced];
  return { ids: [...others, id], at: others.length };
}
