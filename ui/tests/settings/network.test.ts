// Other computers: what must be there before they are let in, the step in between, and what is shown then.
import { createRawSnippet, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { PrivacyChip, SettingsDialog } from '../../src/features/settings';
import { readNames } from '../../src/features/settings/port-network/names';
import type { Host } from '../../src/lib/host';
import { navigation, session } from '../../src/lib/state';
import { byLabel, button, closePage, openPage, type, until } from '../mock/page';

const FINGERPRINT = Array.from({ length: 32 }, () => 'A7').join(':');
const OPEN = {
  urls: ['https://192.168.1.7:8443', 'https://box.lan:8443'],
  certificate: '-----BEGIN CERTIFICATE-----\n',
  fingerprint: FINGERPRINT,
};

/** What was asked of the settings. */
let changes: unknown[];
let app: Record<string, unknown>;

const modelList = createRawSnippet(() => ({ render: () => '<ul></ul>' }));
const text = () => document.body.textContent;
const letIn = () => {
  const found = [...document.querySelectorAll<HTMLButtonElement>('[role="switch"]')].find(
    (one) => one.ariaLabel === 'Let other computers in',
  );
  if (!found) throw new Error('no switch');
  return found;
};

interface Scene {
  /** The local port is on. */
  port?: boolean;
  keys?: number;
  /** Others are wished in. */
  wished?: boolean;
  open?: typeof OPEN | null;
  saved?: [string, string][];
}

async function open({ port = true, keys = 1, wished = false, open = null, saved = [] }: Scene) {
  const inner = await openPage();
  inner.world.settings.server = {
    ...inner.world.settings.server,
    enabled: port,
    network: { enabled: wished, port: 8443, names: ['box.lan'] },
  };
  const status = () => ({
    enabled: port,
    url: port ? 'http://127.0.0.1:8790' : null,
    keys,
    network: inner.world.settings.server.network.enabled ? open : null,
  });
  changes = [];
  const rpc: Host['rpc'] = async (command, request) => {
    if (command === 'settings_update') changes.push(request);
    return command === 'server_status' ? status() : await inner.host.rpc(command, request);
  };
  closePage();
  await openPage({
    rpc,
    saveText: (name, content) => {
      saved.push([name, content]);
      return Promise.resolve(true);
    },
  });
  navigation.settings = 'port';
  app = mount(SettingsDialog, { target: document.body, props: { modelList } });
  await until(() => {
    letIn();
  });
}

describe('other computers', () => {
  afterEach(async () => {
    await unmount(app);
    closePage();
  });

  it.each([
    ['the local port is off', { port: false }, 'Switch on the local port first.'],
    ['there is no key', { keys: 0 }, 'Make a key first.'],
  ])('are not let in while %s, and it says so', async (_, scene, said) => {
    await open(scene);
    await until(() => {
      expect(text()).toContain(said);
    });
    expect(letIn().disabled).toBe(true);
  });

  it('are let in only after the step that says what opens', async () => {
    await open({ keys: 2 });
    await until(() => {
      expect(letIn().disabled).toBe(false);
    });
    letIn().click();
    await until(() => button('Let them in'));
    expect(text()).toContain('Port 8443 opens on every address');
    expect(text()).toContain('one of your 2 keys');
    expect(changes).toEqual([]);
    button('Cancel').click();
    await until(() => {
      expect(document.querySelector('[role="dialog"] ul li svg')).toBeNull();
    });
    expect(changes).toEqual([]);
    letIn().click();
    await until(() => button('Let them in'));
    button('Let them in').click();
    await until(() => {
      expect(changes).toEqual([{ patch: { server: { network: { enabled: true } } } }]);
    });
  });

  it('are shown where to ask and what to trust', async () => {
    const saved: [string, string][] = [];
    await open({ wished: true, open: OPEN, saved });
    await until(() => {
      for (const part of [...OPEN.urls, FINGERPRINT]) expect(text()).toContain(part);
    });
    button('Save the certificate…').click();
    await until(() => {
      expect(saved).toEqual([['hearth.pem', OPEN.certificate]]);
    });
    letIn().click();
    await until(() => {
      expect(changes).toEqual([{ patch: { server: { network: { enabled: false } } } }]);
    });
  });

  it('are told why they are not in where the port could not be opened', async () => {
    await open({ wished: true, open: null });
    await until(() => {
      expect(text()).toContain('Another program may have port 8443');
    });
  });

  it('come by names that are some, and a wrong one is said at its place', async () => {
    await open({ wished: true, open: OPEN });
    await until(() => byLabel('Names'));
    const field = byLabel('Names');
    type(field, 'box.lan, https://x');
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => {
      expect(text()).toContain('“https://x” is no name and no address.');
    });
    expect(changes).toEqual([]);
    type(field, 'box.lan desk.example.org');
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => {
      expect(changes).toEqual([
        { patch: { server: { network: { names: ['box.lan', 'desk.example.org'] } } } },
      ]);
    });
  });
});

describe('what is always in sight', () => {
  it('tells that other computers can ask, and where', async () => {
    const page = await openPage();
    page.world.status.server = {
      enabled: true,
      url: 'http://127.0.0.1:8790',
      keys: 1,
      network: OPEN,
    };
    await session.open(page.host);
    const chip = mount(PrivacyChip, { target: document.body });
    await until(() => {
      expect(button('Open to the network')).toBeTruthy();
    });
    button('Open to the network').click();
    await until(() => {
      expect(text()).toContain('Other computers can ask too.');
      for (const address of ['http://127.0.0.1:8790', ...OPEN.urls])
        expect(text()).toContain(address);
      expect(text()).not.toContain('no other computer reaches it');
    });
    await unmount(chip);
    closePage();
  });
});

describe('the names of a computer', () => {
  it.each(['box', 'Box.LAN', 'a-1.example.org', '10.0.0.7', 'fd00::7', '[fd00::7]'])(
    'can be %s',
    (name) => {
      expect(readNames(name)).toEqual({ names: [name] });
    },
  );

  it.each(['box_1', '-box', 'box-', 'box.', '10.0.0', '10.0.0.256', 'https://box', 'box:80x'])(
    'cannot be %s',
    (name) => {
      expect(readNames(`good.lan, ${name}`)).toEqual({ wrong: name });
    },
  );

  it('are sixteen at most, and none is fine', () => {
    expect(readNames(' , ')).toEqual({ names: [] });
    const many = Array.from({ length: 17 }, (_, at) => `n${String(at)}.lan`).join(' ');
    expect(readNames(many)).toEqual({ many: true });
  });
});
