// Which keys a press gives for a shortcut.
import { describe, expect, it } from 'vitest';
import { takeKeys } from '../../src/features/settings/take-keys';

describe('a key press', () => {
  const taken = (code: string, init: KeyboardEventInit = {}) =>
    takeKeys(new KeyboardEvent('keydown', { code, key: code, ...init }));

  it('is named by its place', () => {
    expect(taken('KeyA', { key: 'ф', ctrlKey: true })).toEqual({ kind: 'keys', text: 'Ctrl+A' });
    expect(taken('Digit1', { key: '!', ctrlKey: true, shiftKey: true })).toEqual({
      kind: 'keys',
      text: 'Ctrl+Shift+1',
    });
    expect(taken('Space', { key: ' ', metaKey: true })).toEqual({
      kind: 'keys',
      text: 'Super+Space',
    });
    expect(taken('F9')).toEqual({ kind: 'keys', text: 'F9' });
    expect(taken('ArrowUp', { altKey: true })).toEqual({ kind: 'keys', text: 'Alt+ArrowUp' });
  });

  it('that writes is none, with Shift neither', () => {
    expect(taken('KeyA').kind).toBe('wrong');
    expect(taken('KeyA', { shiftKey: true }).kind).toBe('wrong');
    expect(taken('Space', { key: ' ' }).kind).toBe('wrong');
  });
});
