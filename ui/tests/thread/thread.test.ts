import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Thread } from '../../src/features/thread';
import { forgetDrafts } from '../../src/features/thread/composer/drafts';
import type { ChatEvent, Conversation, Message } from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';
import { navigation } from '../../src/lib/state';
import { noSampling } from '../../src/lib/state/beginning.svelte';
import { announcements } from '../../src/lib/state/announce.svelte';
import { forgetAll } from '../../src/lib/state/query.svelte';
import { clear, preparePage, settle, show, testHost, type TestHost } from './page';
import { threadProps } from './props.svelte';
import { scenes } from './scenes';
import { leafOf, viewOf, type Stretch } from './tree';

const ID = 'c1';
const CONVERSATION: Conversation = {
  id: ID,
  title: 'T',
  pinned: false,
  archived: false,
  folder: null,
  persona: null,
  instructions: null,
  model: null,
  sampling: noSampling(),
  head: 'a1',
  created: 0,
  updated: 0,
};

/** What the program has: the whole tree. */
interface Disk {
  conversation: Conversation;
  messages: Message[];
  generation: string | null;
}

let host: TestHost;
let view: Disk;

beforeAll(preparePage);
beforeEach(async () => {
  forgetAll();
  host = await testHost();
  const { messages } = scenes(ID, 'versions').view;
  view = { conversation: CONVERSATION, messages, generation: null };
  host.answers = {
    conversation_get: (wish: Stretch) =>
      structuredClone(viewOf(view.conversation, view.messages, view.generation, wish)),
    conversation_list: () => ({ items: [], next: null }),
    generation_cancel: () => ({}),
    draft_get: () => ({ text: '', attachments: [], queue: [] }),
    draft_save: () => ({}),
    input_history: () => [],
    prompt_list: () => [],
    context_measure: () => null,
    conversation_select: ({ head }: { head: string }) =>
      (view.conversation = { ...view.conversation, head: leafOf(view.messages, head) }),
  };
  navigation.conversation = null;
});
afterEach(async () => {
  await clear();
  forgetDrafts();
});

const field = () => document.querySelector('textarea')!;
const button = (name: string) =>
  document.querySelector<HTMLButtonElement>(`button[aria-label="${name}"]`);
const texts = (role: string) =>
  [...document.querySelectorAll(`[data-role="${role}"]`)].map((one) => one.textContent.trim());

function write(text: string, key: Partial<KeyboardEventInit> & { keyCode?: number } = {}): void {
  field().value = text;
  field().dispatchEvent(new InputEvent('input', { bubbles: true }));
  field().dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...key }),
  );
  flushSync();
}

/** An answer to `chat_send` that the test gives when it wants. */
function holdSend(): { take: () => Promise<void>; refuse: (error: ApiError) => Promise<void> } {
  let resolve: (answer: unknown) => void = () => undefined;
  let reject: (error: ApiError) => void = () => undefined;
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  host.answers.chat_send = () => promise;
  const request = () => host.called('chat_send')[0] as { text: string; parent?: string };
  return {
    async take() {
      const { text, parent = null } = request();
      const [question, answer] = scenes(ID, 'rich').view.messages;
      const made = [
        { ...question!, id: 'q9', parent, content: text },
        {
          ...answer!,
          id: 'a9',
          parent: 'q9',
          content: '',
          status: 'streaming' as const,
          timing: null,
        },
      ];
      view = {
        conversation: { ...CONVERSATION, head: 'a9' },
        messages: [...(parent === null ? [] : view.messages), ...made],
        generation: 'g9',
      };
      resolve({
        conversation: view.conversation,
        user_message: made[0],
        message_id: 'a9',
        generation: 'g9',
      });
      await settle();
    },
    async refuse(error) {
      reject(error);
      await settle();
    },
  };
}

const EVENTS: ChatEvent[] = [
  { type: 'started', message_id: 'a9' },
  { type: 'prompt_progress', done: 1204, total: 3000 },
  { type: 'delta', text: 'It is **Par', reasoning: '' },
  { type: 'delta', text: 'is**.', reasoning: '' },
  {
    type: 'finished',
    message_id: 'a9',
    reason: 'stop',
    status: 'complete',
    usage: { prompt_tokens: 3000, cached_tokens: 0, completion_tokens: 3 },
    timing: {
      queue_ms: 1,
      ttft_ms: 400,
      prefill_tokens_per_second: 100,
      tokens_per_second: 12.34,
      batch_width: 1,
      draft_proposed: 0,
      draft_accepted: 0,
      thinking_ms: 0,
    },
  },
];

