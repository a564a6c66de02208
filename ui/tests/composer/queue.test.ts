// Questions that wait for the answer before them.
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { draftOf } from '../../src/features/thread/composer/drafts';
import { invalidate } from '../../src/lib/state';
import { asking } from '../../src/lib/state/asking.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { clear, settle } from '../thread/page';
import { Bench, ask, button, page, press, rows } from './bench';

const at = new Bench();

describe('questions while an answer runs', () => {
  it('wait in order, and leave one after the other with their own names', async () => {
    await at.open();
    await ask('first');
    await ask('second');
    await ask('third');
    expect(rows()).toEqual(['second', 'third']);
    expect(at.props.sent).toHaveLength(1);
    at.props.running = false;
    await settle();
    expect(rows()).toEqual(['third']);
    expect(at.props.sent[1]?.text).toBe('second');
    expect(at.props.sent[1]?.clientId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are asked of what was named when they were written', async () => {
    await at.open();
    await ask('first');
    asking.only({ name: '#rent', part: { kind: 'tag', tag: 'rent' } }, true);
    await ask('second');
    expect(asking.everything).toBe(false);
    asking.all = [];
    await ask('third');
    at.props.running = false;
    await settle();
    at.props.running = false;
    await settle();
    expect(at.props.sent.map(({ of }) => of)).toEqual([
      undefined,
      { collections: [], parts: [{ kind: 'tag', tag: 'rent' }], everything: true },
      { collections: [], parts: [], everything: false },
    ]);
  });

  it('stay after a fault until the person goes on', async () => {
    await at.open();
    await ask('first');
    await ask('second');
    at.props.failed = true;
    at.props.running = false;
    await settle();
    expect(rows()).toEqual(['second']);
    expect(page()).toContain('The last answer failed');
    button('Continue')?.click();
    await settle();
    expect(at.props.sent.map(({ text }) => text)).toEqual(['first', 'second']);
  });

  it('stay where one of them is not taken, and none is lost', async () => {
    await at.open();
    await ask('first');
    await ask('second');
    at.props.taken = false;
    at.props.running = false;
    await settle();
    expect(rows()).toEqual(['second']);
    expect(at.props.sent).toHaveLength(2);
  });

  it('from before the program ended wait for a word', async () => {
    const of = { collections: [], parts: [], everything: false };
    const question = { client_id: crypto.randomUUID(), text: 'kept', attachments: [], of };
    at.kept = { ...at.kept, queue: [question] };
    await at.open();
    expect(at.props.sent).toEqual([]);
    expect(page()).toContain('were not sent yet');
    button('Continue')?.click();
    await settle();
    expect(at.props.sent[0]).toMatchObject({ text: 'kept', clientId: question.client_id });
  });

  it('are put in order, changed and taken away by the keyboard, with a way back', async () => {
    await at.open();
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

describe('questions that wait in a conversation that is left', () => {
  const view = (generation: string | null, status = 'complete') => ({
    conversation: { id: 'c1' },
    messages: [{ id: 'a', status }],
    earlier: 0,
    versions: [],
    sources: [],
    asked: [],
    generation,
  });

  async function leaveWith(question: string): Promise<void> {
    at.props.draftKey = 'c1';
    await at.open();
    await ask('first');
    await ask(question);
    await clear();
  }

  it('are sent when its answer is over, by their own names', async () => {
    let now = view('g1');
    at.host.answers.conversation_get = () => now;
    at.host.answers.chat_send = () => ({});
    await leaveWith('second');
    invalidate(['messages']);
    await settle();
    expect(at.host.called('chat_send')).toEqual([]);
    now = view(null);
    invalidate(['messages']);
    await settle();
    expect(at.host.called('chat_send')).toMatchObject([{ conversation: 'c1', text: 'second' }]);
    expect(draftOf('c1').queue).toEqual([]);
  });

  it('take with them what they are asked of', async () => {
    at.host.answers.conversation_get = () => view(null);
    at.host.answers.chat_send = () => ({});
    asking.all = [{ name: '#rent', part: { kind: 'tag', tag: 'rent' } }];
    await leaveWith('second');
    asking.all = [];
    invalidate(['messages']);
    await settle();
    const parts = [{ kind: 'tag', tag: 'rent' }];
    expect(at.host.called('chat_send')).toMatchObject([{ text: 'second', parts }]);
  });

  it('stay where that answer failed', async () => {
    at.host.answers.conversation_get = () => view(null, 'failed');
    await leaveWith('second');
    invalidate(['messages']);
    await settle();
    expect(draftOf('c1').queue).toHaveLength(1);
    expect(draftOf('c1').pause).toBe('failed');
  });

  it('are not sent by the page before it knows of the answer that is being written', async () => {
    at.host.answers.conversation_get = () => view('g1');
    await leaveWith('second');
    at.props.running = false;
    await at.open();
    expect(at.props.sent.map(({ text }) => text)).toEqual(['first']);
    expect(rows()).toEqual(['second']);
  });
});
