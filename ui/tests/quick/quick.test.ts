// The quick chat: what it keeps, sends, takes and hands over, over a made-up host.
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { QuickChat } from '../../src/features/quick/quick.svelte';
import { heightFor } from '../../src/features/quick/size';
import { turnsOf } from '../../src/features/quick/turns';
import { joined } from '../../src/features/quick/written';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { session } from '../../src/lib/state';
import { message } from '../mock/data';
import { quickWorld, type QuickWorld, type Wish } from './host';

vi.setConfig({ testTimeout: 60_000 });

const until = (check: () => void) =>
  vi.waitFor(
    () => {
      flushSync();
      check();
    },
    { timeout: 20_000 },
  );

async function open(wish: Wish = {}): Promise<{ made: QuickWorld; quick: QuickChat }> {
  const made = quickWorld(wish);
  await session.open(made.host);
  await setLanguage('en');
  const quick = new QuickChat();
  await quick.load();
  return { made, quick };
}

const answered = (quick: QuickChat) =>
  until(() => {
    expect(quick.talk.running).toBeNull();
    expect(quick.talk.answer).toContain('Paris');
  });

beforeEach(() => {
  vi.restoreAllMocks();
});

describe('what is written', () => {
  test('is kept a moment after it was typed, and what is kept is there again', async () => {
    const { made, quick } = await open();
    quick.text = 'What is';
    await until(() => {
      expect(made.kept.text).toBe('What is');
    });
    const again = new QuickChat();
    await again.load();
    expect(again.text).toBe('What is');
  });

  test('before what is kept was read goes behind it', async () => {
    const made = quickWorld({ kept: { text: 'kept' } });
    await session.open(made.host);
    const quick = new QuickChat();
    quick.text = 'typed';
    await quick.load();
    expect(quick.text).toBe('kept typed');
    await until(() => {
      expect(made.kept.text).toBe('kept typed');
    });
  });

  test('is kept until the question is taken, and comes back where it is refused', async () => {
    const { made, quick } = await open();
    made.refuse = { chat_send: 'model_not_ready' };
    quick.text = 'What is the capital of France?';
    await quick.ask();
    expect(quick.text).toBe('What is the capital of France?');
    expect(quick.note).toEqual({ kind: 'fault', code: 'model_not_ready' });
    expect(quick.talk.turns).toHaveLength(0);
    await until(() => {
      expect(made.kept.text).toBe('What is the capital of France?');
    });
    expect(made.asked('quick_save').every(({ text }) => text !== '')).toBe(true);
  });

  test('is tried again where it could not be kept, and that is said', async () => {
    const { made, quick } = await open();
    made.refuse = { quick_save: 'disk_full' };
    quick.text = 'Do not lose me';
    await until(() => {
      expect(quick.unkept).toBe(true);
    });
    made.refuse = {};
    await until(() => {
      expect(quick.unkept).toBe(false);
      expect(made.kept.text).toBe('Do not lose me');
    });
  });

  test('joins without losing or adding anything', () => {
    const files = (...ids: string[]) =>
      ids.map((id) => ({ id, name: id, bytes: 1, lines: 1, pages: 0 }));
    const both = joined(
      { text: 'a', attachments: files('1') },
      { text: 'b', attachments: files('2') },
    );
    expect(both).toEqual({ text: 'a b', attachments: files('1', '2') });
    expect(joined({ text: ' ', attachments: [] }, { text: 'b', attachments: [] }).text).toBe('b');
  });
});

describe('a question', () => {
  test('is answered, the next one follows in the same conversation', async () => {
    const { made, quick } = await open({ kept: { persona: 'p1' } });
    quick.text = 'What is the capital of France?';
    await quick.ask();
    await answered(quick);
    expect(made.asked('chat_send')[0]).toMatchObject({ persona: 'p1' });
    const id = quick.talk.id;
    quick.text = 'And its river?';
    await quick.ask();
    expect(made.asked('chat_send')[1]).toMatchObject({ conversation: id, text: 'And its river?' });
    expect(made.asked('chat_send')[1]).not.toHaveProperty('persona');
    expect(quick.talk.turns.map(({ question }) => question)).toHaveLength(2);
  });

  test('waits in the field while an answer is written', async () => {
    const { made, quick } = await open();
    quick.text = 'First';
    await quick.ask();
    quick.text = 'Second';
    await quick.ask();
    expect(quick.text).toBe('Second');
    expect(quick.note?.kind).toBe('said');
    expect(made.asked('chat_send')).toHaveLength(1);
  });

  test('without anything in it is none', async () => {
    const { made, quick } = await open();
    quick.text = '  \n';
    await quick.ask();
    expect(made.asked('chat_send')).toHaveLength(0);
  });

  test('after a while away begins a conversation, unless something is written', async () => {
    const { quick } = await open();
    quick.text = 'What is the capital of France?';
    await quick.ask();
    await answered(quick);
    quick.hidden(0);
    quick.shown(60_000);
    expect(quick.talk.turns).toHaveLength(1);
    quick.text = 'And';
    quick.hidden(0);
    quick.shown(60 * 60_000);
    expect(quick.talk.turns).toHaveLength(1);
    quick.text = '';
    quick.hidden(0);
    quick.shown(60 * 60_000);
    expect(quick.talk.turns).toHaveLength(0);
    expect(quick.talk.id).toBeNull();
  });
});

