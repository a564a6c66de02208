// What the program asks of the page of its main window, and that others are not asked.
import { flushSync } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppEvent, Rpc } from '../../src/lib/api';
import { openHost, type Host } from '../../src/lib/host';
import { navigation } from '../../src/lib/state';
import { mainWindow } from '../../src/lib/state/main-window.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { matchesKeys, showKeys } from '../../src/lib/ui/keys';

const CONVERSATION = 'c1';
const calls: { command: string; request: unknown }[] = [];
const NOTHING: Rpc['window_opened'][1] = {
  place: null,
  draft: null,
  reloaded: false,
  link_refused: false,
  begin: null,
  settings: false,
  models: [],
};
let opened = NOTHING;

const rpc = vi.fn((command: string, request: unknown) => {
  calls.push({ command, request });
  return Promise.resolve(command === 'window_opened' ? opened : {});
});

async function host(kind: Host['kind']): Promise<void> {
  const own: Partial<Host> = { kind, rpc, prepare: () => Promise.resolve() };
  await openHost(own as Host);
}

const asked = (command: string) => calls.filter((call) => call.command === command);

beforeEach(async () => {
  calls.length = 0;
  opened = NOTHING;
  navigation.startNew();
  mainWindow.offered = null;
  mainWindow.closing = false;
  mainWindow.claim();
  await host('window');
});

describe('the page of the main window', () => {
  it('goes on where the page before it ended', async () => {
    const place = { conversation: CONVERSATION, message: 'm1' };
    opened = { ...NOTHING, place, draft: 'from a link', reloaded: true };
    await mainWindow.open();
    expect(navigation.conversation).toBe(CONVERSATION);
    expect(navigation.target).toBe('m1');
    expect(mainWindow.offered).toBe('from a link');
    expect(toasts.list.at(-1)?.text).toContain('opened again');
  });

  it('leaves the person where they went meanwhile', async () => {
    navigation.open('elsewhere');
    opened = { ...NOTHING, place: { conversation: CONVERSATION, message: null } };
    await mainWindow.open();
    expect(navigation.conversation).toBe('elsewhere');
  });

  it('says that it asks, and hands on what the person chose', async () => {
    mainWindow.take({ type: 'close_asked' });
    expect(mainWindow.closing).toBe(true);
    expect(asked('window_close_choose')[0]?.request).toEqual({ choice: 'ask', remember: false });
    await mainWindow.choose('tray', true);
    expect(mainWindow.closing).toBe(false);
    expect(asked('window_close_choose')[1]?.request).toEqual({ choice: 'tray', remember: true });
  });

  it('answers that it can go only when everything in it is kept', async () => {
    let kept = false;
    const off = mainWindow.keep(() => kept);
    const answers = () => asked('window_left').map(({ request }) => request);
    mainWindow.take({ type: 'leaving' });
    await vi.waitFor(() => {
      expect(answers()).toEqual([{ kept: false }]);
    });
    kept = true;
    mainWindow.take({ type: 'leaving' });
    await vi.waitFor(() => {
      expect(answers()).toEqual([{ kept: false }, { kept: true }]);
    });
    off();
  });

  it('is not the page of a browser', async () => {
    await host('browser');
    const events: AppEvent[] = [
      { type: 'close_asked' },
      { type: 'draft_offered', text: 'x' },
      { type: 'leaving' },
    ];
    for (const event of events) mainWindow.take(event);
    await mainWindow.open();
    mainWindow.note(CONVERSATION);
    flushSync();
    expect([mainWindow.closing, mainWindow.offered, calls.length]).toEqual([false, null, 0]);
  });
});

it('a chord with the sign that joins chords has a name for it', () => {
  const press = (key: string) => new KeyboardEvent('keydown', { key, ctrlKey: true });
  expect(showKeys('Mod+Plus')).toBe('Ctrl++');
  expect(matchesKeys(press('+'), 'Mod+Plus Mod+=')).toBe(true);
  expect(matchesKeys(press('='), 'Mod+Plus Mod+=')).toBe(true);
  expect(matchesKeys(press('-'), 'Mod+-')).toBe(true);
  expect(matchesKeys(press('-'), 'Mod+Plus')).toBe(false);
});
