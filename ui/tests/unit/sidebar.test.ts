// The list of conversations over a made-up host: keys, renaming, choosing many, folders, the archive,
// and deleting with a way back.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sidebar } from '../../src/features/sidebar';
import { navigation, session } from '../../src/lib/state';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { world, type World } from '../mock/data';
import { mockHost } from '../mock/host';

// Many tests share two cores; how long one takes says nothing here.
vi.setConfig({ testTimeout: 60_000 });

let state: World;
let app: Record<string, unknown>;

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-row]')];
const row = (title: string) => rows().find((one) => one.textContent.includes(title))!;
const folder = (name: string) =>
  [...document.querySelectorAll<HTMLElement>('[data-folder]')].find((one) =>
    one.textContent.includes(name),
  )!;
const button = (name: string) =>
  [...document.querySelectorAll<HTMLElement>('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent.trim()) === name,
  )!;
const press = (target: Element, key: string, more: KeyboardEventInit = {}) =>
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
const click = (target: Element, more: MouseEventInit = {}) =>
  target.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...more }));
const until = (check: () => void) =>
  vi.waitFor(
    () => {
      flushSync();
      check();
    },
    { timeout: 15_000 },
  );
const chosen = () =>
  rows()
    .filter((one) => one.getAttribute('aria-checked') === 'true')
    .map((one) => one.textContent.trim());

async function open(scene: string) {
  state = world({ scene: 'chat', theme: 'system', language: 'en', engine: 'ready' });
  await session.open(mockHost(state, scene));
  navigation.startNew();
  app = mount(Sidebar, { target: document.body, props: { onfold: () => undefined } });
  await until(() => {
    expect(rows().length).toBeGreaterThan(0);
  });
}

