// A draft and the program that keeps it: nothing is lost, nothing of another window is overwritten
// unseen.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Draft as KeptDraft } from '../../src/lib/api';
import { ApiError } from '../../src/lib/host';
import { invalidate } from '../../src/lib/state/query.svelte';
import { Draft, restored } from '../../src/features/thread/composer/draft.svelte';
import { draftOf, forgetDrafts, moveDraft } from '../../src/features/thread/composer/drafts';
import { testHost, type TestHost } from '../thread/page';

const EMPTY: KeptDraft = { text: '', attachments: [], queue: [] };
const FILE = { id: 'f1', name: 'a.txt', bytes: 3, lines: 1, pages: 0 };

let host: TestHost;
let kept: KeptDraft;
let refusing: string | null;

beforeEach(async () => {
  vi.useFakeTimers();
  forgetDrafts();
  kept = EMPTY;
  refusing = null;
  host = await testHost();
  host.answers = {
    draft_get: () => {
      if (refusing !== null) throw new ApiError(refusing as 'disk_full', 'no');
      return kept;
    },
    draft_save: ({ text }: { text: string }) => {
      if (refusing !== null) throw new ApiError(refusing as 'disk_full', 'no');
      kept = { ...kept, text };
      return {};
    },
  };
});
afterEach(() => {
  vi.useRealTimers();
});

const wait = (time: number) => vi.advanceTimersByTimeAsync(time);
const saved = () => host.called('draft_save') as { text: string; conversation: string | null }[];

async function opened(key: string | null = 'c'): Promise<Draft> {
  const draft = draftOf(key);
  await draft.refresh();
  return draft;
}

describe('a draft', () => {
  it('is kept at once where the window goes, and says whether that was done', async () => {
    const draft = await opened();
    draft.text = 'a';
    expect(await draft.settle()).toBe(true);
    expect(saved()).toHaveLength(1);
    refusing = 'disk_full';
    draft.text = 'ab';
    const settled = draft.settle();
    await wait(1_000);
    expect(await settled).toBe(false);
  });

  it('is kept a moment after the last key, once', async () => {
    const draft = await opened();
    draft.text = 'h';
    await wait(200);
    draft.text = 'ha';
    await wait(200);
    expect(saved()).toEqual([]);
    await wait(150);
    expect(saved()).toMatchObject([{ conversation: 'c', text: 'ha', queue: [], attachments: [] }]);
  });

  it('is kept at once where the page is left', async () => {
    const draft = await opened();
    draft.text = 'now';
    draft.flush();
    await wait(0);
    expect(saved()).toHaveLength(1);
  });

  it('keeps what was typed before the kept one was read, behind it', async () => {
    kept = { ...EMPTY, text: 'yesterday' };
    const draft = draftOf('c');
    draft.text = 'today';
    await wait(400);
    expect(draft.text).toBe('yesterday\n\ntoday');
    expect(saved().at(-1)?.text).toBe('yesterday\n\ntoday');
  });

  it('stays while the storage fails, says so, and is kept once it works again', async () => {
    const draft = await opened();
    refusing = 'disk_full';
    draft.text = 'precious';
    await wait(400);
    expect([draft.unkept, draft.text]).toEqual([true, 'precious']);
    refusing = null;
    await wait(1_100);
    expect([draft.unkept, kept.text]).toEqual([false, 'precious']);
  });

  it('of a conversation that is gone is not tried for ever', async () => {
    const draft = await opened();
    refusing = 'conversation_not_found';
    draft.text = 'late';
    await wait(60_000);
    expect(saved()).toHaveLength(1);
    expect([draft.unkept, draft.text]).toEqual([false, 'late']);
  });

  it('takes the newer text of another window only where nothing waits here', async () => {
    const draft = await opened();
    kept = { ...EMPTY, text: 'from there' };
    draft.text = 'from here';
    await draft.refresh();
    expect(draft.text).toBe('from here');
    await wait(400);
    kept = { ...EMPTY, text: 'from there, later' };
    await draft.refresh();
    expect(draft.text).toBe('from there, later');
  });

  it('is not overwritten by an answer that was on its way while a key was pressed', async () => {
    const draft = await opened();
    kept = { ...EMPTY, text: 'old' };
    const reading = draft.refresh();
    draft.text = 'typed meanwhile';
    await reading;
    expect(draft.text).toBe('typed meanwhile');
  });
});

describe('a question on its way', () => {
  it('is still kept until it is accepted, and empty then', async () => {
    const draft = await opened();
    draft.text = 'What is it?';
    draft.attachments = [FILE];
    const sent = draft.begin();
    expect([draft.text, draft.attachments, sent.text]).toEqual(['', [], 'What is it?']);
    await wait(400);
    expect(saved().at(-1)).toMatchObject({ text: 'What is it?', attachments: ['f1'] });
    draft.accepted();
    await wait(0);
    expect(saved().at(-1)).toMatchObject({ text: '', attachments: [] });
  });

  it('comes back with its files before what was written since', async () => {
    const draft = await opened();
    draft.text = 'first';
    draft.attachments = [FILE];
    draft.begin();
    draft.text = 'second';
    draft.refused();
    expect(draft.text).toBe('first\n\nsecond');
    expect(draft.attachments).toEqual([FILE]);
  });

  it('gives the new conversation its name, and leaves no draft under the old one', async () => {
    const draft = await opened(null);
    draft.text = 'first';
    await wait(400);
    draft.begin();
    draft.text = 'and more';
    moveDraft(draft, 'made');
    draft.accepted();
    await wait(400);
    expect(draftOf('made')).toBe(draft);
    expect(draftOf(null).text).toBe('');
    const last = (key: string | null) => saved().findLast((one) => one.conversation === key)?.text;
    expect([last(null), last('made')]).toEqual(['', 'and more']);
  });

  it('follows what another window keeps, where it is shown or holds something', async () => {
    const shown = await opened('c');
    shown.shown = true;
    const other = await opened('d');
    const asked = host.called('draft_get').length;
    kept = { ...EMPTY, text: 'from the other window' };
    invalidate(['drafts']);
    await wait(0);
    expect(shown.text).toBe('from the other window');
    expect([other.text, host.called('draft_get').length - asked]).toEqual(['', 1]);
    // What is being written here is not given up for it.
    shown.text = 'mine';
    invalidate(['drafts']);
    await wait(0);
    expect(shown.text).toBe('mine');
  });

  it('joins texts without empty paragraphs', () => {
    expect(restored('sent', ' ')).toBe('sent');
    expect(restored('sent', 'more')).toBe('sent\n\nmore');
    expect(restored('', 'more')).toBe('more');
  });
});
