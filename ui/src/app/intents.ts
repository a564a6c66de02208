// What can be done from everywhere: the commands of the shell.
import { t } from '$lib/i18n/index.svelte';
import { navigation, type Intent } from '$lib/state';
import { toasts } from '$lib/state/toasts.svelte';
import { stepRegion } from './regions';

export interface Shell {
  toggleSidebar(): void;
  search(): void;
  /** A window has keys that a browser keeps for itself. */
  readonly desktop: boolean;
}

export function shellIntents(shell: Shell): Intent[] {
  return [...going(shell), ...viewing(shell)];
}

const mac = /mac|iphone|ipad/i.test(navigator.userAgent);

function going(shell: Shell): Intent[] {
  return [
    {
      id: 'app.new',
      label: () => t('sidebar.new'),
      group: 'go',
      // Browsers keep Ctrl+N for a window of their own.
      keys: shell.desktop ? 'Mod+N Mod+Shift+O' : 'Mod+Shift+O Mod+N',
      run: () => {
        navigation.startNew();
      },
    },
    {
      id: 'app.search',
      label: () => t('finding.searchField'),
      group: 'go',
      keys: 'Mod+Shift+F',
      run: shell.search.bind(shell),
    },
    {
      id: 'app.palette',
      label: () => t('finding.palette'),
      group: 'go',
      keys: 'Mod+K',
      quiet: true,
      run: () => {
        navigation.palette = !navigation.palette;
      },
    },
    {
      id: 'app.back',
      label: () => t('finding.back'),
      group: 'go',
      keys: mac ? 'Mod+[' : 'Alt+ArrowLeft',
      enabled: () => navigation.canGoBack,
      run: () => {
        navigation.back();
      },
    },
    {
      id: 'app.forward',
      label: () => t('finding.forward'),
      group: 'go',
      keys: mac ? 'Mod+]' : 'Alt+ArrowRight',
      enabled: () => navigation.canGoForward,
      run: () => {
        navigation.forward();
      },
    },
    {
      id: 'app.region',
      label: () => t('finding.region'),
      group: 'go',
      keys: 'F6',
      quiet: true,
      run: () => {
        stepRegion(1);
      },
    },
    {
      id: 'app.regionBack',
      label: () => t('finding.regionBack'),
      group: 'go',
      keys: 'Shift+F6',
      quiet: true,
      run: () => {
        stepRegion(-1);
      },
    },
  ];
}

function viewing(shell: Shell): Intent[] {
  return [
    {
      id: 'app.sidebar',
      label: () => t('finding.sidebar'),
      group: 'view',
      keys: 'Mod+B',
      run: shell.toggleSidebar.bind(shell),
    },
    {
      id: 'app.settings',
      label: () => t('sidebar.settings'),
      group: 'view',
      keys: 'Mod+,',
      run: () => {
        navigation.palette = false;
        navigation.keys = false;
        navigation.openSettings('appearance');
      },
    },
    {
      id: 'app.keys',
      label: () => t('finding.keysShow'),
      group: 'view',
      keys: 'Mod+/',
      run: () => {
        navigation.palette = false;
        navigation.keys = !navigation.keys;
      },
    },
    {
      id: 'app.undo',
      label: () => t('finding.undo'),
      group: 'view',
      keys: 'Mod+Alt+Z',
      enabled: () => toasts.list.some((toast) => toast.action !== null),
      run: undoLast,
    },
  ];
}

function undoLast(): void {
  const toast = toasts.list.findLast((one) => one.action !== null);
  if (!toast) return;
  toasts.dismiss(toast.id);
  toast.action?.run();
}
