// The cache: one request for one question, refreshed by tags, quiet where nobody reads.
import { flushSync } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, openHost, type Host } from '../../src/lib/host';
import { act, invalidate, putAnswer, query } from '../../src/lib/state/query.svelte';

const rpc = vi.fn<Host['rpc']>();
const calls = (command: string) => rpc.mock.calls.filter(([name]) => name === command).length;
const settle = async () => {
  await new Promise((done) => setTimeout(done, 5));
  flushSync();
};

/** Reads a query as a template would; returns what it saw and a way to stop. */
function reader(id: () => string | null) {
  const seen: unknown[] = [];
  const stop = $effect.root(() => {
    const found = query('conversation_get', () => {
      const wanted = id();
      return wanted === null ? null : { id: wanted };
    });
    $effect(() => {
      seen.push(found.error?.code ?? found.data);
    });
  });
  flushSync();
  return { seen, stop };
}

describe('a query', () => {
  beforeEach(async () => {
    rpc.mockReset();
    rpc.mockImplementation((_command, request) => Promise.resolve(request));
    await openHost({ kind: 'browser', prepare: () => Promise.resolve(), rpc } as unknown as Host);
  });

  it('asks once for two readers of the same question', async () => {
    const one = reader(() => 'a');
    const two = reader(() => 'a');
    await settle();
    expect(calls('conversation_get')).toBe(1);
    expect(one.seen.at(-1)).toEqual({ id: 'a' });
    expect(two.seen.at(-1)).toEqual({ id: 'a' });
    one.stop();
    two.stop();
  });

  it('asks nothing while there is nothing to ask, and follows its question', async () => {
    let id = $state<string | null>(null);
    const one = reader(() => id);
    await settle();
    expect(rpc).not.toHaveBeenCalled();
    id = 'b';
    flushSync();
    await settle();
    expect(one.seen.at(-1)).toEqual({ id: 'b' });
    one.stop();
  });

  it('is asked again when an action makes its tag stale, and another one is not', async () => {
    const one = reader(() => 'c');
    await settle();
    await act('conversation_rename', { id: 'c', title: 'x' });
    await settle();
    expect(calls('conversation_get')).toBe(2);
    await act('prompt_delete', { id: 'p' });
    await settle();
    expect(calls('conversation_get')).toBe(2);
    one.stop();
  });

  it('waits with asking until somebody reads it again', async () => {
    const one = reader(() => 'd');
    await settle();
    one.stop();
    flushSync();
    await settle();
    invalidate(['messages']);
    await settle();
    expect(calls('conversation_get')).toBe(1);
    const two = reader(() => 'd');
    await settle();
    expect(calls('conversation_get')).toBe(2);
    two.stop();
  });

  it('keeps the code of a refusal and takes the next answer', async () => {
    rpc.mockRejectedValueOnce(new ApiError('conversation_not_found', 'gone'));
    const one = reader(() => 'e');
    await settle();
    expect(one.seen.at(-1)).toBe('conversation_not_found');
    invalidate(['messages']);
    await settle();
    expect(one.seen.at(-1)).toEqual({ id: 'e' });
    one.stop();
  });

  it('does not let an old answer replace a newer one', async () => {
    let answer: (value: unknown) => void = () => undefined;
    rpc.mockReturnValueOnce(new Promise((done) => (answer = done)));
    const one = reader(() => 'f');
    await settle();
    putAnswer('conversation_get', { id: 'f' }, { new: true } as never);
    answer({ old: true });
    await settle();
    expect(one.seen.at(-1)).toEqual({ new: true });
    one.stop();
  });
});