afterEach(async () => {
  await unmount(app);
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

describe('the sidebar', () => {
  beforeEach(async () => {
    // What was said an hour ago is of today at noon, not right after midnight.
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(2026, 10, 23, 12) });
    await open('chat');
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('puts the pinned ones first, then the days', () => {
    const headings = [...document.querySelectorAll('nav h2')].map((one) => one.textContent);
    expect(headings.slice(0, 2)).toEqual(['Pinned', 'Today']);
    expect(headings).toContain('Last 30 days');
    expect(rows()[0]?.textContent).toContain('House rules');
    expect(rows()).toHaveLength(state.conversations.length);
  });

  it('has one row in the tab order and moves between rows by arrows', async () => {
    expect(rows().filter((one) => one.tabIndex === 0)).toHaveLength(1);
    rows()[0]!.focus();
    press(rows()[0]!, 'ArrowDown');
    await until(() => {
      expect(document.activeElement).toBe(rows()[1]);
    });
    expect(rows()[1]!.tabIndex).toBe(0);
    press(rows()[1]!, 'End');
    await until(() => {
      expect(document.activeElement).toBe(rows().at(-1));
    });
    press(rows().at(-1)!, 'Home');
    await until(() => {
      expect(document.activeElement).toBe(rows()[0]);
    });
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
      const field = document.querySelector<HTMLInputElement>('input.edit')!;
      expect(document.activeElement).toBe(field);
      field.value = 'Account numbers';
      press(field, key);
      await until(() => {
        expect(row(title)).toBeDefined();
      });
    }
    expect(state.conversations[7]!.title).toBe('Account numbers');
    expect(document.activeElement).toBe(row('Account numbers'));
  });

  it('deletes with a way back, and hands the focus to the next row', async () => {
    const { id } = state.conversations[7]!;
    navigation.open(id);
    row('Regex').focus();
    press(row('Regex'), 'Delete');
    await until(() => {
      expect(row('Regex')).toBeUndefined();
    });
    expect(navigation.conversation).toBeNull();
    expect(document.activeElement).not.toBe(document.body);
    expect(toasts.list[0]?.action?.label).toBe('Undo');
    toasts.list[0]!.action!.run();
    await until(() => {
      expect(row('Regex')).toBeDefined();
    });
    expect(navigation.conversation).toBe(id);
  });
});

describe('choosing many', () => {
  beforeEach(async () => {
    await open('chat');
  });

  it('takes single ones with Ctrl and a range with Shift', () => {
    click(rows()[1]!, { ctrlKey: true });
    flushSync();
    expect(navigation.conversation).toBeNull();
    expect(rows()[1]!.getAttribute('role')).toBe('checkbox');
    click(rows()[4]!, { shiftKey: true });
    flushSync();
    expect(chosen()).toEqual(
      rows()
        .slice(1, 5)
        .map((one) => one.textContent.trim()),
    );
    click(rows()[2]!);
    flushSync();
    expect(chosen()).toHaveLength(3);
  });

  it('takes a range with Shift and the arrow keys, and all with Ctrl+A; Escape lets go', async () => {
    rows()[1]!.focus();
    press(rows()[1]!, 'ArrowDown', { shiftKey: true });
    await until(() => {
      expect(chosen()).toHaveLength(2);
    });
    press(document.activeElement!, 'a', { ctrlKey: true });
    await until(() => {
      expect(chosen()).toHaveLength(state.conversations.length);
    });
    press(document.activeElement!, 'Escape');
    flushSync();
    expect(rows().every((one) => one.getAttribute('role') === null)).toBe(true);
  });

  it('deletes all of them in one step with one way back', async () => {
    const before = rows().map((one) => one.textContent.trim());
    click(rows()[1]!, { ctrlKey: true });
    click(rows()[2]!, { ctrlKey: true });
    flushSync();
    button('Delete').click();
    await until(() => {
      expect(rows()).toHaveLength(before.length - 2);
    });
    expect(toasts.list).toHaveLength(1);
    expect(toasts.list[0]!.text).toBe('2 conversations were deleted.');
    expect(document.activeElement).not.toBe(document.body);
    toasts.list[0]!.action!.run();
    await until(() => {
      expect(rows().map((one) => one.textContent.trim())).toEqual(before);
    });
  });

  it('pins those that were not pinned, and lets go of only those when taken back', async () => {
    click(row('House rules'), { ctrlKey: true });
    click(row('Regex'), { ctrlKey: true });
    flushSync();
    button('Pin').click();
    await until(() => {
      expect(state.conversations.filter((one) => one.pinned)).toHaveLength(2);
    });
    toasts.list[0]!.action!.run();
    await until(() => {
      expect(state.conversations.filter((one) => one.pinned).map((one) => one.title)).toEqual([
        'House rules for the practice',
      ]);
    });
  });

  it('passes the chosen ones to the export', () => {
    click(row('Regex'), { ctrlKey: true });
    flushSync();
    button('Export…').click();
    expect(navigation.export?.ids).toEqual([state.conversations[7]!.id]);
    navigation.export = null;
  });
});

describe('folders and the archive', () => {
  beforeEach(async () => {
    await open('finding');
    await until(() => {
      expect(folder('Tenancy')).toBeDefined();
    });
  });

  it('keep what lies in a folder there, shown when it is opened', async () => {
    expect(row('Rent increase')).toBeUndefined();
    expect(folder('Tenancy').getAttribute('aria-expanded')).toBe('false');
    folder('Tenancy').focus();
    press(folder('Tenancy'), 'ArrowRight');
    await until(() => {
      expect(row('Rent increase')).toBeDefined();
    });
    press(folder('Tenancy'), 'ArrowDown');
    await until(() => {
      expect(document.activeElement).toBe(row('Rent increase'));
    });
    press(row('Rent increase'), 'ArrowLeft');
    await until(() => {
      expect(document.activeElement).toBe(folder('Tenancy'));
    });
    press(folder('Tenancy'), 'ArrowLeft');
    flushSync();
    expect(row('Rent increase')).toBeUndefined();
  });

  it('bring a deleted folder back with all that lay in it', async () => {
    const inside = () => {
      const [one] = state.conversations.filter((other) => other.title.startsWith('Rent'));
      return one!.folder;
    };
    const before = inside();
    press(folder('Tenancy'), 'Delete');
    await until(() => {
      expect(folder('Tenancy')).toBeUndefined();
      expect(row('Rent increase')).toBeDefined();
    });
    expect(inside()).toBeNull();
    toasts.list[0]!.action!.run();
    await until(() => {
      expect(folder('Tenancy')).toBeDefined();
      expect(inside()).not.toBeNull();
    });
    expect(inside()).not.toBe(before);
  });

  it('put a conversation away and take it back', async () => {
    const { id } = state.conversations.find((one) => one.title.startsWith('Regex'))!;
    press(row('Regex'), 'F10', { shiftKey: true });
    await until(() => {
      expect(document.querySelector('[role="menu"]')).not.toBeNull();
    });
    const item = [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')].find((one) =>
      one.textContent.includes('Archive'),
    )!;
    press(item, 'Enter');
    click(item);
    await until(() => {
      expect(row('Regex')).toBeUndefined();
    });
    expect(state.conversations.find((one) => one.id === id)?.archived).toBe(true);
    toasts.list.at(-1)!.action!.run();
    await until(() => {
      expect(row('Regex')).toBeDefined();
    });
  });
});

describe('what the list knows of before it was opened', () => {
  const mountIt = () =>
    mount(Sidebar, { target: document.body, props: { onfold: () => undefined } });

  it('is which folders stand open: it is kept, and opened with the next start', async () => {
    await open('finding');
    click(folder('Household'));
    await until(() => {
      expect(state.settings.appearance.open_folders).toHaveLength(1);
    });
    await unmount(app);
    const kept = state.settings.appearance.open_folders;
    state = world({ scene: 'chat', theme: 'system', language: 'en', engine: 'ready' });
    state.settings.appearance.open_folders = kept;
    state.status.process = crypto.randomUUID();
    await session.open(mockHost(state, 'finding'));
    app = mountIt();
    await until(() => {
      expect(folder('Household').getAttribute('aria-expanded')).toBe('true');
      expect(folder('Tenancy').getAttribute('aria-expanded')).toBe('false');
    });
    click(folder('Household'));
    await until(() => {
      expect(state.settings.appearance.open_folders).toEqual([]);
    });
  });

  it('is where an answer is being written', async () => {
    await open('finding');
    await until(() => {
      expect(document.querySelectorAll('.running')).toHaveLength(1);
    });
    expect(document.querySelector('.running')?.textContent).toBe('An answer is being written');
  });
});

describe('a list of many pages', () => {
  it('is read on page by page and keeps its length when its top changes', async () => {
    await open('pages');
    // Without an observer everything is near, so all pages are read.
    await until(() => {
      expect(rows().length).toBe(130);
    });
    const before = rows().length;
    press(rows()[5]!, 'F2');
    flushSync();
    const field = document.querySelector<HTMLInputElement>('input.edit')!;
    field.value = 'Another name';
    press(field, 'Enter');
    await until(() => {
      expect(row('Another name')).toBeDefined();
    });
    expect(rows().length).toBe(before);
  });
});
