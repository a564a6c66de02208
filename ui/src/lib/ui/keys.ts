// How a shortcut is written on this computer. Names of keys are not text of a language.

const mac = () => /mac|iphone|ipad/i.test(navigator.userAgent);

/** "Ctrl+Shift+F", or "⇧⌘F" where the keyboard has a command key. */
export function chord(key: string, shift = false): string {
  if (mac()) return `${shift ? '⇧' : ''}⌘${key}`;
  return `Ctrl+${shift ? 'Shift+' : ''}${key}`;
}