async function tell(from: number, to: number): Promise<void> {
  host.send(
    'generation/g9',
    ...EVENTS.slice(from, to).map((event, at) => ({ seq: from + at, event })),
  );
  await settle();
}

function saved(text: string): void {
  view = {
    ...view,
    generation: null,
    messages: view.messages.map((message) =>
      message.id === 'a9' ? { ...message, content: text, status: 'complete' as const } : message,
    ),
  };
}

describe('a new conversation', () => {
  it('greets, and a suggestion only fills the field', async () => {
    show(Thread, { conversation: null });
    expect(document.body.textContent).toContain('What is on your mind?');
    document.querySelector<HTMLElement>('ul[aria-label] button')?.click();
    await settle();
    expect(field().value).not.toBe('');
    expect(host.called('chat_send')).toEqual([]);
  });

  it('shows the question and a phase before the program has answered', async () => {
    holdSend();
    show(Thread, { conversation: null });
    write('Where is Paris?');
    expect(texts('user')[0]).toContain('Where is Paris?');
    expect(document.querySelector('[data-phase]')?.textContent).toContain('Waiting');
    expect(button('Stop')).not.toBeNull();
    await settle();
    expect(field().value).toBe('');
  });

  it('keeps its elements from the question to the saved answer', async () => {
    const send = holdSend();
    const props = threadProps(null);
    show(Thread, props);
    write('Where is Paris?');
    const question = document.querySelector('[data-role="user"]');
    const answer = document.querySelector('[data-role="assistant"]');
    await send.take();
    expect(navigation.conversation).toBe(ID);
    props.conversation = navigation.conversation;
    flushSync();
    await tell(0, 2);
    expect(document.querySelector('[data-phase]')?.textContent).toContain('1,204 of 3,000');
    await tell(2, 3);
    expect(answer?.querySelector('strong')?.textContent).toBe('Par');
    const text = answer?.querySelector('.markdown');
    saved('It is **Paris**.');
    await tell(3, 5);
    expect(document.querySelector('[data-role="user"]')).toBe(question);
    expect(document.querySelector('[data-role="assistant"]')).toBe(answer);
    expect(answer?.querySelector('.markdown')).toBe(text);
    expect(answer?.querySelector('strong')?.textContent).toBe('Paris');
    expect(answer?.textContent).toContain('12.3 tokens/s');
    expect(document.querySelector('[data-phase]')).toBeNull();
    expect(announcements.status).toContain('Answer ready, 3 words');
  });

  it('gives the text back when it was not taken, and says why', async () => {
    const send = holdSend();
    show(Thread, { conversation: null });
    write('Keep me');
    await send.refuse(new ApiError('disk_full', 'full'));
    expect(field().value).toBe('Keep me');
    expect(texts('user')).toEqual([]);
    expect(document.querySelector('[data-failure="disk_full"]')).not.toBeNull();
    expect(announcements.alert).toContain('disk is full');
  });
});

