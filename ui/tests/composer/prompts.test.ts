// The saved prompts: made, changed, deleted with a way back; faults are said at the field.
import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Prompts } from '../../src/features/prompts';
import { forgetAll } from '../../src/lib/state/query.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { WrittenStore } from '../mock/writing';
import { clear, preparePage, settle, show, testHost, type TestHost } from '../thread/page';

let host: TestHost;
let store: WrittenStore;

beforeAll(preparePage);
beforeEach(async () => {
  forgetAll();
  store = new WrittenStore();
  host = await testHost();
  host.answers = store.handlers;
  show(Prompts, {});
  await settle();
});
afterEach(clear);

const names = () => [...document.querySelectorAll('p.name')].map((one) => one.textContent);
const button = (name: string) =>
  [...document.querySelectorAll('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === name,
  )!;

function write(selector: string, text: string): void {
  const field = document.querySelector<HTMLInputElement>(selector)!;
  field.value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  flushSync();
}

async function click(name: string): Promise<void> {
  button(name).click();
  await settle();
}

describe('saved prompts', () => {
  it('are made with the slash that was typed out of habit left away', async () => {
    await click('New prompt');
    expect(document.activeElement?.tagName).toBe('INPUT');
    write('input', '/zusammenfassen');
    write('textarea', 'Fasse zusammen: {{text}}');
    await click('Save');
    expect(names()).toContain('/zusammenfassen');
    expect(document.querySelector('form')).toBeNull();
  });

  it('are not saved under a wrong or taken name, and the field says why', async () => {
    await click('New prompt');
    write('input', 'letter');
    expect(document.body.textContent).toContain('There is a prompt of this name already');
    write('textarea', 'x');
    await click('Save');
    write('input', 'two words');
    expect(document.querySelector('input')?.getAttribute('aria-invalid')).toBe('true');
    await click('Save');
    expect(host.called('prompt_create')).toEqual([]);
  });

  it('are changed in their place', async () => {
    await click('Change letter');
    write('input', 'brief');
    await click('Save');
    expect(names()).toEqual(['/brief', '/shorter', '/translate']);
  });

  it('are deleted with a way back', async () => {
    await click('Delete shorter');
    expect(names()).toEqual(['/letter', '/translate']);
    toasts.list.at(-1)?.action?.run();
    await settle();
    expect(names()).toEqual(['/letter', '/shorter', '/translate']);
  });
});
