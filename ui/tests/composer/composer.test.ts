// The composer as a person writes in it: the draft, the lists, the keys, the context.
import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/lib/host';
import { engine } from '../../src/lib/state';
import { registerIntent } from '../../src/lib/state/intent.svelte';
import { engineState } from '../mock/data';
import { PROMPTS } from '../mock/writing';
import { settle } from '../thread/page';
import { Bench, ask, field, options, page, press, type } from './bench';

const at = new Bench();

describe('the draft', () => {
  it('stands in the field when the conversation is opened', async () => {
    at.kept = { ...at.kept, text: 'half a thought' };
    await at.open();
    expect(field().value).toBe('half a thought');
  });

  it('is gone at once with a question that is taken, and back with one that is not', async () => {
    await at.open();
    type('one');
    press('Enter');
    expect(field().value).toBe('');
    await settle();
    at.props.running = false;
    at.props.taken = false;
    await ask('two');
    expect(field().value).toBe('two');
    expect(at.props.sent.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('says quietly that it is not at.kept, and loses nothing', async () => {
    await at.open();
    at.host.answers.draft_save = () => {
      throw new ApiError('disk_full', 'full');
    };
    type('precious');
    field().dispatchEvent(new FocusEvent('blur'));
    await settle();
    expect(page()).toContain('Not saved yet');
    expect(field().value).toBe('precious');
  });
});

describe('the list after a slash', () => {
  it('names its marked row to the field, and puts the prompt in with its first place marked', async () => {
    await at.open();
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
    expect(at.props.sent).toEqual([]);
    press('Escape');
    expect(press('Tab').defaultPrevented).toBe(false);
  });

  it('runs what can be done, and takes the word out', async () => {
    let runs = 0;
    const off = registerIntent({ id: 'x', label: () => 'Zebra', group: 'go', run: () => runs++ });
    await at.open();
    type('/zeb');
    await settle();
    press('Enter');
    off();
    expect([runs, field().value]).toEqual([1, '']);
  });

  it('closes on Escape and stays closed, and a text that only looks like it is sent', async () => {
    await at.open();
    type('/le');
    await settle();
    expect(press('Escape').defaultPrevented).toBe(true);
    type('/let');
    await settle();
    expect(options()).toEqual([]);
    await ask('/etc/hosts is what?');
    expect(at.props.sent[0]?.text).toBe('/etc/hosts is what?');
  });
});

describe('the arrows', () => {
  it('change the last question in the empty field, and do nothing in a written one', async () => {
    await at.open();
    expect(press('ArrowUp').defaultPrevented).toBe(true);
    expect(at.props.edits).toBe(1);
    type('text');
    expect(press('ArrowUp').defaultPrevented).toBe(false);
    expect(at.props.edits).toBe(1);
  });

  it('with Alt walk through what was asked, and come back to what was written', async () => {
    await at.open();
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
    await at.open();
    type('hello');
    await new Promise((done) => setTimeout(done, 450));
    expect(at.host.called('context_measure')).toEqual([]);
    expect(document.querySelector('.gauge')).toBeNull();
  });

  it('is counted a moment after the last key, and warns when it is nearly full', async () => {
    engine.state = engineState('ready');
    await at.open();
    type('hel');
    type('hello');
    await new Promise((done) => setTimeout(done, 500));
    flushSync();
    expect(at.host.called('context_measure')).toEqual([{ text: 'hello', attachments: [] }]);
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
    await at.open();
    type('あ');
    expect(press('Enter', { shiftKey: true }).defaultPrevented).toBe(false);
    press('Enter', { isComposing: true });
    field().dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
    press('Enter');
    expect(at.props.sent).toEqual([]);
    press('Enter');
    expect(at.props.sent).toHaveLength(1);
  });
});
