// What can be done with a message: editing, continuing, deleting, branching, copying, its files.
import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Thread } from '../../src/features/thread';
import { forgetDrafts } from '../../src/features/thread/composer/drafts';
import type { ChatEvent, Message } from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';
import { navigation } from '../../src/lib/state';
import { forgetAll, invalidate } from '../../src/lib/state/query.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { attachment, Disk, ID, message, talk } from './disk';
import { clear, preparePage, settle, show, testHost, type TestHost } from './page';

let host: TestHost;
let disk: Disk;

beforeAll(preparePage);
beforeEach(async () => {
  forgetAll();
  host = await testHost();
  navigation.conversation = ID;
});
afterEach(async () => {
  await clear();
  forgetDrafts();
  toasts.list.forEach(({ id }) => {
    toasts.dismiss(id);
  });
});

async function open(messages: Message[], head?: string): Promise<void> {
  disk = new Disk(messages, head);
  host.answers = disk.answers;
  show(Thread, { conversation: ID });
  await settle();
}

const at = (id: string) => document.querySelector<HTMLElement>(`[data-message="${id}"]`)!;
const shown = () =>
  [...document.querySelectorAll<HTMLElement>('[data-message]')].map((one) => one.dataset.message);
const buttons = () => [...document.querySelectorAll<HTMLElement>('button')];
const named = (name: string, within: ParentNode = document) =>
  [...within.querySelectorAll<HTMLElement>('button')].find(
    (one) => one.getAttribute('aria-label') === name || one.textContent.trim() === name,
  );
const editor = () => document.querySelector<HTMLTextAreaElement>('form.editor textarea')!;

async function press(target: Element, key: string, more: KeyboardEventInit = {}): Promise<void> {
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
  await settle();
}

async function write(text: string): Promise<void> {
  editor().value = text;
  editor().dispatchEvent(new InputEvent('input', { bubbles: true }));
  await settle();
}

async function click(element: HTMLElement | undefined): Promise<void> {
  element?.click();
  await settle();
}

async function choose(id: string, item: string): Promise<void> {
  await click(named('More actions', at(id)));
  const entry = [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')].find((one) =>
    one.textContent.includes(item),
  );
  expect(entry, item).toBeDefined();
  entry?.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
  entry?.click();
  await settle();
  await settle();
}

const TIMING = {
  queue_ms: 1,
  ttft_ms: 400,
  prefill_tokens_per_second: 100,
  tokens_per_second: 12.34,
  batch_width: 1,
  draft_proposed: 0,
  draft_accepted: 0,
  thinking_ms: 0,
};

const END: ChatEvent = {
  type: 'finished',
  message_id: 'a1',
  reason: 'stop',
  status: 'complete',
  usage: { prompt_tokens: 9, cached_tokens: 0, completion_tokens: 3 },
  timing: TIMING,
};

const delta = (text: string): ChatEvent => ({ type: 'delta', text, reasoning: '' });

async function tell(from: number, ...events: ChatEvent[]): Promise<void> {
  host.send('generation/g9', ...events.map((event, place) => ({ seq: from + place, event })));
  await settle();
}

it('a question says what it was asked of, and nothing where it was asked of nothing', async () => {
  await open(talk(2));
  const asked = [{ message: 'q1', names: [{ kind: 'tag', name: 'rent' }], everything: true }];
  const told = host.answers.conversation_get as (wish: object) => object;
  host.answers.conversation_get = (wish: object) => ({ ...told(wish), asked });
  invalidate(['messages']);
  await settle();
  const scopes = [...document.querySelectorAll('[aria-label="Asked of"]')];
  expect(scopes.map((one) => one.closest('article')?.dataset.message)).toEqual(['q1']);
  const items = [...scopes[0]!.querySelectorAll('li')].map((one) => one.textContent.trim());
  expect(items).toEqual(['rent', 'Read to the end']);
});

