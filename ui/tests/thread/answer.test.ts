// @vitest-environment node
import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../src/lib/api';
import { countWords, foldEvents, NEW_ANSWER, prefixOf } from '../../src/lib/answer/answer';

const delta = (text: string, reasoning = ''): ChatEvent => ({ type: 'delta', text, reasoning });
const FINISHED: ChatEvent = {
  type: 'finished',
  message_id: 'm',
  reason: 'stop',
  status: 'complete',
  usage: { prompt_tokens: 1, cached_tokens: 0, completion_tokens: 2 },
  timing: {
    queue_ms: 0,
    ttft_ms: 10,
    prefill_tokens_per_second: 1,
    tokens_per_second: 2,
    batch_width: 1,
    draft_proposed: 0,
    draft_accepted: 0,
    thinking_ms: 0,
  },
};
const FAILED: ChatEvent = {
  type: 'failed',
  code: 'disk_full',
  message: 'x',
  trace_id: 't',
  saved: false,
};

const after = (...events: ChatEvent[]) => foldEvents(NEW_ANSWER, events);

describe('the events of an answer', () => {
  it('tell each phase in its turn', () => {
    const story: [ChatEvent, string][] = [
      [{ type: 'started', message_id: 'm' }, 'waiting'],
      [{ type: 'loading', progress: 0.43 }, 'loading'],
      [{ type: 'searching', indexing: true }, 'indexing'],
      [{ type: 'searching', indexing: false }, 'searching'],
      [{ type: 'reading_parts', done: 1, total: 4 }, 'parts'],
      [{ type: 'queued', ahead: 2 }, 'queued'],
      [{ type: 'prompt_progress', done: 1204, total: 3000 }, 'reading'],
      [delta('', 'hm'), 'thinking'],
      [delta('Paris'), 'writing'],
      [FINISHED, 'ended'],
    ];
    let state = NEW_ANSWER;
    for (const [event, phase] of story) {
      state = foldEvents(state, [event]);
      expect(state.phase.name).toBe(phase);
    }
    expect(state).toMatchObject({ text: 'Paris', reasoning: 'hm', end: { kind: 'finished' } });
  });

  it('give the same state one by one and all at once', () => {
    const events = [delta('a'), delta('b', 'c'), delta('', 'd'), FINISHED];
    const single = events.reduce((state, event) => foldEvents(state, [event]), NEW_ANSWER);
    expect(single).toEqual(after(...events));
  });

  it('never lead back from words to waiting', () => {
    const state = after(delta('a'), { type: 'prompt_progress', done: 1, total: 2 });
    expect(state.phase.name).toBe('writing');
  });

  it('after the end are echoes', () => {
    const state = after(delta('a'), FINISHED);
    expect(foldEvents(state, [delta('b'), FAILED])).toBe(state);
  });

  it('keep what was written when it fails', () => {
    const state = after(delta('half'), FAILED);
    expect(state.text).toBe('half');
    expect(state.end).toEqual({ kind: 'failed', code: 'disk_full', traceId: 't', saved: false });
  });

  it('show each kind of notice once, the newest', () => {
    const omitted = (messages: number): ChatEvent => ({
      type: 'notice',
      notice: { code: 'context_omitted', messages, tokens: 1 },
    });
    const state = after(omitted(1), omitted(3), {
      type: 'notice',
      notice: { code: 'template_replaced' },
    });
    expect(state.notices).toEqual([
      { code: 'context_omitted', messages: 3, tokens: 1 },
      { code: 'template_replaced' },
    ]);
  });

  it('of a newer program, or with odd numbers, do no harm', () => {
    const odd = { type: 'hologram' } as unknown as ChatEvent;
    expect(after(odd, delta('a')).text).toBe('a');
    expect(after({ type: 'loading', progress: Number.NaN }).phase).toEqual({
      name: 'loading',
      progress: 0,
    });
    expect(after({ type: 'loading', progress: 7 }).phase).toMatchObject({ progress: 1 });
  });
});

describe('words', () => {
  it('are counted in every script', () => {
    expect(countWords('')).toBe(0);
    expect(countWords('It’s a well-known fact: 3.')).toBe(5);
    expect(countWords('مرحبا بالعالم')).toBe(2);
  });
});

describe('a stream that is opened where the message already holds something', () => {
  it('tells the answer from its first word, or only what is new', () => {
    // From the first word: what was saved is a part of it.
    expect(prefixOf('It takes', 'It takes warmth')).toBe('');
    expect(prefixOf('', 'It')).toBe('');
    // Continued: some of what is new was saved meanwhile.
    expect(prefixOf('It takes warmth', ' warmth from')).toBe('It takes');
    expect(prefixOf('It takes', ' warmth')).toBe('It takes');
  });

  it('is not judged before it can be', () => {
    expect(prefixOf('It takes', 'It')).toBeNull();
    expect(prefixOf('It takes', '')).toBeNull();
  });
});