describe('moving on', () => {
  test('opens the conversation in the main window with what is written behind its draft', async () => {
    const { made, quick } = await open();
    quick.text = 'What is the capital of France?';
    await quick.ask();
    await answered(quick);
    const conversation = quick.talk.id;
    quick.text = 'And of Italy?';
    await quick.move();
    expect(made.asked('draft_save').at(-1)).toMatchObject({ conversation, text: 'And of Italy?' });
    expect(made.asked('quick_move')).toEqual([{ conversation }]);
    expect(quick.text).toBe('');
    expect(quick.talk.turns).toHaveLength(0);
    expect(made.kept).toMatchObject({ text: '', conversation: null });
  });

  test('keeps everything where the draft cannot be handed over', async () => {
    const { made, quick } = await open();
    quick.text = 'Not lost';
    made.refuse = { draft_save: 'disk_full' };
    await quick.move();
    expect(quick.text).toBe('Not lost');
    expect(made.asked('quick_move')).toHaveLength(0);
    expect(quick.note).toEqual({ kind: 'fault', code: 'disk_full' });
  });
});

describe('text of other programs', () => {
  test('is never read by itself, and goes with the question where the person asks', async () => {
    const { made, quick } = await open();
    quick.shown(0);
    quick.text = 'Say this politely';
    expect(made.asked('text_take')).toHaveLength(0);
    await quick.take('clipboard');
    expect(made.asked('attachment_add')[0]).toMatchObject({ text: made.clipboard });
    expect(quick.attachments).toHaveLength(1);
    await quick.ask();
    expect(made.asked('chat_send')[0]?.attachments).toHaveLength(1);
  });

  test('that is not there is said', async () => {
    const { quick } = await open();
    await quick.take('selection');
    expect(quick.attachments).toHaveLength(0);
    expect(quick.note).toMatchObject({ kind: 'said' });
  });
});

test('a conversation that is gone is left, and what is written stays', async () => {
  const { made, quick } = await open();
  quick.text = 'What is the capital of France?';
  await quick.ask();
  await answered(quick);
  made.refuse = { quick_save: 'conversation_not_found' };
  quick.text = 'Still here';
  await until(() => {
    expect(quick.talk.id).toBeNull();
  });
  made.refuse = {};
  await until(() => {
    expect(made.kept).toMatchObject({ text: 'Still here', conversation: null });
  });
});

test('messages become turns, also where a question or an answer is missing', () => {
  const one = (role: 'user' | 'assistant', id: string) =>
    message(1, { id, role, conversation: 'c', content: id });
  const turns = turnsOf({
    messages: [
      one('assistant', 'a0'),
      one('user', 'q1'),
      one('assistant', 'a1'),
      one('user', 'q2'),
    ],
  });
  expect(turns.map(({ question, message: id }) => [question, id])).toEqual([
    ['', 'a0'],
    ['q1', 'a1'],
    ['q2', null],
  ]);
});

test('the window is a field at first, grows in steps while text comes, and fits at the end', () => {
  const still = { growing: false, dialog: false };
  expect(heightFor(62, 16, 0, still)).toBe(64);
  expect(heightFor(62, 24, 0, still)).toBe(96);
  expect(heightFor(171, 16, 64, still)).toBe(173);
  const growing = { growing: true, dialog: false };
  const first = heightFor(171, 16, 64, growing);
  expect(first).toBeGreaterThanOrEqual(173);
  expect(heightFor(173, 16, first, growing)).toBe(first);
  expect(heightFor(100, 16, first, growing)).toBe(first);
  expect(heightFor(100, 16, first, { growing: false, dialog: true })).toBeGreaterThan(300);
});

afterEach(() => {
  vi.useRealTimers();
});
