// The list of conversations over a made-up host: keys, renaming, deleting with a way back, search.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sidebar } from '../../src/features/sidebar';
import { navigation, session } from '../../src/lib/state';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { world, type World } from '../mock/data';
import { mockHost } from '../mock/host';

let state: World;
let app: Record<string, unknown>;

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-row]')];
const row = (title: string) => rows().find((one) => one.textContent.includes(title))!;
const press = (target: Element, key: string) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
const until = (check: () => void) =>
  vi.waitFor(() => {
    flushSync();
    check();
  });

describe('the sidebar', () => {
  beforeEach(async () => {
    state = world({ scene: 'chat', theme: 'system', language: 'en', engine: 'ready' });
    await session.open(mockHost(state, 'chat'));
    navigation.startNew();
    app = mount(Sidebar, { target: document.body, props: { onfold: () => undefined } });
    await until(() => {
      expect(rows().length).toBe(state.conversations.length);
    });
  });

  afterEach(async () => {
    await unmount(app);
    for (const toast of toasts.list) toasts.dismiss(toast.id);
  });

  it('puts the pinned ones first, then today, then earlier', () => {
    const headings = [...document.querySelectorAll('nav h2')].map((one) => one.textContent);
    expect(headings).toEqual(['Pinned', 'Today', 'Earlier']);
    expect(rows()[0]?.textContent).toContain('House rules');
  });

  it('has one row in the tab order and moves between rows by arrows', () => {
    expect(rows().filter((one) => one.tabIndex === 0)).toHaveLength(1);
    rows()[0]!.focus();
    press(rows()[0]!, 'ArrowDown');
    flushSync();
    expect(document.activeElement).toBe(rows()[1]);
    expect(rows()[1]!.tabIndex).toBe(0);
    press(rows()[1]!, 'End');
    expect(document.activeElement).toBe(rows().at(-1));
  });

  it('opens what is clicked', () => {
    row('Regex').click();
    flushSync();
    expect(navigation.conversation).toBe(state.conversations[7]!.id);
    expect(row('Regex').getAttribute('aria-current')).toBe('page');
  });

  it('renames in place, and leaves the name on Escape', async () => {
    for (const [key, title] of [
      ['Escape', 'Regex for IBAN'],
      ['Enter', 'Account numbers'],
    ] as const) {
      press(row('Regex'), 'F2');
      flushSync();
      const field = document.querySelector<HTMLInputElement>('li input')!;
      field.value = 'Account numbers';
      press(field, key);
      await until(() => {
        expect(row(title)).toBeDefined();
      });
    }
    expect(state.conversations[7]!.title).toBe('Account numbers');
  });

  it('deletes with a way back', async () => {
    const { id } = state.conversations[7]!;
    navigation.open(id);
    press(row('Regex'), 'Delete');
    await until(() => {
      expect(row('Regex')).toBeUndefined();
    });
    expect(navigation.conversation).toBeNull();
    expect(toasts.list[0]?.action?.label).toBe('Undo');
    toasts.list[0]!.action!.run();
    await until(() => {
      expect(row('Regex')).toBeDefined();
    });
    expect(navigation.conversation).toBe(id);
  });

  it('narrows to what is searched and says when nothing matches', async () => {
    const field = document.querySelector<HTMLInputElement>('[data-search]')!;
    const type = (text: string) => {
      field.value = text;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      flushSync();
    };
    type('tls');
    await until(() => {
      expect(rows()).toHaveLength(1);
    });
    type('nothing like it');
    await until(() => {
      expect(document.querySelector('nav')?.textContent).toContain('No conversation matches');
    });
    press(field, 'Escape');
    await until(() => {
      expect(rows().length).toBe(state.conversations.length);
    });
  });
});
