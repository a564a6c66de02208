// The composer on a page of its own, with a program that keeps its draft, and how a person uses it.
import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import Composer from '../../src/features/thread/composer/Composer.svelte';
import { forgetDrafts } from '../../src/features/thread/composer/drafts';
import type { Draft as KeptDraft, DraftChange } from '../../src/lib/api';
import { engine } from '../../src/lib/state';
import { asking } from '../../src/lib/state/asking.svelte';
import { forgetAll } from '../../src/lib/state/query.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { NOTHING, PROMPTS } from '../mock/writing';
import { clear, preparePage, settle, show, testHost, type TestHost } from '../thread/page';
import { composerProps } from './props.svelte';

const EMPTY: KeptDraft = { text: '', attachments: [], queue: [] };

/** What one test works with, made anew for each. */
export class Bench {
  host!: TestHost;
  kept = EMPTY;
  props!: ReturnType<typeof composerProps>;

  constructor() {
    beforeAll(() => {
      preparePage();
      Element.prototype.scrollIntoView = () => undefined;
    });
    beforeEach(async () => {
      forgetAll();
      forgetDrafts();
      engine.state = { state: 'empty' };
      asking.all = [];
      asking.everything = false;
      this.kept = EMPTY;
      this.host = await testHost();
      this.host.answers = this.#answers();
      this.props = composerProps();
    });
    afterEach(async () => {
      await clear();
      for (const toast of toasts.list) toasts.dismiss(toast.id);
    });
  }

  async open(): Promise<void> {
    show(Composer, this.props);
    await settle();
  }

  #answers(): TestHost['answers'] {
    return {
      draft_get: () => structuredClone(this.kept),
      draft_save: ({ text, queue }: DraftChange) => {
        const waiting = queue.map((one) => ({ of: NOTHING, ...one, attachments: [] }));
        this.kept = { ...this.kept, text, queue: waiting };
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
  }
}

export const field = () => document.querySelector<HTMLTextAreaElement>('.composer textarea')!;
export const page = () => document.body.textContent;
export const button = (name: string) =>
  [...document.querySelectorAll('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === name,
  );
export const options = () => [...document.querySelectorAll('[role="option"]')];
export const rows = () =>
  [...document.querySelectorAll('.queue .text')].map((one) => one.textContent.trim());

export function type(text: string): void {
  field().value = text;
  field().setSelectionRange(text.length, text.length);
  field().dispatchEvent(new InputEvent('input', { bubbles: true }));
  flushSync();
}

export function press(
  key: string,
  values: KeyboardEventInit = {},
  at: Element = field(),
): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...values });
  at.dispatchEvent(event);
  flushSync();
  return event;
}

export function paste(data: { text?: string; files?: File[] }): Event {
  const event = new Event('paste', { bubbles: true, cancelable: true });
  Object.assign(event, {
    clipboardData: { getData: () => data.text ?? '', files: data.files ?? [] },
  });
  field().dispatchEvent(event);
  return event;
}

export async function ask(text: string): Promise<void> {
  type(text);
  press('Enter');
  await settle();
}
