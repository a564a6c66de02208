// In which group of the list a conversation stands.
import { describe, expect, it } from 'vitest';
import { groupConversations } from '../../src/features/sidebar/groups';
import { Selection } from '../../src/features/sidebar/selection.svelte';
import type { Conversation } from '../../src/lib/api';
import { world } from '../mock/data';

const NOW = new Date(2026, 10, 21, 15, 30).getTime();
const [sample] = world({ scene: 'chat', theme: '', language: 'en', engine: '' }).conversations;

let made = 0;
const conversation = (day: [number, number, number], values: Partial<Conversation> = {}) => ({
  ...sample!,
  id: `id-${String((made += 1))}`,
  pinned: false,
  updated: new Date(day[0], day[1] - 1, day[2], 12).getTime(),
  ...values,
});
const labels = (list: readonly Conversation[]) =>
  groupConversations(list, NOW).map((group) => [group.label, group.items.length]);

describe('the groups of the list', () => {
  it('are days, then weeks, then months of their year', () => {
    const list = [
      conversation([2026, 11, 21]),
      conversation([2026, 11, 20]),
      conversation([2026, 11, 15]),
      conversation([2026, 11, 14]),
      conversation([2026, 10, 22]),
      conversation([2026, 10, 1]),
      conversation([2025, 10, 1]),
    ];
    expect(labels(list)).toEqual([
      ['Today', 1],
      ['Yesterday', 1],
      ['Last 7 days', 1],
      ['Last 30 days', 1],
      ['October 2026', 2],
      ['October 2025', 1],
    ]);
  });

  it('show what lies in a folder only there, unless it is pinned', () => {
    const list = [
      conversation([2026, 11, 21], { folder: 'f' }),
      conversation([2026, 11, 21], { folder: 'f', pinned: true }),
    ];
    expect(labels(list)).toEqual([['Pinned', 1]]);
  });

  it('show a conversation once where pages overlap', () => {
    const one = conversation([2026, 11, 21]);
    expect(labels([one, one])).toEqual([['Today', 1]]);
  });
});

describe('the selection', () => {
  const order = ['a', 'b', 'c', 'd'];

  it('extends from the last one that was chosen, in both directions', () => {
    const selection = new Selection();
    selection.toggle('c');
    selection.extend('a', order, null);
    expect([...selection.ids].sort()).toEqual(['a', 'b', 'c']);
    selection.extend('d', order, null);
    expect([...selection.ids].sort()).toEqual(order);
  });

  it('begins a range at the open conversation', () => {
    const selection = new Selection();
    selection.extend('c', order, 'b');
    expect([...selection.ids]).toEqual(['b', 'c']);
    selection.stop();
    expect(selection.size).toBe(0);
    expect(selection.active).toBe(false);
  });
});
