// How a shortcut is written on this computer, and whether a key press is one. Names of keys are not
// text of a language.

const mac = () => /mac|iphone|ipad/i.test(navigator.userAgent);

/** "Ctrl+Shift+F", or "⇧⌘F" where the keyboard has a command key. */
export function chord(key: string, shift = false): string {
  return showKeys(`Mod+${shift ? 'Shift+' : ''}${key}`);
}

const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Plus: '+',
};
const MAC: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃' };

/** One chord such as `Mod+Shift+F`, as people write it here. */
export function showKeys(keys: string): string {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  const name = NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  if (mac())
    return (
      parts
        .map((part) => MAC[part] ?? part)
        .sort()
        .join('') + name
    );
  return [...parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)), name].join('+');
}

/** The chords of an intent, apart. */
export function chordsOf(keys: string | undefined): readonly string[] {
  return keys === undefined || keys === '' ? [] : keys.split(' ');
}

/** For `aria-keyshortcuts`. */
export function ariaKeys(keys: string): string {
  return keys.replaceAll('Mod', mac() ? 'Meta' : 'Control');
}

/** Whether a key press is one of the chords of `keys`, which are separated by a space. */
export function matchesKeys(event: KeyboardEvent, keys: string): boolean {
  return chordsOf(keys).some((one) => matches(event, one));
}

function matches(event: KeyboardEvent, keys: string): boolean {
  const parts = keys.split('+');
  const name = parts.pop() ?? '';
  // The sign that joins a chord has a name.
  const key = name === 'Plus' ? '+' : name;
  const mod = event.ctrlKey || event.metaKey;
  if (mod !== (parts.includes('Mod') || parts.includes('Ctrl'))) return false;
  if (event.altKey !== parts.includes('Alt')) return false;
  // Where a sign such as "/" lies, and whether it needs Shift, differs from keyboard to keyboard.
  const sign = /^[^\p{L}\p{N}]$/u.test(key);
  if (!sign && event.shiftKey !== parts.includes('Shift')) return false;
  return pressed(event, key);
}

/** The letter on the key, or its place where the keyboard writes another alphabet. */
function pressed(event: KeyboardEvent, key: string): boolean {
  if (event.key.toLowerCase() === key.toLowerCase()) return true;
  if (!/^[a-z0-9]$/i.test(key)) return false;
  const foreign = !/^[\x20-\x7e]$/.test(event.key) || /^\d$/.test(key);
  return foreign && (event.code === `Key${key.toUpperCase()}` || event.code === `Digit${key}`);
}
