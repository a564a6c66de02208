// The settings of the desktop: what the system says, keys that are pressed, the warm model.
import { createRawSnippet, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsDialog } from '../../src/features/settings';
import { ApiError } from '../../src/lib/host';
import { invalidate, navigation, session } from '../../src/lib/state';
import type { SettingsSection } from '../../src/lib/state/navigation.svelte';
import { byLabel, button, choose, closePage, openPage, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown>;

const modelList = createRawSnippet(() => ({ render: () => '<ul></ul>' }));
const text = () => document.body.textContent;
const tabs = () =>
  [...document.querySelectorAll('[role=tab]')].map((one) => one.textContent.trim());
const toggle = (label: string) =>
  document.querySelector<HTMLButtonElement>(`[role=switch][aria-label="${label}"]`)!;

async function open(section: SettingsSection, host: Parameters<typeof openPage>[0] = {}) {
  page = await openPage({ kind: 'window', ...host });
  navigation.settings = section;
  app = mount(SettingsDialog, { target: document.body, props: { modelList } });
  await until(() => {
    expect(document.querySelector('section:not([hidden]) > h3')).not.toBeNull();
  });
}

/** A host that answers one command in another way. */
async function openWith(command: string, answer: () => unknown) {
  const inner = (await openPage()).host;
  await open('desktop', {
    rpc: (name, request) =>
      name === command ? Promise.resolve().then(answer) : inner.rpc(name, request),
  });
}

afterEach(async () => {
  await unmount(app);
  closePage();
});

describe('the section of the desktop', () => {
  it('is there in the program’s own window only', async () => {
    await open('appearance');
    expect(tabs()).toContain('Desktop');
    await unmount(app);
    closePage();
    await open('appearance', { kind: 'browser' });
    expect(tabs()).not.toContain('Desktop');
    expect(page.asked('desktop_state')).toEqual([]);
  });
});

describe('start on login', () => {
  it('shows what the system says after it was asked', async () => {
    await open('desktop');
    await until(() => {
      expect(toggle('Start when you log in').disabled).toBe(false);
    });
    expect(toggle('Start when you log in').ariaChecked).toBe('false');
    toggle('Start when you log in').click();
    await until(() => {
      expect(toggle('Start when you log in').ariaChecked).toBe('true');
    });
    expect(page.asked('autostart_set')).toEqual([{ enabled: true }]);
  });

  it('claims nothing where the system refuses', async () => {
    await openWith('autostart_set', () => {
      throw new ApiError('autostart_unwritable', 'refused');
    });
    await until(() => {
      expect(toggle('Start when you log in').disabled).toBe(false);
    });
    toggle('Start when you log in').click();
    const { toasts } = await import('../../src/lib/state/toasts.svelte');
    await until(() => {
      expect(toasts.list.map((one) => one.text)).toEqual(['Start on login could not be changed.']);
    });
    expect(toggle('Start when you log in').ariaChecked).toBe('false');
  });

  it('cannot be switched where there is no place for it', async () => {
    await openWith('desktop_state', () => ({
      tray: false,
      autostart: { available: false, enabled: false, stale: false },
      shortcut: { wanted: null, active: false, problem: null, command: 'hearth-desktop --quick' },
      lock: { available: true, configured: false },
    }));
    await until(() => {
      expect(text()).toContain('This system has no place where programs that start on login');
    });
    expect(toggle('Start when you log in').disabled).toBe(true);
  });
});

describe('the keys of the quick chat', () => {
  const field = () =>
    document.querySelector<HTMLButtonElement>('button[aria-label^="Keys for the quick chat"]')!;
  const press = (code: string, init: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', {
      code,
      key: code.replace('Key', '').toLowerCase(),
      bubbles: true,
      cancelable: true,
      ...init,
    });
    field().dispatchEvent(event);
    return event;
  };

  beforeEach(() => open('desktop'));

  it('are taken as they are pressed and saved', async () => {
    await until(() => {
      expect(text()).toContain('These keys work.');
    });
    field().click();
    press('ControlLeft', { key: 'Control', ctrlKey: true });
    await until(() => {
      expect(field().textContent.trim()).toBe('Ctrl+…');
    });
    expect(press('KeyJ', { ctrlKey: true, altKey: true }).defaultPrevented).toBe(true);
    await until(() => {
      expect(page.asked('settings_update')).toEqual([
        { patch: { desktop: { shortcut: 'Ctrl+Alt+J' } } },
      ]);
      expect(field().textContent.trim()).toBe('Ctrl+Alt+J');
    });
    // What the program said was about the old keys.
    expect(text()).toContain('These keys are not in use yet.');
    invalidate(['desktop']);
    await until(() => {
      expect(text()).toContain('These keys work.');
    });
  });

  it('refuses a key that people write with', async () => {
    field().click();
    press('KeyJ');
    await until(() => {
      expect(text()).toContain('Hold Ctrl, Alt or Super as well');
    });
    expect(page.asked('settings_update')).toEqual([]);
  });

  it('stays as it was after Escape, and lets Tab go on', async () => {
    field().click();
    expect(press('Escape').defaultPrevented).toBe(true);
    await until(() => {
      expect(field().textContent.trim()).toBe('Ctrl+Shift+Space');
    });
    field().click();
    expect(press('Tab').defaultPrevented).toBe(false);
    expect(page.asked('settings_update')).toEqual([]);
    expect(navigation.settings).toBe('desktop');
  });

  it('can be none, and then names the command', async () => {
    button('Use no keys').click();
    await until(() => {
      expect(page.asked('settings_update')).toEqual([{ patch: { desktop: { shortcut: null } } }]);
      expect(text()).toContain('/usr/bin/hearth-desktop --quick');
    });
  });
});

