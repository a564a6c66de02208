// The keys that work everywhere in the window.
import { navigation } from '$lib/state';

export interface ShellKeys {
  toggleSidebar(): void;
  search(): void;
}

/** Handles a key press of the window. */
export function onShellKey(event: KeyboardEvent, shell: ShellKeys): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  if (!(event.ctrlKey || event.metaKey)) return;
  const run = action(event, shell);
  if (!run) return;
  event.preventDefault();
  run();
}

function action(event: KeyboardEvent, shell: ShellKeys): (() => void) | null {
  const key = event.key.toLowerCase();
  if (event.shiftKey) {
    if (key === 'f') return shell.search.bind(shell);
    // Browsers keep Ctrl+N for themselves; this one reaches the page.
    return key === 'o' ? startNew : null;
  }
  if (key === 'n') return startNew;
  if (key === 'b') return shell.toggleSidebar.bind(shell);
  if (key === ',') return openSettings;
  return null;
}

const startNew = () => {
  navigation.settings = null;
  navigation.startNew();
};

const openSettings = () => {
  navigation.openSettings('appearance');
};
