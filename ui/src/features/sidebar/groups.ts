// Sorts the list into its groups and keeps the order that the program gave.
import type { Conversation } from '$lib/api';
import { tag, t, type MessageKey } from '$lib/i18n/index.svelte';

export interface Group {
  /** Unique among the groups. */
  readonly key: string;
  readonly label: string;
  readonly items: readonly Conversation[];
}

/**
 * Pinned, today, yesterday, the last 7 and 30 days, then month by month. Empty groups are left out,
 * doubles of overlapping pages too; what lies in a folder is shown there, unless it is pinned.
 */
export function groupConversations(list: readonly Conversation[], now: number): Group[] {
  const groups = new Map<string, { label: string; items: Conversation[] }>();
  const all = new Map(list.map((one) => [one.id, one]));
  const put = (key: string, label: () => string, one: Conversation) => {
    const group = groups.get(key);
    if (group) group.items.push(one);
    else groups.set(key, { label: label(), items: [one] });
  };
  const days = daysBefore(now);
  for (const one of all.values()) {
    if (one.pinned) put('pinned', () => t('sidebar.pinned'), one);
  }
  for (const one of all.values()) {
    if (one.pinned || one.folder !== null) continue;
    const day = days.find(({ from }) => one.updated >= from);
    if (day) put(day.label, () => t(day.label), one);
    else put(monthKey(one.updated), () => monthLabel(one.updated), one);
  }
  return [...groups].map(([key, group]) => ({ key, ...group }));
}

/** Without groups: the archive, a folder. */
export function undoubled(list: readonly Conversation[]): readonly Conversation[] {
  return [...new Map(list.map((one) => [one.id, one])).values()];
}

function daysBefore(now: number): readonly { label: MessageKey; from: number }[] {
  // By the calendar, not by hours: days are longer or shorter where the clock changes.
  const from = (days: number) => {
    const day = new Date(now);
    return new Date(day.getFullYear(), day.getMonth(), day.getDate() - days).getTime();
  };
  return [
    { label: 'sidebar.today', from: from(0) },
    { label: 'time.yesterday', from: from(1) },
    { label: 'finding.week', from: from(6) },
    { label: 'finding.month', from: from(29) },
  ];
}

function monthKey(timestamp: number): string {
  const day = new Date(timestamp);
  return `${String(day.getFullYear())}-${String(day.getMonth())}`;
}

function monthLabel(timestamp: number): string {
  return new Intl.DateTimeFormat(tag(), { month: 'long', year: 'numeric' }).format(timestamp);
}