describe('keys that cannot be had', () => {
  const said = (problem: string) => () => ({
    tray: true,
    autostart: { available: true, enabled: false, stale: false },
    shortcut: {
      wanted: 'Ctrl+Shift+Space',
      active: false,
      problem,
      command: "'/opt/my apps/hearth-desktop' --quick",
    },
    lock: { available: true, configured: false },
  });

  it.each([
    ['wayland', 'On Wayland no program can take keys', true],
    ['unavailable', 'This system gives no keys to programs', true],
    ['taken', 'Another program has these keys', false],
    ['invalid', 'These keys cannot be used', false],
  ])('say why: %s', async (problem, sentence, command) => {
    await openWith('desktop_state', said(problem));
    await until(() => {
      expect(text()).toContain(sentence);
    });
    expect(text()).not.toContain('These keys work.');
    expect(text().includes("'/opt/my apps/hearth-desktop' --quick")).toBe(command);
  });
});

describe('the warm model', () => {
  beforeEach(() => open('model'));

  it('says what it costs and saves the choice', async () => {
    expect(text()).toContain('It takes 325 MB now.');
    choose(byLabel<HTMLSelectElement>('Keep the model in memory'), 'idle');
    await until(() => {
      expect(page.asked('settings_update')).toEqual([{ patch: { model: { warm: 'idle' } } }]);
    });
    const minutes = byLabel('Minutes of rest');
    minutes.value = '45';
    minutes.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => {
      expect(session.settings?.model.warm_minutes).toBe(45);
    });
  });

  it('shares the memory that the person allows with others, in gigabytes', async () => {
    const memory = byLabel('Memory for models, GB');
    memory.value = '6.5';
    memory.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => {
      expect(page.asked('settings_update')).toEqual([{ patch: { model: { memory_mib: 6656 } } }]);
      expect(session.settings?.model.memory_mib).toBe(6656);
    });
  });

  it('can be another on battery, and the same again', async () => {
    choose(byLabel<HTMLSelectElement>('On battery'), 'never');
    await until(() => {
      expect(session.settings?.model.warm_on_battery).toBe('never');
    });
    choose(byLabel<HTMLSelectElement>('On battery'), '');
    await until(() => {
      expect(page.asked('settings_update').at(-1)).toEqual({
        patch: { model: { warm_on_battery: null } },
      });
    });
  });
});