describe('editing a question', () => {
  it('makes another version with its own answer, beside the first', async () => {
    const file = attachment('f1');
    await open([message('q1', null, { attachments: [file] }), message('a1', 'q1')]);
    await click(named('Edit', at('q1')));
    expect(editor().value).toBe('text of q1');
    expect(document.activeElement).toBe(editor());
    await write('Other words');
    await press(editor(), 'Enter', { ctrlKey: true });
    expect(host.called('chat_send')).toMatchObject([
      { conversation: ID, beside: 'q1', text: 'Other words', attachments: ['f1'] },
    ]);
    expect(shown()).toEqual(['q9', 'a9']);
    expect(at('q9').querySelector('.versions')?.textContent).toContain('2 / 2');
    expect(at('q9').textContent).toContain('f1.txt');
    expect(editor()).toBeNull();
  });

  it('can only change the words, and then asks nothing', async () => {
    await open(talk(2));
    await click(named('Edit', at('q1')));
    await write('Better words');
    await click(named('Save only'));
    expect(host.called('message_edit')).toEqual([{ id: 'q1', text: 'Better words' }]);
    expect(host.called('chat_send')).toEqual([]);
    expect(shown()).toEqual(['q1', 'a1', 'q2', 'a2']);
    expect(at('q1').textContent).toContain('Better words');
  });

  it('is left by Escape without a change, and the focus goes back', async () => {
    await open(talk(1));
    const pencil = named('Edit', at('q1'));
    pencil?.focus();
    await click(pencil);
    await write('Never mind');
    await press(editor(), 'Escape');
    expect(editor()).toBeNull();
    expect(at('q1').textContent).toContain('text of q1');
    expect(at('q1').contains(document.activeElement)).toBe(true);
  });

  it('begins with the arrow up in an empty field, at the last question', async () => {
    await open(talk(2));
    const field = document.querySelector('textarea')!;
    field.focus();
    await press(field, 'ArrowUp');
    expect(editor().value).toBe('text of q2');
    await press(editor(), 'Escape');
    expect(document.activeElement).toBe(field);
  });

  it('keeps the words where the question was not taken', async () => {
    await open(talk(1));
    host.answers.chat_send = () => {
      throw new ApiError('disk_full', 'full');
    };
    await click(named('Edit', at('q1')));
    await write('Precious words');
    await click(named('Save and send'));
    expect(shown()).toEqual(['q1', 'a1']);
    expect(editor().value).toBe('Precious words');
    expect(document.querySelector('[data-failure="disk_full"]')).not.toBeNull();
  });

  it('refuses nothing, and more than 1 MB', async () => {
    await open(talk(1));
    await click(named('Edit', at('q1')));
    await write('  ');
    await press(editor(), 'Enter', { ctrlKey: true });
    await write('x'.repeat(1_000_001));
    await press(editor(), 'Enter', { ctrlKey: true });
    expect(host.called('chat_send')).toEqual([]);
    expect(document.body.textContent).toContain('more than 1 MB');
  });
});

