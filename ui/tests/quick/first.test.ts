// The first picture of the quick chat, and the page that takes its place: nothing typed is lost.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showFirst, type First } from '../../src/features/quick-first';
import type { Begun } from '../../src/lib/ui/begun';
import { findings } from '../a11y/axe';
import { withoutLayout } from '../mock/layout';
import type { QuickWorld, Wish } from './host';

vi.setConfig({ testTimeout: 60_000 });

const hidden = vi.fn();
let close: (() => Promise<void>) | null = null;

/** The picture of the page that ships. */
function show(kept: Begun['kept'] = null): { first: First; field: HTMLTextAreaElement } {
  const html = readFileSync('quick.html', 'utf8');
  document.body.innerHTML = new DOMParser().parseFromString(html, 'text/html').body.innerHTML;
  const place = document.getElementById('first');
  const first = place && showFirst(place, { hint: 'Ask a quick question', kept, onhide: hidden });
  const field = document.querySelector('textarea');
  if (!first || !field) throw new Error('no picture');
  return { first, field };
}

function press(field: HTMLElement, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  field.dispatchEvent(event);
  return event;
}

/** A page that was never there, with what was done before it. */
async function takeOver(begun: Begun, wish: Wish = {}): Promise<QuickWorld> {
  withoutLayout();
  const target = document.getElementById('app');
  if (!target) throw new Error('no place');
  vi.resetModules();
  const { flushSync, mount, unmount } = await import('svelte');
  const { Quick } = await import('../../src/features/quick');
  const { session } = await import('../../src/lib/state');
  const { quickWorld } = await import('./host');
  const made = quickWorld(wish);
  const page = mount(Quick, { target, props: { begun } });
  close = () => unmount(page);
  flushSync();
  await session.open(made.host);
  return made;
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });

beforeEach(() => {
  hidden.mockReset();
});

afterEach(async () => {
  await close?.();
  close = null;
  vi.unstubAllGlobals();
});

test('the first picture is a field with the keyboard in it, and no fault for a screen reader', async () => {
  const { field } = show();
  expect(document.activeElement).toBe(field);
  expect(field.placeholder).toBe('Ask a quick question');
  document.title = 'Hearth';
  document.documentElement.lang = 'en';
  expect(await findings()).toEqual([]);
});

test('what was typed and where the caret stood goes to the page that takes its place', async () => {
  const { first, field } = show();
  field.value = 'What is the capital?';
  field.setSelectionRange(7, 11);
  const begun = first.leave();
  expect(document.getElementById('first')).toBeNull();
  const made = await takeOver(begun);
  const now = document.querySelector('textarea');
  expect(now?.value).toBe('What is the capital?');
  expect([now?.selectionStart, now?.selectionEnd]).toEqual([7, 11]);
  expect(document.activeElement).toBe(now);
  await until(() => {
    expect(made.kept.text).toBe('What is the capital?');
  });
  expect(made.asked('chat_send')).toEqual([]);
});

test('an Enter before the page was there asks when it is', async () => {
  const { first, field } = show();
  field.value = 'What is the capital of France?';
  expect(press(field, 'Enter').defaultPrevented).toBe(true);
  const made = await takeOver(first.leave());
  await until(() => {
    expect(made.asked('chat_send')).toHaveLength(1);
  });
});

test('what was written behind an Enter that came too soon is not run together with it and sent', () => {
  const { first, field } = show();
  field.value = 'What is the capital?';
  press(field, 'Enter');
  field.value += ' And';
  const begun = first.leave();
  expect(begun).toMatchObject({ text: 'What is the capital? And', asked: false });
});

test('an Enter that came too soon never sends a draft that was kept', async () => {
  const { first, field } = show();
  field.value = 'now';
  press(field, 'Enter');
  const made = await takeOver(first.leave(), { kept: { text: 'a draft' } });
  await until(() => {
    expect(document.querySelector('textarea')?.value).toBe('a draft now');
  });
  expect(made.asked('chat_send')).toEqual([]);
});

test('the draft that was kept stands in it from the beginning, and is asked with what is added', async () => {
  const kept = { text: 'What is the capital', attachments: [], conversation: null, persona: null };
  const { first, field } = show(kept);
  expect(field.value).toBe('What is the capital');
  expect(field.selectionStart).toBe(19);
  field.value += ', of France?';
  press(field, 'Enter');
  const made = await takeOver(first.leave(), { kept });
  await until(() => {
    expect(made.asked('chat_send')).toMatchObject([{ text: 'What is the capital, of France?' }]);
  });
  expect(made.asked('quick_get')).toEqual([]);
});

test('keys of the page that came before it work when it is there', async () => {
  const { first, field } = show();
  press(field, 'k', { ctrlKey: true });
  await takeOver(first.leave());
  await until(() => {
    expect(document.activeElement?.role).toBe('menu');
  });
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }),
  );
  await until(() => {
    expect(document.querySelector('[role=menu]')).toBeNull();
  });
});

test('Escape hides the window, Enter in an empty field does nothing, with Shift it begins a line', () => {
  const { first, field } = show();
  press(field, 'Escape');
  expect(hidden).toHaveBeenCalledOnce();
  press(field, 'Enter');
  expect(press(field, 'Enter', { shiftKey: true }).defaultPrevented).toBe(false);
  expect(press(field, 'c', { ctrlKey: true }).defaultPrevented).toBe(false);
  expect(first.leave().asked).toBe(false);
});

test('the page waits for a word that is being composed, and its keys belong to the input method', async () => {
  const { first, field } = show();
  field.dispatchEvent(new CompositionEvent('compositionstart'));
  expect(press(field, 'Enter', { isComposing: true }).defaultPrevented).toBe(false);
  let settled = false;
  const settling = first.settled().then(() => (settled = true));
  await Promise.resolve();
  expect(settled).toBe(false);
  field.dispatchEvent(new CompositionEvent('compositionend'));
  field.value = '火';
  await settling;
  expect(first.leave()).toMatchObject({ text: '火', asked: false });
});
