// A conversation of which only the end is loaded: what comes before, the beginning, jumps.
import { flushSync } from 'svelte';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Thread } from '../../src/features/thread';
import { forgetDrafts } from '../../src/features/thread/composer/drafts';
import { piecesOf } from '../../src/features/thread/pieces';
import { ApiError } from '../../src/lib/host';
import { navigation } from '../../src/lib/state';
import { forgetAll, invalidate } from '../../src/lib/state/query.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { Disk, ID, message, talk } from './disk';
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
  navigation.target = null;
  vi.useRealTimers();
});

async function open(turns: number): Promise<void> {
  disk = new Disk(talk(turns));
  host.answers = disk.answers;
  show(Thread, { conversation: ID });
  await settle();
}

const shown = () =>
  [...document.querySelectorAll<HTMLElement>('[data-message]')].map((one) => one.dataset.message);
const log = () => document.querySelector<HTMLElement>('[role="log"]')!;
const gets = () => host.called('conversation_get').slice(1);

/** jsdom has no layout: what the page would measure. */
function scrollTo(top: number): void {
  const sizes = { clientHeight: 500, scrollHeight: 20_000 };
  for (const [name, value] of Object.entries(sizes)) {
    Object.defineProperty(log(), name, { configurable: true, value });
  }
  log().scrollTop = top;
  log().dispatchEvent(new Event('scroll'));
}

describe('a long conversation', () => {
  it('is opened at its end, and tells how much comes before', async () => {
    await open(100);
    expect(shown()).toHaveLength(60);
    expect(shown().at(-1)).toBe('a100');
    expect(document.querySelector('[data-earlier]')?.textContent).toContain('140 earlier messages');
  });

  it('loads what comes before when its top is near, each message once', async () => {
    await open(100);
    const elements = [...document.querySelectorAll('[data-message]')];
    scrollTo(1_400);
    scrollTo(1_300);
    await settle();
    expect(gets()).toEqual([{ id: ID, before: 'q71', limit: 120 }]);
    expect(shown()).toHaveLength(180);
    expect(new Set(shown()).size).toBe(180);
    // What was there is the same on the page.
    expect([...document.querySelectorAll('[data-message]')].slice(-60)).toEqual(elements);
    scrollTo(1_000);
    await settle();
    expect(shown()).toHaveLength(200);
    expect(document.querySelector('[data-earlier]')).toBeNull();
  });

  it('loads nothing while its top is far', async () => {
    await open(100);
    scrollTo(15_000);
    await settle();
    expect(gets()).toEqual([]);
  });

  it('goes to its beginning by the Home key, loading all on the way', async () => {
    await open(1_000);
    log().dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Home', bubbles: true, cancelable: true }),
    );
    await vi.waitFor(
      () => {
        expect(shown()).toHaveLength(2_000);
      },
      { timeout: 20_000 },
    );
    expect(shown()[0]).toBe('q1');
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(log());
    });
  }, 30_000);

  it('says that what comes before could not be loaded, and tries again', async () => {
    await open(100);
    const working = host.answers.conversation_get!;
    host.answers.conversation_get = () => {
      throw new ApiError('unreachable', 'gone');
    };
    scrollTo(100);
    await settle();
    const line = document.querySelector('[data-earlier]');
    host.answers.conversation_get = working;
    line?.querySelector('button')?.click();
    await settle();
    expect(shown()).toHaveLength(180);
  });

  it('keeps what was loaded when something is said at its end', async () => {
    await open(100);
    scrollTo(100);
    await settle();
    disk.messages.push(message('q101', 'a100'), message('a101', 'q101'));
    disk.conversation = { ...disk.conversation, head: 'a101' };
    invalidate(['messages']);
    await settle();
    expect(shown()).toHaveLength(182);
    expect(shown().slice(-2)).toEqual(['q101', 'a101']);
  });

  it('shows what another window changed, also above the end', async () => {
    await open(100);
    scrollTo(100);
    await settle();
    disk.write('a20', { content: 'Changed elsewhere' });
    invalidate(['messages']);
    await settle();
    expect(document.querySelector('[data-message="a20"]')?.textContent).toContain(
      'Changed elsewhere',
    );
  });

  it('draws far messages as text alone, with all of their words', async () => {
    await open(100);
    const far = document.querySelector('[data-message="a71"]');
    expect(far?.textContent).toContain('text of a71');
    expect(far?.querySelectorAll('button')).toHaveLength(0);
    const near = document.querySelector('[data-message="a100"]');
    expect(near?.querySelectorAll('button').length).toBeGreaterThan(1);
  });
});

describe('a jump to a message', () => {
  it('loads up to it, points it out for two seconds, and gives it the focus', async () => {
    await open(100);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    navigation.target = 'q5';
    flushSync();
    await vi.advanceTimersByTimeAsync(300);
    expect(gets()[0]).toEqual({ id: ID, from: 'q5' });
    const element = document.querySelector<HTMLElement>('[data-message="q5"]');
    expect(document.activeElement).toBe(element);
    expect(element?.classList.contains('marked')).toBe(true);
    expect(navigation.target).toBeNull();
    await vi.advanceTimersByTimeAsync(2_100);
    flushSync();
    expect(element?.isConnected).toBe(true);
    expect(element?.classList.contains('marked')).toBe(false);
  });

  it('switches to the branch that the message is on', async () => {
    await open(2);
    disk.messages.push(message('q2b', 'a1'), message('a2b', 'q2b'));
    navigation.target = 'q2b';
    flushSync();
    await settle();
    await settle();
    expect(host.called('conversation_select')).toEqual([{ id: ID, head: 'q2b' }]);
    expect(shown()).toEqual(['q1', 'a1', 'q2b', 'a2b']);
    expect((document.activeElement as HTMLElement).dataset.message).toBe('q2b');
  });

  it('to one that is gone says so', async () => {
    await open(2);
    host.answers.conversation_select = () => {
      throw new ApiError('message_not_found', 'gone');
    };
    navigation.target = 'deleted';
    flushSync();
    await settle();
    await settle();
    expect(toasts.list.at(-1)?.text).toContain('no longer there');
    expect(shown()).toEqual(['q1', 'a1', 'q2', 'a2']);
  });
});

describe('a text of 5 MB', () => {
  it('is cut into pieces that lose nothing', () => {
    const lines = 'a line of words\n'.repeat(300_000);
    const pieces = piecesOf(lines);
    expect(pieces.length).toBeGreaterThan(200);
    expect(pieces.join('\n')).toBe(lines);
    const one = `${'x'.repeat(16_383)}🙂${'y'.repeat(5_000_000)}`;
    expect(piecesOf(one).join('')).toBe(one);
    expect(piecesOf(one).every((piece) => piece.isWellFormed())).toBe(true);
  });
});
