// The composer as a person uses it: by keys, by paste, by drop.
import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import Composer from '../../src/features/thread/composer/Composer.svelte';
import { draftOf, forgetDrafts } from '../../src/features/thread/composer/drafts';
import type { Draft as KeptDraft, DraftChange } from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';
import { engine, invalidate } from '../../src/lib/state';
import { asking } from '../../src/lib/state/asking.svelte';
import { registerIntent } from '../../src/lib/state/intent.svelte';
import { models } from '../../src/lib/state/models.svelte';
import { forgetAll } from '../../src/lib/state/query.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { engineState } from '../mock/data';
import { libraryFor } from '../mock/library';
import { PROMPTS } from '../mock/writing';
import { clear, preparePage, settle, show, testHost, type TestHost } from '../thread/page';
import { composerProps, fileOf } from './props.svelte';

let host: TestHost;
let kept: KeptDraft;
let props: ReturnType<typeof composerProps>;

beforeAll(() => {
  preparePage();
  Element.prototype.scrollIntoView = () => undefined;
});
beforeEach(async () => {
  forgetAll();
  forgetDrafts();
  engine.state = { state: 'empty' };
  kept = { text: '', attachments: [], queue: [] };
  host = await testHost();
  host.answers = {
    draft_get: () => structuredClone(kept),
    draft_save: ({ text, queue }: DraftChange) => {
      kept = { ...kept, text, queue: queue.map((one) => ({ ...one, attachments: [] })) };
      return {};
    },
    prompt_list: () => PROMPTS,
    input_history: () => ['newest', 'older'],
    attachment_add: ({ name, text }: { name: string; text: string }) => ({
      id: `id-${name}`,
      name,
      bytes: text.length,
      lines: 1,
      pages: 0,
    }),
    context_measure: () => ({
      size: 1_000,
      instructions: 100,
      history: 700,
      documents: 0,
      searched: 0,
      question: 100,
      omitted: { messages: 0, tokens: 0 },
    }),
  };
  asking.all = [];
  props = composerProps();
});
afterEach(async () => {
  await clear();
  for (const toast of toasts.list) toasts.dismiss(toast.id);
});

const field = () => document.querySelector<HTMLTextAreaElement>('.composer textarea')!;
const page = () => document.body.textContent;
const button = (name: string) =>
  [...document.querySelectorAll('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === name,
  );
const options = () => [...document.querySelectorAll('[role="option"]')];
const rows = () =>
  [...document.querySelectorAll('.queue .text')].map((one) => one.textContent.trim());

async function open(): Promise<void> {
  show(Composer, props);
  await settle();
}

function type(text: string): void {
  field().value = text;
  field().setSelectionRange(text.length, text.length);
  field().dispatchEvent(new InputEvent('input', { bubbles: true }));
  flushSync();
}

function press(key: string, values: KeyboardEventInit = {}, at: Element = field()): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...values });
  at.dispatchEvent(event);
  flushSync();
  return event;
}

function paste(data: { text?: string; files?: File[] }): Event {
  const event = new Event('paste', { bubbles: true, cancelable: true });
  Object.assign(event, {
    clipboardData: { getData: () => data.text ?? '', files: data.files ?? [] },
  });
  field().dispatchEvent(event);
  return event;
}

async function ask(text: string): Promise<void> {
  type(text);
  press('Enter');
  await settle();
}

