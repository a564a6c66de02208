// Keeping what is written in the quick chat, where an answer of the program is lost on its way.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Keeper } from '../../src/features/quick/keeper';
import { CONFIRMED_WITHIN } from '../../src/lib/api/confirmed';
import { openHost, type Host } from '../../src/lib/host';

const form = { text: '', attachments: [], conversation: null, persona: null };
const rpc = vi.fn<Host['rpc']>();

beforeEach(async () => {
  vi.useFakeTimers();
  rpc.mockReset();
  await openHost({ kind: 'browser', prepare: () => Promise.resolve(), rpc } as unknown as Host);
});

afterEach(() => {
  vi.useRealTimers();
});

it('keeps again what was not confirmed, and says meanwhile that it is not kept', async () => {
  const unkept = vi.fn();
  let text = 'And of';
  const keeper = new Keeper({ form: () => ({ ...form, text }), onGone: vi.fn(), onUnkept: unkept });
  keeper.begin();
  rpc.mockReturnValueOnce(new Promise(() => undefined));
  keeper.touch();
  await vi.advanceTimersByTimeAsync(400);
  expect(rpc).toHaveBeenCalledTimes(1);
  text = 'And of Italy?';
  keeper.touch();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(rpc).toHaveBeenCalledTimes(1);
  rpc.mockResolvedValue({});
  await vi.advanceTimersByTimeAsync(CONFIRMED_WITHIN + 1_000);
  expect(unkept.mock.calls).toEqual([[true], [false]]);
  expect(rpc).toHaveBeenLastCalledWith('quick_save', expect.objectContaining({ text }));
});
