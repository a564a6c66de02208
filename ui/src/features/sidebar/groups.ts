// Sorts the list into its groups and keeps the order that the program gave.
import type { Conversation } from '$lib/api';
import type { MessageKey } from '$lib/i18n/index.svelte';

export interface Group {
  readonly label: MessageKey;
  readonly items: readonly Conversation[];
}

/** Pinned, today, earlier; empty groups are left out, doubles of overlapping pages too. */
export function groupConversations(list: readonly Conversation[], now: number): Group[] {
  const today = new Date(now).setHours(0, 0, 0, 0);
  const all = [...new Map(list.map((one) => [one.id, one])).values()];
  const loose = all.filter((one) => !one.pinned);
  const groups: Group[] = [
    { label: 'sidebar.pinned', items: all.filter((one) => one.pinned) },
    { label: 'sidebar.today', items: loose.filter((one) => one.updated >= today) },
    { label: 'sidebar.earlier', items: loose.filter((one) => one.updated < today) },
  ];
  return groups.filter((group) => group.items.length > 0);
}
