// The lock: its settings, and the page that stands before locked data.
import { createRawSnippet, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import App from '../../src/app/App.svelte';
import { SettingsDialog } from '../../src/features/settings';
import { ApiError, type Host } from '../../src/lib/host';
import { navigation, session } from '../../src/lib/state';
import { button, byLabel, closePage, openPage, type, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown>;

const modelList = createRawSnippet(() => ({ render: () => '<ul></ul>' }));
const text = () => document.body.textContent;

async function openSettings() {
  page = await openPage({ kind: 'window' });
  navigation.settings = 'lock';
  app = mount(SettingsDialog, { target: document.body, props: { modelList } });
  await until(() => {
    expect(text()).toContain('Set a passphrase');
  });
}

/** Locked data whose passphrase is `sesame`; what was typed so far. */
async function openLocked(kind: Host['kind'] = 'window') {
  const inner = (await openPage()).host;
  const typed: string[] = [];
  let locked = true;
  page = await openPage({
    kind,
    rpc: async (command, request) => {
      if (command === 'ui_ready' || command === 'person_here') return {};
      if (command === 'recovery_code_use') locked = false;
      if (command === 'recovery_code_use') return {};
      if (command !== 'lock_open') {
        if (locked) throw new ApiError('locked', 'locked');
        return inner.rpc(command, request);
      }
      const { passphrase } = request as { readonly passphrase: string };
      typed.push(passphrase);
      if (passphrase === 'sesame') locked = false;
      else {
        const details = { wait_ms: typed.length < 2 ? 0 : 90_000 };
        throw new ApiError('passphrase_wrong', 'wrong', details);
      }
      return {};
    },
  });
  app = mount(App, { target: document.body });
  await until(() => {
    expect(text()).toContain('Hearth is locked');
  });
  return typed;
}

afterEach(async () => {
  await unmount(app);
  closePage();
});

describe('the settings of the lock', () => {
  it('take a passphrase only when it was typed twice alike, and keep no word of it', async () => {
    await openSettings();
    type(byLabel('New passphrase'), 'one');
    type(byLabel('Once more'), 'two');
    button('Set passphrase').click();
    await until(() => {
      expect(text()).toContain('The two are not the same.');
    });
    expect(page.asked('lock_set')).toEqual([]);
    type(byLabel('Once more'), 'one');
    button('Set passphrase').click();
    await until(() => {
      expect(text()).toContain('Lock now');
    });
    expect(page.asked('lock_set')).toEqual([{ passphrase: 'one' }]);
    expect(document.querySelectorAll('input[type=password]')).toHaveLength(0);
  });

  it('change and remove it only with the one that is set', async () => {
    await openSettings();
    type(byLabel('New passphrase'), 'old');
    type(byLabel('Once more'), 'old');
    button('Set passphrase').click();
    await until(() => {
      button('Remove').click();
    });
    type(byLabel('Present passphrase'), 'wrong');
    button('Remove').click();
    await until(() => {
      expect(text()).toContain('does not open the data');
    });
    type(byLabel('Present passphrase'), 'old');
    button('Remove').click();
    await until(() => {
      expect(text()).toContain('Set a passphrase');
    });
  });

  it('save when the data is locked by itself, and never as nothing', async () => {
    await openSettings();
    type(byLabel('New passphrase'), 'x');
    type(byLabel('Once more'), 'x');
    button('Set passphrase').click();
    await until(() => {
      byLabel('Lock when you are away');
    });
    const minutes = byLabel('Lock when you are away');
    expect(minutes.value).toBe('15');
    type(minutes, '');
    minutes.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => {
      expect(page.asked('settings_update').at(-1)?.patch).toEqual({ lock: { idle_minutes: 0 } });
    });
  });
});

describe('the page before locked data', () => {
  it('opens with the passphrase, clears a wrong one and shows how long to wait', async () => {
    const typed = await openLocked();
    const field = () => byLabel('Passphrase');
    expect(field().type).toBe('password');
    type(field(), 'nonsense');
    button('Unlock').click();
    await until(() => {
      expect(text()).toContain('does not open the data');
      expect(field().value).toBe('');
    });
    type(field(), 'sesame ');
    button('Unlock').click();
    await until(() => {
      expect(text()).toMatch(/The next try is possible in (90|8\d) seconds\./);
    });
    expect(button('Unlock').disabled).toBe(true);
    expect(typed).toEqual(['nonsense', 'sesame ']);
  });

  it('shows nothing of the data, and everything once it is open', async () => {
    await openLocked();
    expect(text()).not.toContain('Rent increase');
    type(byLabel('Passphrase'), 'sesame');
    button('Unlock').click();
    await until(() => {
      expect(session.phase.name).toBe('ready');
    });
  });

  it('has the recovery code as the way out', async () => {
    await openLocked();
    button('Use the recovery code instead').click();
    await until(() => {
      type(byLabel('Recovery code'), 'EMBER');
    });
    button('Open with the code').click();
    await until(() => {
      expect(session.phase.name).toBe('ready');
    });
  });

  it('asks for no passphrase in a browser', async () => {
    await openLocked('browser');
    expect(document.querySelector('input')).toBeNull();
    expect(text()).toContain('in the window of Hearth');
  });
});
