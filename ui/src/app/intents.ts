// What can be done from everywhere: the commands of the shell.
import { rpc } from '$lib/api';
import { t, type MessageKey } from '$lib/i18n/index.svelte';
import { announce, type Intent, navigation, notifyError, session } from '$lib/state';
import { toasts } from '$lib/state/toasts.svelte';
import { stepRegion } from './regions';

export interface Shell {
  toggleSidebar(): void;
  search(): void;
  /** A window has keys that a browser keeps for itself. */
  readonly desktop: boolean;
}

export function shellIntents(shell: Shell): Intent[] {
  return [...going(shell), ...viewing(shell), ...(shell.desktop ? sizing() : [])];
}

const mac = /mac|iphone|ipad/i.test(navigator.userAgent);

function going(shell: Shell): Intent[] {
  return [
    {
      id: 'app.new',
      label: () => t('sidebar.new'),
      group: 'go',
      // Browsers keep Ctrl+N for a window of their own.
      keys: shell.desktop ? 'Mod+N Mod+Shift+O' : 'Mod+Shift+O',
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
        // One thing lies over the conversation at a time.
        if (navigation.palette) navigation.drawer = false;
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
      id: 'app.models',
      label: () => t('models.title'),
      group: 'view',
      run: () => {
        navigation.openModels();
      },
    },
    {
      id: 'app.activity',
      label: () => t('activity.title'),
      group: 'view',
      run: () => {
        navigation.openActivity();
      },
    },
    {
      id: 'app.library',
      label: () => t('library.title'),
      group: 'go',
      run: () => {
        navigation.openLibrary();
      },
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

/** A browser has these keys itself. */
function sizing(): Intent[] {
  const size = (id: string, label: MessageKey, keys: string, next: (now: number) => number) => ({
    id: `app.${id}`,
    label: () => t(label),
    group: 'view' as const,
    keys,
    run: () => {
      changeTextSize(next);
    },
  });
  return [
    size('larger', 'desktop.key.larger', 'Mod+Plus Mod+=', (now) => now + TEXT_STEP),
    size('smaller', 'desktop.key.smaller', 'Mod+-', (now) => now - TEXT_STEP),
    size('usual', 'desktop.key.usual', 'Mod+0', () => 100),
  ];
}

/** The setting's range, in percent, and one press of a key. */
const TEXT_SIZES = [80, 200] as const;
const TEXT_STEP = 10;

function changeTextSize(next: (now: number) => number): void {
  const now = session.settings?.appearance.text_size ?? 100;
  const percent = Math.min(Math.max(next(now), TEXT_SIZES[0]), TEXT_SIZES[1]);
  if (percent === now) return;
  session.change({ appearance: { text_size: percent } }).then(() => {
    announce(t('desktop.zoom', { percent }));
  }, notifyError);
}

function undoLast(): void {
  const toast = toasts.list.findLast((one) => one.action !== null);
  if (!toast) return;
  toasts.dismiss(toast.id);
  toast.action?.run();
}

/** Only where there is a passphrase to open it with again. */
export function lockIntent(): Intent {
  return {
    id: 'app.lock',
    label: () => t('lock.now'),
    group: 'view',
    keys: 'Mod+Shift+L',
    run: () => {
      rpc('lock_now', {}).catch(notifyError);
    },
  };
}
