// The way back and forward through conversations, and the keys of the window.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { shellIntents } from '../../src/app/intents';
import { onShellKey, onShellMouse } from '../../src/app/shortcuts';
import { navigation, registerIntent } from '../../src/lib/state';
import { allIntents, registerIntents } from '../../src/lib/state/intent.svelte';
import { matchesKeys, showKeys } from '../../src/lib/ui/keys';

const key = (init: KeyboardEventInit) =>
  new KeyboardEvent('keydown', { cancelable: true, ...init });

describe('back and forward', () => {
  beforeEach(() => {
    navigation.forget(['a', 'b', 'c']);
    navigation.startNew();
    navigation.forget(['a', 'b', 'c']);
  });

  it('lead through the conversations in the order in which they were opened', () => {
    for (const id of ['a', 'b', 'c']) navigation.open(id);
    navigation.back();
    expect(navigation.conversation).toBe('b');
    navigation.back();
    expect(navigation.conversation).toBe('a');
    expect(navigation.canGoBack).toBe(false);
    navigation.forward();
    navigation.forward();
    expect(navigation.conversation).toBe('c');
    expect(navigation.canGoForward).toBe(false);
  });

  it('lead nowhere once everything was deleted', () => {
    for (const id of ['a', 'b', 'c']) navigation.open(id);
    navigation.back();
    navigation.forgetAll();
    expect([navigation.conversation, navigation.canGoBack, navigation.canGoForward]).toEqual([
      null,
      false,
      false,
    ]);
  });

  it('forget the way forward when another conversation is opened', () => {
    navigation.open('a');
    navigation.open('b');
    navigation.back();
    navigation.open('c');
    expect(navigation.canGoForward).toBe(false);
    navigation.back();
    expect(navigation.conversation).toBe('a');
  });

  it('pass by what was deleted', () => {
    for (const id of ['a', 'b', 'a', 'c']) navigation.open(id);
    navigation.forget(['b']);
    navigation.back();
    expect(navigation.conversation).toBe('a');
    expect(navigation.canGoBack).toBe(false);
  });

  it('drop the message to jump to, which belonged to that one visit', () => {
    navigation.open('a', 'message');
    expect(navigation.target).toBe('message');
    navigation.open('b');
    expect(navigation.target).toBeNull();
    navigation.back();
    expect(navigation.target).toBeNull();
  });

  it('close what lies over the conversation', () => {
    navigation.palette = true;
    navigation.openSettings('privacy');
    navigation.open('a');
    expect(navigation.palette).toBe(false);
    expect(navigation.settings).toBeNull();
  });

  it('are on the side buttons of a mouse', () => {
    navigation.open('a');
    navigation.open('b');
    const press = new MouseEvent('mouseup', { button: 3, cancelable: true });
    onShellMouse(press);
    expect(navigation.conversation).toBe('a');
    expect(press.defaultPrevented).toBe(true);
    onShellMouse(new MouseEvent('mouseup', { button: 4 }));
    expect(navigation.conversation).toBe('b');
  });
});

describe('the keys of the window', () => {
  const intent = { id: 'test', label: () => '', group: 'go' as const };

  it('run the intent that names them, and no longer once it is taken back', () => {
    const run = vi.fn();
    const undo = registerIntent({ ...intent, keys: 'Mod+K', run });
    const press = key({ key: 'k', ctrlKey: true });
    onShellKey(press);
    expect(run).toHaveBeenCalledOnce();
    expect(press.defaultPrevented).toBe(true);
    undo();
    onShellKey(key({ key: 'k', ctrlKey: true }));
    expect(run).toHaveBeenCalledOnce();
  });

  it('leave alone what is local, cannot be done now, or was taken by something else', () => {
    const run = vi.fn();
    const undo = registerIntents([
      { ...intent, id: 'one', keys: 'Enter', run, local: true },
      { ...intent, id: 'two', keys: 'F6', run, enabled: () => false },
      { ...intent, id: 'three', keys: 'F7', run },
    ]);
    onShellKey(key({ key: 'Enter' }));
    onShellKey(key({ key: 'F6' }));
    const taken = key({ key: 'F7' });
    taken.preventDefault();
    onShellKey(taken);
    onShellKey(key({ key: 'F7', isComposing: true }));
    expect(run).not.toHaveBeenCalled();
    undo();
  });

  it('hold once for an id that is registered again', () => {
    const undo = [registerIntent(intent), registerIntent({ ...intent, keys: 'F9' })];
    expect(allIntents().filter((one) => one.id === 'test')).toHaveLength(1);
    for (const one of undo) one();
    expect(allIntents().filter((one) => one.id === 'test')).toHaveLength(0);
  });
});

describe('the keys of the window', () => {
  const keysOf = (desktop: boolean) => {
    const shell = { toggleSidebar: () => undefined, search: () => undefined, desktop };
    return shellIntents(shell).find((one) => one.id === 'app.new')?.keys;
  };

  it('open the palette in the place of the drawer, not over it', () => {
    const shell = { toggleSidebar: () => undefined, search: () => undefined, desktop: false };
    navigation.drawer = true;
    shellIntents(shell)
      .find((one) => one.id === 'app.palette')
      ?.run?.();
    expect([navigation.palette, navigation.drawer]).toEqual([true, false]);
    navigation.palette = false;
  });

  it('name Ctrl+N where a browser does not take it for itself', () => {
    expect(keysOf(true)).toBe('Mod+N Mod+Shift+O');
    expect(keysOf(false)).toBe('Mod+Shift+O');
  });
});

describe('a chord', () => {
  it('needs its modifiers and no others', () => {
    expect(matchesKeys(key({ key: 'n', ctrlKey: true }), 'Mod+N')).toBe(true);
    expect(matchesKeys(key({ key: 'n', metaKey: true }), 'Mod+N')).toBe(true);
    expect(matchesKeys(key({ key: 'N', ctrlKey: true, shiftKey: true }), 'Mod+N')).toBe(false);
    expect(matchesKeys(key({ key: 'n', ctrlKey: true, altKey: true }), 'Mod+N')).toBe(false);
    expect(matchesKeys(key({ key: 'n' }), 'Mod+N')).toBe(false);
    expect(matchesKeys(key({ key: 'o', ctrlKey: true, shiftKey: true }), 'Mod+N Mod+Shift+O')).toBe(
      true,
    );
  });

  it('takes a sign where the keyboard needs Shift for it', () => {
    const german = { key: '/', code: 'Digit7', ctrlKey: true, shiftKey: true };
    expect(matchesKeys(key(german), 'Mod+/')).toBe(true);
  });

  it('goes by the place of the key where the keyboard writes another alphabet', () => {
    expect(matchesKeys(key({ key: 'л', code: 'KeyK', ctrlKey: true }), 'Mod+K')).toBe(true);
    // Dvorak writes Latin: what is written counts.
    expect(matchesKeys(key({ key: 't', code: 'KeyK', ctrlKey: true }), 'Mod+K')).toBe(false);
    expect(matchesKeys(key({ key: '&', code: 'Digit1', ctrlKey: true }), 'Mod+1')).toBe(true);
  });

  it('is written as people know it', () => {
    expect(showKeys('Mod+Shift+F')).toBe('Ctrl+Shift+F');
    expect(showKeys('Alt+ArrowLeft')).toBe('Alt+←');
    expect(showKeys('Escape')).toBe('Esc');
  });
});