describe('the stream of an answer', () => {
  async function sent(): Promise<void> {
    const send = holdSend();
    show(Thread, { conversation: ID });
    await settle();
    write('Where is Paris?');
    await send.take();
  }
  const answer = () => texts('assistant').at(-1);

  it('is read from its beginning, and doubles are dropped', async () => {
    await sent();
    expect(host.subscriptions.find(({ topic }) => topic === 'generation/g9')?.from).toBe(0);
    await tell(0, 3);
    await tell(1, 4);
    await tell(0, 4);
    expect(answer()).toContain('It is Paris.');
  });

  it('is opened again from the number that is missing', async () => {
    await sent();
    await tell(0, 2);
    await tell(3, 4);
    expect(answer()).not.toContain('is.');
    await vi.waitFor(() => {
      expect(host.subscriptions.filter(({ open }) => open).at(-1)?.from).toBe(2);
    });
    await tell(2, 4);
    expect(answer()).toContain('It is Paris.');
  });

  it('that is gone leaves the word to what was saved', async () => {
    await sent();
    await tell(0, 3);
    saved('It is **Lyon**, as saved.');
    host.subscriptions.at(-1)?.sink.onClosed(new ApiError('stream_not_found', 'gone'));
    await settle();
    await settle();
    expect(answer()).toContain('It is Lyon, as saved.');
    expect(document.querySelector('[data-failure]')).toBeNull();
  });

  it('is followed when an answer was begun before this was opened', async () => {
    view = { ...view, generation: 'g9', conversation: { ...CONVERSATION, head: 'a9' } };
    const [, made] = scenes(ID, 'rich').view.messages;
    view.messages = [
      ...view.messages,
      { ...made!, id: 'a9', content: 'half', status: 'streaming', timing: null },
    ];
    show(Thread, { conversation: ID });
    await settle();
    await tell(0, 4);
    expect(answer()).toContain('It is Paris.');
    expect(button('Stop')).not.toBeNull();
  });

  it('that fails keeps the text and offers another try', async () => {
    await sent();
    await tell(0, 4);
    host.send('generation/g9', {
      seq: 4,
      event: { type: 'failed', code: 'out_of_memory', message: '', trace_id: 't', saved: true },
    });
    await settle();
    expect(answer()).toContain('It is Paris.');
    expect(document.querySelector('[data-failure="out_of_memory"] button')).not.toBeNull();
  });
});

describe('stop', () => {
  it('works while the question is still being taken', async () => {
    const send = holdSend();
    show(Thread, { conversation: null });
    write('Stop me');
    button('Stop')?.click();
    flushSync();
    expect(document.querySelector('[data-phase]')?.textContent).toContain('Stopping');
    await send.take();
    expect(host.called('generation_cancel')).toEqual([{ generation: 'g9' }]);
  });

  it('works by Escape, once', async () => {
    const send = holdSend();
    show(Thread, { conversation: null });
    write('Stop me');
    await send.take();
    await tell(0, 2);
    for (let times = 0; times < 2; times += 1) {
      window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', cancelable: true }));
    }
    await settle();
    expect(host.called('generation_cancel')).toHaveLength(1);
  });
});

describe('versions', () => {
  it('are switched, and the program is told', async () => {
    show(Thread, { conversation: ID });
    await settle();
    expect(document.querySelector('.versions')?.textContent).toContain('1 / 2');
    button('Next version')?.click();
    await settle();
    expect(host.called('conversation_select')).toEqual([{ id: ID, head: 'a1b' }]);
    expect(texts('assistant')[0]).toContain('It moves warmth instead of making it.');
  });

  it('are made by answering again', async () => {
    host.answers.chat_regenerate = () => {
      const made = { ...view.messages[1]!, id: 'a9', content: '', status: 'streaming' as const };
      view = {
        conversation: { ...CONVERSATION, head: 'a9' },
        messages: [...view.messages, made],
        generation: 'g9',
      };
      return {
        conversation: view.conversation,
        user_message: view.messages[0],
        message_id: 'a9',
        generation: 'g9',
      };
    };
    show(Thread, { conversation: ID });
    await settle();
    button('Answer again')?.click();
    await settle();
    await tell(0, 4);
    expect(texts('assistant')).toHaveLength(1);
    expect(texts('assistant')[0]).toContain('It is Paris.');
    expect(host.called('chat_regenerate')).toEqual([{ message: 'a1' }]);
  });
});

describe('an end', () => {
  it('is told for each way of ending', async () => {
    const { view: ends, head } = scenes(ID, 'ends');
    view = { ...ends, conversation: { ...CONVERSATION, head } };
    show(Thread, { conversation: ID });
    await settle();
    const marks = [...document.querySelectorAll('[data-mark]')].map((one) => one.textContent);
    expect(marks).toHaveLength(4);
    expect(marks[0]).toContain('You stopped');
    expect(marks[1]).toContain('was closed');
  });
});

describe('for the ear', () => {
  it('the thread is a silent log, and there is no other live region in it', async () => {
    const root = show(Thread, { conversation: ID });
    await settle();
    const log = root.querySelector('[role="log"]');
    expect(log?.getAttribute('aria-live')).toBe('off');
    expect(
      root.querySelectorAll('[aria-live="polite"], [role="status"], [role="alert"]'),
    ).toHaveLength(0);
  });
});
