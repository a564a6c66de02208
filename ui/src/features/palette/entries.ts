// What the palette offers for what is typed: groups in the order of their best entry.
import { score } from './fuzzy';

export interface Entry {
  /** Unique in the palette. */
  readonly id: string;
  readonly label: string;
  readonly run: () => void;
  /** Said and shown beside it: a shortcut, a time. */
  readonly note?: string | undefined;
  readonly kind: 'conversation' | 'command' | 'persona' | 'setting' | 'search';
}

export interface EntryGroup {
  readonly label: string;
  readonly entries: readonly Entry[];
  /** The most that are shown while nothing is typed, and while something is. */
  readonly few: number;
  readonly many: number;
}

/** Without a question the groups as they are, cut short; else the entries that match it, the best
 * first, those of equal worth in the order in which they were given. */
export function matching(groups: readonly EntryGroup[], question: string): readonly EntryGroup[] {
  const words = question.trim();
  if (words === '') {
    return groups
      .map((group) => ({ ...group, entries: group.entries.slice(0, group.few) }))
      .filter((group) => group.entries.length > 0);
  }
  return groups
    .map((group) => rank(group, words))
    .filter((group) => group.entries.length > 0)
    .sort((one, other) => other.best - one.best);
}

function rank(group: EntryGroup, words: string): EntryGroup & { readonly best: number } {
  const found = group.entries
    .map((entry) => ({ entry, worth: score(words, entry.label) }))
    .filter((one): one is { entry: Entry; worth: number } => one.worth !== null)
    .sort((one, other) => Math.round(other.worth) - Math.round(one.worth));
  return {
    ...group,
    entries: found.slice(0, group.many).map((one) => one.entry),
    best: found[0]?.worth ?? -Infinity,
  };
}
