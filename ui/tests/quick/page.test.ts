// The page of the quick chat: its keys, its lists, its lines, what a screen reader is given.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { Quick } from '../../src/features/quick';
import { quick } from '../../src/features/quick/quick.svelte';
// Fetched by the page when it is painted; here it is there already.
import '../../src/features/quick/QuickLog.svelte';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { session } from '../../src/lib/state';
import { findings } from '../a11y/axe';
import { withoutLayout } from '../mock/layout';
import { quickWorld, type QuickWorld, type Wish } from './host';

vi.setConfig({ testTimeout: 60_000 });

let page: ReturnType<typeof mount> | null = null;

const until = (check: () => void) =>
  vi.waitFor(
    () => {
      flushSync();
      check();
    },
    { timeout: 20_000 },
  );

async function open(wish: Wish = {}, refuse: QuickWorld['refuse'] = {}): Promise<QuickWorld> {
  withoutLayout();
  const made = quickWorld(wish);
  made.refuse = refuse;
  document.title = 'Hearth';
  document.body.innerHTML = '<div id="app"></div>';
  const target = document.getElementById('app');
  if (!target) throw new Error('no place');
  await session.open(made.host);
  await setLanguage('en');
  page = mount(Quick, { target });
  flushSync();
  return made;
}

afterEach(async () => {
  if (page) await unmount(page);
  quick.text = '';
  quick.fresh();
  vi.unstubAllGlobals();
});

const field = () => {
  const found = document.querySelector('textarea');
  if (!found) throw new Error('no field');
  return found;
};

function press(key: string, keys: KeyboardEventInit = {}, on: Element = field()): void {
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...keys }));
  flushSync();
}

function type(text: string): void {
  field().value = text;
  field().dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

test('Enter asks, Shift+Enter does not, an input method keeps its own Enter', async () => {
  const made = await open();
  type('What is the capital of France?');
  press('Enter', { shiftKey: true });
  press('Enter', { isComposing: true });
  expect(made.asked('chat_send')).toHaveLength(0);
  press('Enter');
  await until(() => {
    expect(made.asked('chat_send')).toHaveLength(1);
    expect(document.querySelector('[data-turn]')?.textContent).toContain('Paris');
  });
});

test('Escape hides, but closes a list first and gives the field back', async () => {
  const made = await open();
  press('k', { ctrlKey: true });
  const list = document.querySelector('[role="menu"]');
  expect(document.activeElement).toBe(list);
  press('Escape', {}, list ?? field());
  expect(document.querySelector('[role="menu"]')).toBeNull();
  expect(document.activeElement).toBe(field());
  expect(made.asked('quick_hide')).toHaveLength(0);
  press('Escape');
  await until(() => {
    expect(made.asked('quick_hide')).toHaveLength(1);
  });
});

test('a persona is chosen with the arrows and kept for the next time', async () => {
  const made = await open();
  await until(() => {
    expect(made.asked('persona_list').length).toBeGreaterThan(0);
  });
  press('p', { ctrlKey: true });
  const list = document.querySelector('[role="menu"]') ?? field();
  await until(() => {
    expect(list.querySelectorAll('[role="menuitemradio"]').length).toBeGreaterThan(1);
  });
  press('Home', {}, list);
  press('Enter', {}, list);
  await until(() => {
    expect(quick.persona).not.toBeNull();
    expect(made.kept.persona).toBe(quick.persona);
  });
});

test('what cannot be done is said in one line with a way on, and the window still hides', async () => {
  const made = await open({}, { app_status: 'database_key_missing' });
  const note = document.querySelector('[data-note="database_key_missing"]');
  const [again, main] = note?.querySelectorAll('button') ?? [];
  expect(again).toBeDefined();
  main?.click();
  await until(() => {
    expect(made.asked('quick_move')).toEqual([{ conversation: null }]);
  });
  press('Escape');
  await until(() => {
    expect(made.asked('quick_hide')).toHaveLength(1);
  });
});

test('the state of the model is said in words, and a cold one can be loaded here', async () => {
  const made = await open({ engine: 'empty' });
  const dot = document.querySelector<HTMLButtonElement>('button.dot');
  expect(dot?.getAttribute('aria-label')).toContain('Load the model');
  dot?.click();
  await until(() => {
    expect(made.asked('model_load')).toHaveLength(1);
  });
});

test('nothing in it is in the way of a screen reader', async () => {
  await open();
  expect(await findings()).toEqual([]);
  press('k', { ctrlKey: true });
  expect(await findings()).toEqual([]);
  press('k', { ctrlKey: true });
  type('What is the capital of France?');
  press('Enter');
  await until(() => {
    expect(quick.talk.running).toBeNull();
    expect(document.querySelector('[data-turn]')?.textContent).toContain('Paris');
  });
  expect(await findings()).toEqual([]);
});
