// The keys of the quick chat; the field itself has Enter, and Escape hides.
export const KEYS = {
  move: 'Mod+Enter',
  fresh: 'Mod+N',
  actions: 'Mod+K',
  persona: 'Mod+P',
  stop: 'Mod+.',
  copy: 'Mod+Shift+C',
  clipboard: 'Mod+Shift+V',
  selection: 'Mod+Shift+S',
  pin: 'Mod+Shift+P',
} as const;