describe('an answer', () => {
  it('can be changed in place', async () => {
    await open(talk(1));
    await choose('a1', 'Edit answer');
    await write('My own **words**');
    await click(named('Save'));
    expect(host.called('message_edit')).toEqual([{ id: 'a1', text: 'My own **words**' }]);
    expect(at('a1').querySelector('strong')?.textContent).toBe('words');
  });

  it.each([
    ['was stopped', { status: 'stopped', finish: 'cancelled' }],
    ['was interrupted', { status: 'interrupted', finish: null }],
    ['failed', { status: 'failed', finish: 'error' }],
    ['reached its length', { status: 'complete', finish: 'length' }],
  ] satisfies [string, Partial<Message>][])('that %s can be continued', async (_, more) => {
    await open([message('q1', null), message('a1', 'q1', { content: 'It takes', ...more })]);
    const article = at('a1');
    await click(named('Continue', article));
    expect(host.called('chat_continue')).toEqual([{ id: 'a1' }]);
    expect(article.querySelector('.markdown')?.textContent.trim()).toBe('It takes');
    await tell(0, { type: 'started', message_id: 'a1' }, delta(' warmth'));
    disk.save('a1', 'It takes warmth from the air.');
    await tell(2, delta(' from the air.'), END);
    expect(at('a1')).toBe(article);
    expect(article.querySelector('.markdown')?.textContent.trim()).toBe(
      'It takes warmth from the air.',
    );
    expect(named('Continue', article)).toBeUndefined();
  });

  it('that is whole, or has something after it, cannot be continued', async () => {
    const first = message('a1', 'q1', { status: 'stopped' });
    await open([message('q1', null), first, message('q2', 'a1'), message('a2', 'q2')]);
    expect(buttons().filter((one) => one.textContent.includes('Continue'))).toEqual([]);
  });

  it('that could not be continued is as it was, and it is said why', async () => {
    await open([message('q1', null), message('a1', 'q1', { status: 'stopped' })]);
    host.answers.chat_continue = () => {
      throw new ApiError('out_of_memory', 'x');
    };
    await click(named('Continue'));
    expect(at('a1').textContent).toContain('text of a1');
    expect(document.querySelector('[data-failure="out_of_memory"]')).not.toBeNull();
    expect(named('Continue')).toBeDefined();
  });
});

describe('a question without an answer', () => {
  it('can be answered', async () => {
    await open([message('q1', null)]);
    await click(named('Answer this', at('q1')));
    expect(host.called('chat_regenerate')).toEqual([{ message: 'q1' }]);
    await tell(0, delta('Gladly.'));
    expect(shown()).toEqual(['q1', 'a9']);
    expect(at('a9').textContent).toContain('Gladly.');
    expect(named('Answer this')).toBeUndefined();
  });
});

describe('deleting', () => {
  it('takes a message with what follows, and gives it back', async () => {
    await open(talk(3));
    await choose('q2', 'Delete');
    expect(host.called('message_delete')).toEqual([{ id: 'q2' }]);
    expect(shown()).toEqual(['q1', 'a1']);
    expect(at('a1').contains(document.activeElement)).toBe(true);
    const toast = toasts.list.at(-1);
    expect(toast?.text).toBe('4 messages were deleted.');
    toast?.action?.run();
    await settle();
    await settle();
    expect(host.called('message_restore')).toEqual([{ id: 'q2' }]);
    expect(shown()).toEqual(['q1', 'a1', 'q2', 'a2', 'q3', 'a3']);
  });
});

describe('a branch', () => {
  it('becomes a conversation of its own, which is opened', async () => {
    await open(talk(2));
    await choose('a1', 'New conversation from here');
    expect(host.called('message_branch')).toEqual([{ id: 'a1' }]);
    expect(navigation.conversation).toBe('c2');
  });

  it('is switched by the arrow keys, and the focus stays on the switch', async () => {
    await open([message('q1', null), message('a1', 'q1'), message('a2', 'q1')], 'a1');
    const next = document.querySelector<HTMLElement>('[data-version="after"]')!;
    next.focus();
    await press(next, 'ArrowRight');
    expect(shown()).toEqual(['q1', 'a2']);
    expect(document.activeElement?.getAttribute('data-version')).toBe('after');
    await press(document.activeElement!, 'ArrowLeft');
    expect(shown()).toEqual(['q1', 'a1']);
  });
});

describe('copying', () => {
  const TEXT = '## Title\n\nSome **bold** [link](https://x.example).\n\n- one\n- two';

  it('gives the words, the Markdown, or the formatted text', async () => {
    await open([message('q1', null), message('a1', 'q1', { content: TEXT })]);
    await choose('a1', 'Copy as text');
    await choose('a1', 'Copy as Markdown');
    await choose('a1', 'Copy with formatting');
    expect(host.copied).toEqual(['Title\n\nSome bold link.\n\n- one\n- two', TEXT]);
    expect(host.rich[0]?.html).toBe(
      '<h2>Title</h2>\n<p>Some <strong>bold</strong> link.</p>\n<ul><li>one</li><li>two</li></ul>',
    );
  });
});