describe('the draft', () => {
  it('stands in the field when the conversation is opened', async () => {
    kept = { ...kept, text: 'half a thought' };
    await open();
    expect(field().value).toBe('half a thought');
  });

  it('is gone at once with a question that is taken, and back with one that is not', async () => {
    await open();
    type('one');
    press('Enter');
    expect(field().value).toBe('');
    await settle();
    props.running = false;
    props.taken = false;
    await ask('two');
    expect(field().value).toBe('two');
    expect(props.sent.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('says quietly that it is not kept, and loses nothing', async () => {
    await open();
    host.answers.draft_save = () => {
      throw new ApiError('disk_full', 'full');
    };
    type('precious');
    field().dispatchEvent(new FocusEvent('blur'));
    await settle();
    expect(page()).toContain('Not saved yet');
    expect(field().value).toBe('precious');
  });
});

describe('questions while an answer runs', () => {
  it('wait in order, and leave one after the other with their own names', async () => {
    await open();
    await ask('first');
    await ask('second');
    await ask('third');
    expect(rows()).toEqual(['second', 'third']);
    expect(props.sent).toHaveLength(1);
    props.running = false;
    await settle();
    expect(rows()).toEqual(['third']);
    expect(props.sent[1]?.text).toBe('second');
    expect(props.sent[1]?.clientId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('stay after a fault until the person goes on', async () => {
    await open();
    await ask('first');
    await ask('second');
    props.failed = true;
    props.running = false;
    await settle();
    expect(rows()).toEqual(['second']);
    expect(page()).toContain('The last answer failed');
    button('Continue')?.click();
    await settle();
    expect(props.sent.map(({ text }) => text)).toEqual(['first', 'second']);
  });

  it('stay where one of them is not taken, and none is lost', async () => {
    await open();
    await ask('first');
    await ask('second');
    props.taken = false;
    props.running = false;
    await settle();
    expect(rows()).toEqual(['second']);
    expect(props.sent).toHaveLength(2);
  });

  it('from before the program ended wait for a word', async () => {
    const question = { client_id: crypto.randomUUID(), text: 'kept', attachments: [] };
    kept = { ...kept, queue: [question] };
    await open();
    expect(props.sent).toEqual([]);
    expect(page()).toContain('were not sent yet');
    button('Continue')?.click();
    await settle();
    expect(props.sent[0]).toMatchObject({ text: 'kept', clientId: question.client_id });
  });

  it('are put in order, changed and taken away by the keyboard, with a way back', async () => {
    await open();
    await ask('first');
    await ask('a');
    await ask('b');
    const row = (at: number) => document.querySelectorAll('.queue .words')[at]!;
    press('ArrowDown', { altKey: true }, row(0));
    expect(rows()).toEqual(['b', 'a']);
    press('Delete', {}, row(0));
    expect(rows()).toEqual(['a']);
    toasts.list.at(-1)?.action?.run();
    flushSync();
    expect(rows()).toEqual(['b', 'a']);
    (row(1) as HTMLElement).click();
    flushSync();
    const edit = document.querySelector<HTMLTextAreaElement>('.queue textarea')!;
    edit.value = 'changed';
    edit.dispatchEvent(new InputEvent('input', { bubbles: true }));
    press('Enter', {}, edit);
    expect(rows()).toEqual(['b', 'changed']);
  });
});

describe('files', () => {
  it('that are pasted become chips and go with the question', async () => {
    await open();
    expect(paste({ files: [fileOf('notes.md', '# Notes')] }).defaultPrevented).toBe(true);
    await settle();
    expect(document.querySelector('.chip')?.textContent).toContain('notes.md');
    await ask('');
    expect(props.sent[0]?.attachments).toMatchObject([{ name: 'notes.md' }]);
    expect(document.querySelector('.chip')).toBeNull();
  });

  it('that are dropped are taken, and those that nobody reads are refused with a reason', async () => {
    host.answers.attachment_read = () => {
      throw new ApiError('document_unsupported', 'a picture');
    };
    await open();
    const files = [fileOf('photo.png', new Uint8Array([0x89, 0, 0])), fileOf('a.txt', 'text')];
    models.others?.({ phase: 'drop', paths: [], names: [], files });
    await settle();
    expect(document.querySelectorAll('.chip')).toHaveLength(1);
    expect(toasts.list.map(({ text }) => text).join()).toContain('“photo.png” could not be taken');
  });

  it('are taken away with a way back', async () => {
    await open();
    paste({ files: [fileOf('a.txt', 'text')] });
    await settle();
    button('Remove a.txt')?.click();
    flushSync();
    expect(draftOf(null).attachments).toEqual([]);
    toasts.list.at(-1)?.action?.run();
    expect(draftOf(null).attachments).toHaveLength(1);
  });

  it('that the program does not take stay, can be tried again, and hold the question', async () => {
    await open();
    const take = host.answers.attachment_add!;
    host.answers.attachment_add = () => {
      throw new ApiError('disk_full', 'full');
    };
    paste({ files: [fileOf('a.txt', 'text')] });
    await settle();
    await ask('with it');
    expect(props.sent).toEqual([]);
    expect(field().value).toBe('with it');
    host.answers.attachment_add = take;
    button('Try a.txt again')?.click();
    await settle();
    press('Enter');
    expect(props.sent[0]?.attachments).toHaveLength(1);
  });

  it('are made of a large paste only when the person says so, and back', async () => {
    await open();
    const text = 'a line\n'.repeat(100);
    paste({ text });
    type(text);
    expect(page()).toContain('You pasted 101 lines');
    expect(field().value).toBe(text);
    button('Attach instead')?.click();
    await settle();
    expect(field().value).toBe('');
    expect(document.querySelector('.chip')?.textContent).toContain('Pasted text.txt');
    toasts.list.at(-1)?.action?.run();
    await settle();
    expect(field().value).toBe(text);
    expect(document.querySelector('.chip')).toBeNull();
  });
});

describe('the list after a slash', () => {
  it('names its marked row to the field, and puts the prompt in with its first place marked', async () => {
    await open();
    type('/');
    await settle();
    expect(options().length).toBeGreaterThanOrEqual(PROMPTS.length);
    type('/let');
    await settle();
    const active = field().getAttribute('aria-activedescendant');
    expect(document.getElementById(active ?? '')?.textContent).toContain('/letter');
    expect(press('Enter').defaultPrevented).toBe(true);
    const chosen = () => field().value.slice(field().selectionStart, field().selectionEnd);
    expect([field().value, chosen()]).toEqual([PROMPTS[0]!.text, '{{tone}}']);
    press('Tab');
    expect(chosen()).toBe('{{to}}');
    press('Tab', { shiftKey: true });
    expect(chosen()).toBe('{{tone}}');
    expect(props.sent).toEqual([]);
    press('Escape');
    expect(press('Tab').defaultPrevented).toBe(false);
  });

  it('runs what can be done, and takes the word out', async () => {
    let runs = 0;
    const off = registerIntent({ id: 'x', label: () => 'Zebra', group: 'go', run: () => runs++ });
    await open();
    type('/zeb');
    await settle();
    press('Enter');
    off();
    expect([runs, field().value]).toEqual([1, '']);
  });

  it('closes on Escape and stays closed, and a text that only looks like it is sent', async () => {
    await open();
    type('/le');
    await settle();
    expect(press('Escape').defaultPrevented).toBe(true);
    type('/let');
    await settle();
    expect(options()).toEqual([]);
    await ask('/etc/hosts is what?');
    expect(props.sent[0]?.text).toBe('/etc/hosts is what?');
  });
});

describe('the arrows', () => {
  it('change the last question in the empty field, and do nothing in a written one', async () => {
    await open();
    expect(press('ArrowUp').defaultPrevented).toBe(true);
    expect(props.edits).toBe(1);
    type('text');
    expect(press('ArrowUp').defaultPrevented).toBe(false);
    expect(props.edits).toBe(1);
  });

  it('with Alt walk through what was asked, and come back to what was written', async () => {
    await open();
    type('mine');
    press('ArrowUp', { altKey: true });
    await settle();
    expect(field().value).toBe('newest');
    press('ArrowUp');
    await settle();
    expect(field().value).toBe('older');
    press('ArrowDown', { altKey: true });
    press('ArrowDown', { altKey: true });
    await settle();
    expect(field().value).toBe('mine');
  });
});

describe('the context', () => {
  it('is not shown while the model is cold', async () => {
    await open();
    type('hello');
    await new Promise((done) => setTimeout(done, 450));
    expect(host.called('context_measure')).toEqual([]);
    expect(document.querySelector('.gauge')).toBeNull();
  });

  it('is counted a moment after the last key, and warns when it is nearly full', async () => {
    engine.state = engineState('ready');
    await open();
    type('hel');
    type('hello');
    await new Promise((done) => setTimeout(done, 500));
    flushSync();
    expect(host.called('context_measure')).toEqual([{ text: 'hello', attachments: [] }]);
    expect(page()).toContain('90% full');
    document.querySelector<HTMLElement>('.gauge button')?.click();
    flushSync();
    expect(document.querySelector('#context-parts')?.textContent).toContain('700');
    press('Escape', {}, document.querySelector('.gauge button')!);
    expect(document.querySelector('#context-parts')).toBeNull();
  });
});

describe('the field', () => {
  it('leaves Shift+Enter and the input method alone', async () => {
    await open();
    type('あ');
    expect(press('Enter', { shiftKey: true }).defaultPrevented).toBe(false);
    press('Enter', { isComposing: true });
    field().dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    press('Enter');
    expect(props.sent).toEqual([]);
    press('Enter');
    expect(props.sent).toHaveLength(1);
  });
});

describe('questions that wait in a conversation that is left', () => {
  const view = (generation: string | null, status = 'complete') => ({
    conversation: { id: 'c1' },
    messages: [{ id: 'a', status }],
    earlier: 0,
    versions: [],
    sources: [],
    generation,
  });

  async function leaveWith(question: string): Promise<void> {
    props.draftKey = 'c1';
    await open();
    await ask('first');
    await ask(question);
    await clear();
  }

  it('are sent when its answer is over, by their own names', async () => {
    let now = view('g1');
    host.answers.conversation_get = () => now;
    host.answers.chat_send = () => ({});
    await leaveWith('second');
    invalidate(['messages']);
    await settle();
    expect(host.called('chat_send')).toEqual([]);
    now = view(null);
    invalidate(['messages']);
    await settle();
    expect(host.called('chat_send')).toMatchObject([{ conversation: 'c1', text: 'second' }]);
    expect(draftOf('c1').queue).toEqual([]);
  });

  it('stay where that answer failed', async () => {
    host.answers.conversation_get = () => view(null, 'failed');
    await leaveWith('second');
    invalidate(['messages']);
    await settle();
    expect(draftOf('c1').queue).toHaveLength(1);
    expect(draftOf('c1').pause).toBe('failed');
  });

  it('are not sent by the page before it knows of the answer that is being written', async () => {
    host.answers.conversation_get = () => view('g1');
    await leaveWith('second');
    props.running = false;
    await open();
    expect(props.sent.map(({ text }) => text)).toEqual(['first']);
    expect(rows()).toEqual(['second']);
  });
});

describe('a document', () => {
  const pdf = () => fileOf('lease.pdf', new Uint8Array([0x25, 0x50, 0x44, 0x46, 0, 1]));
  const read = { id: 'd1', name: 'lease.pdf', bytes: 9_000, lines: 200, pages: 12 };

  it('that is no text is read by the program and goes with the question', async () => {
    host.answers.attachment_read = ({ content }: { content: string }) => {
      expect(atob(content)).toHaveLength(6);
      return read;
    };
    await open();
    paste({ files: [pdf()] });
    await settle();
    expect(document.querySelector('.chip')?.textContent).toContain('12 pages');
    await ask('When does it end?');
    expect(props.sent[0]?.attachments).toEqual([read]);
  });

  it('that is locked asks for its password and is read with it', async () => {
    host.answers.attachment_read = ({ password }: { password?: string }) => {
      if (password === 'sesame') return read;
      throw new ApiError('document_password', 'locked');
    };
    await open();
    paste({ files: [pdf()] });
    await settle();
    const entry = document.querySelector<HTMLInputElement>('.chip input[type="password"]');
    entry!.value = 'sesame';
    press('Enter', {}, entry!);
    await settle();
    expect(document.querySelector('.chip.failed')).toBeNull();
    expect(document.querySelector('.chip')?.textContent).toContain('12 pages');
    expect(props.sent).toEqual([]);
  });

  it('that has no text is refused with the reason, and one that was not taken stays', async () => {
    host.answers.attachment_read = () => {
      throw new ApiError('document_no_text', 'pictures');
    };
    await open();
    paste({ files: [pdf()] });
    await settle();
    expect(document.querySelector('.chip')).toBeNull();
    expect(toasts.list.map(({ text }) => text).join()).toContain('“lease.pdf” could not be taken');
    host.answers.attachment_read = () => {
      throw new ApiError('disk_full', 'full');
    };
    paste({ files: [pdf()] });
    await settle();
    expect(document.querySelector('.chip.failed')).not.toBeNull();
    button('Remove lease.pdf')?.click();
    await settle();
    expect(document.querySelector('.chip')).toBeNull();
  });
});

describe('the list after an @', () => {
  beforeEach(() => {
    const { handlers } = libraryFor('library');
    Object.assign(host.answers, handlers);
  });

  it('opens where a word begins and offers documents, folders, tags and collections', async () => {
    await open();
    type('Write to kim@con');
    await settle();
    expect(options()).toHaveLength(0);
    type('What do @rent');
    await settle();
    const found = options().map((one) => one.textContent.trim());
    expect(found[0]).toBe('#rent');
    expect(found[1]).toContain('2026-03-02 rent.md');
  });

  it('takes the word out of the text and asks what was chosen', async () => {
    await open();
    type('What do @contr');
    await settle();
    press('Enter');
    await settle();
    expect(field().value).toBe('What do ');
    expect(asking.collections).toHaveLength(1);
    expect(button('Ask without “Contracts”')).toBeDefined();
    type('What do @letters');
    await settle();
    press('Tab');
    await settle();
    expect(asking.parts).toMatchObject([{ kind: 'folder', place: 'letters' }]);
    button('Ask without “Contracts”')?.click();
    await settle();
    expect(asking.collections).toEqual([]);
  });
});
