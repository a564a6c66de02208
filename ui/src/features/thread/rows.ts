// The messages that are shown, each with what belongs to it here. Pure.
import type { Message, MessageId } from '$lib/api';
import { versionsOf, withLocal, type Branch, type Local, type Versions } from './branch';
import type { LiveAnswer } from '$lib/answer/live-answer.svelte';

export interface Row {
  /** Stays the same while the program names what was only here. */
  readonly key: string;
  readonly message: Message;
  readonly live: LiveAnswer | null;
  readonly versions: Versions;
}

export interface Shown {
  readonly branch: Branch;
  readonly local: Local | null;
  readonly keys: ReadonlyMap<MessageId, string>;
  readonly lives: ReadonlyMap<MessageId, LiveAnswer>;
}

/** The rows of a thread; those of `before` that are the same are taken over. */
export function rowsOf(
  { branch, local, keys, lives }: Shown,
  before: readonly Row[],
): readonly Row[] {
  const known = new Map(before.map((row) => [row.message, row]));
  // Instructions are not part of what is read.
  const said = withLocal(branch.messages, local).filter(({ role }) => role !== 'system');
  return said.map((message) => {
    const row: Row = {
      key: keys.get(message.id) ?? message.id,
      message,
      live: lives.get(message.id) ?? null,
      versions: versionsOf(branch, message.id, local),
    };
    const old = known.get(message);
    return old && isSame(old, row) ? old : row;
  });
}

function isSame(one: Row, other: Row): boolean {
  if (one.live !== other.live || one.key !== other.key) return false;
  const { ids, at } = other.versions;
  const same = (id: MessageId, place: number) => id === ids[place];
  const { versions } = one;
  return versions.at === at && versions.ids.length === ids.length && versions.ids.every(same);
}