describe('the files of a question', () => {
  it('are named, and open with their text, controls made visible', async () => {
    await open([message('q1', null, { attachments: [attachment('f1')] }), message('a1', 'q1')]);
    expect(at('q1').textContent).toContain('f1.txt');
    await click(document.querySelector<HTMLElement>('[data-attachment="f1"]')!);
    const dialog = document.querySelector('[role="dialog"]');
    expect(host.called('attachment_get')).toEqual([{ id: 'f1' }]);
    expect(dialog?.textContent).toContain('text in f1');
    expect(dialog?.textContent).toContain('U+202E');
  });
});

describe('what deceives the eye', () => {
  it('is shown by its number in a question too', async () => {
    await open([message('q1', null, { content: 'pay \u202e01 euro' }), message('a1', 'q1')]);
    expect(at('q1').textContent).toContain('U+202E');
    expect(at('q1').textContent).not.toContain('\u202e');
  });
});

describe('reasoning', () => {
  it('is folded, and says how long it took where that was seen', async () => {
    await open(talk(1));
    await click(named('Answer again', at('a1')));
    await tell(0, { type: 'started', message_id: 'a9' });
    await tell(1, { type: 'delta', text: '', reasoning: 'Hm.' });
    expect(at('a9').querySelector('summary')?.textContent).toContain('Thinking…');
    await tell(2, delta('Yes.'));
    // Less than a second is no time to speak of.
    expect(at('a9').querySelector('summary')?.textContent.trim()).toBe('How it thought');
    expect(at('a9').querySelector('details')?.open).toBe(false);
    flushSync();
  });
});

describe('reasoning of an answer that was read from the disk', () => {
  it.each([
    [4_213, 'Thought for 4 s'],
    [0, 'How it thought'],
  ])('says how long it took where that is kept: %d ms', async (thinking_ms, words) => {
    const timing = { ...TIMING, thinking_ms };
    const [question, answer] = talk(1);
    await open([question!, { ...answer!, reasoning: 'Hm.', timing }]);
    expect(at('a1').querySelector('summary')?.textContent.trim()).toBe(words);
    expect(at('a1').querySelector('details')?.open).toBe(false);
  });
});

describe('two windows', () => {
  it('see the answer to a question that the other one asked', async () => {
    await open(talk(1));
    disk.answers.chat_send?.({
      text: 'From elsewhere',
      conversation: ID,
      parent: 'a1',
      attachments: [],
    } as never);
    invalidate(['messages']);
    await settle();
    await tell(0, { type: 'started', message_id: 'a9' }, delta('Here it is.'));
    expect(shown()).toEqual(['q1', 'a1', 'q9', 'a9']);
    expect(at('a9').textContent).toContain('Here it is.');
    expect(named('Stop')).toBeDefined();
  });

  it('see the words that the other one put in the place of an answer', async () => {
    await open(talk(1));
    disk.write('a1', { content: 'Changed elsewhere' });
    invalidate(['messages']);
    await settle();
    expect(at('a1').textContent).toContain('Changed elsewhere');
  });

  it('see an answer whole that is continued, also when opened in the midst of it', async () => {
    const half = message('a1', 'q1', { content: 'It takes warmth', status: 'streaming' });
    disk = new Disk([message('q1', null), half]);
    disk.generation = 'g9';
    host.answers = disk.answers;
    show(Thread, { conversation: ID });
    await settle();
    expect(at('a1').textContent).toContain('It takes warmth');
    // The stream tells only what is new; some of that was saved already.
    await tell(0, { type: 'started', message_id: 'a1' }, delta(' warmth from'), delta(' the air.'));
    expect(at('a1').querySelector('.markdown')?.textContent.trim()).toBe(
      'It takes warmth from the air.',
    );
  });
});
