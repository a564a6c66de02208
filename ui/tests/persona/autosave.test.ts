// Saving what is typed: after a pause, one at a time, and never forgetting what was not saved.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Autosave } from '../../src/features/persona/autosave.svelte';
import { ApiError } from '../../src/lib/host';

interface Note {
  title: string;
  text: string;
}

describe('saving while a person types', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('sends the last text once the typing rests', async () => {
    const save = vi.fn(() => Promise.resolve());
    const saving = new Autosave<Note>(save);
    saving.change({ text: 'a' });
    saving.change({ text: 'ab' });
    expect(save).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    expect(save.mock.calls).toEqual([[{ text: 'ab' }]]);
    expect(saving.state).toBe('saved');
    expect(saving.pending).toEqual({});
  });

  it('sends two fields together, and a choice at once', async () => {
    const save = vi.fn(() => Promise.resolve());
    const saving = new Autosave<Note>(save);
    saving.change({ text: 'a' });
    saving.change({ title: 'b' }, true);
    expect(save.mock.calls).toEqual([[{ text: 'a', title: 'b' }]]);
    await vi.runAllTimersAsync();
    expect(save).toHaveBeenCalledTimes(1);
  });

  it('sends afterwards what was typed while it was saving', async () => {
    const ends: (() => void)[] = [];
    const save = vi.fn(() => new Promise<void>((end) => ends.push(end)));
    const saving = new Autosave<Note>(save);
    saving.change({ text: 'a' }, true);
    saving.change({ text: 'ab' });
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(1000);
    ends[1]?.();
    await vi.runAllTimersAsync();
    expect(save.mock.calls).toEqual([[{ text: 'a' }], [{ text: 'ab' }]]);
    expect(saving.pending).toEqual({});
  });

  it('keeps what was refused, says why, and saves it on the next try', async () => {
    const save = vi.fn().mockRejectedValueOnce(new ApiError('disk_full', 'full'));
    const saving = new Autosave<Note>(save);
    saving.change({ text: 'long work' }, true);
    await vi.runAllTimersAsync();
    expect(saving.state).toBe('failed');
    expect(saving.error?.code).toBe('disk_full');
    expect(saving.pending).toEqual({ text: 'long work' });
    await saving.flush();
    expect(saving.state).toBe('saved');
    expect(save).toHaveBeenLastCalledWith({ text: 'long work' });
  });

  it('does not send what was dropped', async () => {
    const save = vi.fn(() => Promise.resolve());
    const saving = new Autosave<Note>(save);
    saving.change({ title: 'x' });
    saving.drop('title');
    await vi.runAllTimersAsync();
    expect(save).not.toHaveBeenCalled();
    expect(saving.state).toBe('still');
  });
});
