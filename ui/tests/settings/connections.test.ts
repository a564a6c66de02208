// The ledger of connections: what left this computer, page by page and as a file.
import { createRawSnippet, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { PrivacyChip, SettingsDialog } from '../../src/features/settings';
import type { Connection, ConnectionPage } from '../../src/lib/api';
import { ApiError, type Host } from '../../src/lib/host';
import { invalidate, navigation } from '../../src/lib/state';
import { findings } from '../a11y/axe';
import { button, closePage, openPage, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown>;

const modelList = createRawSnippet(() => ({ render: () => '<ul></ul>' }));
const part = () => document.querySelector('.connections')!;
const rows = () => [...document.querySelectorAll('.ledger li')].map((one) => one.textContent);

async function open(host: Partial<Host> = {}) {
  page = await openPage(host);
  navigation.settings = 'privacy';
  app = mount(SettingsDialog, { target: document.body, props: { modelList } });
  await until(() => {
    expect(part()).not.toBeNull();
  });
}

async function show() {
  await until(() => {
    button('Show');
  });
  button('Show').click();
  await until(() => {
    expect(rows()).toHaveLength(100);
  });
}

/** A host that answers one command in another way. */
async function openWith(command: string, answer: () => unknown) {
  const inner = (await openPage()).host;
  await open({
    rpc: async (asked, request) => (asked === command ? answer() : await inner.rpc(asked, request)),
  });
}

afterEach(async () => {
  await unmount(app);
  closePage();
});

describe('the ledger of connections', () => {
  it('says that nothing ever left this computer where that is so', async () => {
    await openWith('connection_list', () => ({ connections: [], more: false }));
    await until(() => {
      expect(part().textContent).toContain('Nothing has ever left this computer.');
    });
    expect(part().querySelector('button')).toBeNull();
  });

  it('says of each when, what for, where to, how much and how it ended', async () => {
    await open();
    await show();
    const [answered = '', plain = '', failed = '', refused = '', unknown = '', broken = ''] =
      rows();
    for (const word of [
      'Webhook',
      'n8n.example.org:443',
      '203.0.113.7',
      'Encrypted',
      '1 kB sent',
    ]) {
      expect(answered).toContain(word);
    }
    expect(answered).toMatch(/212 bytes received/);
    expect(answered).toContain('Answered 204');
    expect(plain).toMatch(/printer\.local:5678.*192\.168\.1\.7.*Not encrypted/s);
    expect(failed).toContain('Answered 503');
    expect(refused).toContain('Its certificate does not prove who it is');
    expect(unknown).toMatch(/No address belongs to this name.*Nothing sent/s);
    expect(broken).toMatch(/\[2001:db8::7\]:443.*Not finished/s);
  });

  it('shows the earlier ones page by page, until there are no more', async () => {
    await open();
    await show();
    button('Earlier ones').click();
    await until(() => {
      expect(rows()).toHaveLength(130);
    });
    expect(new Set(rows()).size).toBe(130);
    expect(page.asked('connection_list').at(-1)?.before).toMatch(/999999999900$/);
    expect(part().textContent).not.toContain('Earlier ones');
  });

  it('keeps the earlier ones when a new line comes', async () => {
    const inner = (await openPage()).host;
    let fresh: Connection | null = null;
    await open({
      rpc: async (command, request) => {
        const answer = await inner.rpc(command, request);
        if (command !== 'connection_list' || fresh === null) return answer;
        const { connections } = answer as ConnectionPage;
        return { connections: [fresh, ...connections.slice(0, 99)], more: true };
      },
    });
    await show();
    const [first] = ((await inner.rpc('connection_list', { before: null })) as ConnectionPage)
      .connections;
    button('Earlier ones').click();
    await until(() => {
      expect(rows()).toHaveLength(130);
    });
    fresh = { ...first!, id: '00000000-0000-4000-8001-000000000000', host: 'new.example.org' };
    invalidate(['connections']);
    await until(() => {
      expect(rows()).toHaveLength(131);
      expect(rows()[0]).toContain('new.example.org');
    });
  });

  it('is saved as a file in both forms', async () => {
    const saved: string[] = [];
    await open({
      saveText: (name) => {
        saved.push(name);
        return Promise.resolve(true);
      },
    });
    await show();
    button('Save as CSV').click();
    button('Save as JSON').click();
    await until(() => {
      expect(saved).toEqual(['hearth-connections.csv', 'hearth-connections.json']);
    });
    expect(page.asked('connection_export')).toEqual([{ json: false }, { json: true }]);
  });

  it('says when it cannot be read, and reads it again', async () => {
    const inner = (await openPage()).host;
    let broken = true;
    await open({
      rpc: (command, request) =>
        command === 'connection_list' && broken
          ? Promise.reject(new ApiError('database_unavailable', 'busy'))
          : inner.rpc(command, request),
    });
    await until(() => {
      expect(part().textContent).toContain('The connections cannot be read just now.');
    });
    broken = false;
    button('Try again').click();
    await show();
  });

  it('shows no address as a link, and has no fault that axe finds', async () => {
    await open();
    await show();
    expect(part().querySelector('a')).toBeNull();
    expect(await findings(part())).toEqual([]);
  });
});

describe('what leaves this computer', () => {
  it('is said as it is: only to webhooks, where there are some', async () => {
    await open();
    await until(() => {
      expect(document.body.textContent).toContain('Only to the 3 webhooks that you added');
    });
    button('Webhooks').click();
    await until(() => {
      expect(navigation.settings).toBe('webhooks');
    });
  });

  it('is nothing where there are none', async () => {
    await openWith('webhook_list', () => []);
    await until(() => {
      expect(document.body.textContent).toContain('Hearth has no telemetry and asks nothing');
    });
  });

  it('is said so beside the conversation too', async () => {
    await openPage();
    app = mount(PrivacyChip, { target: document.body });
    document.querySelector<HTMLElement>('button.privacy')!.click();
    await until(() => {
      expect(document.querySelector('.privacy-panel')?.textContent).toMatch(
        /Network: only webhooks.*Only to the 3 webhooks that you added/s,
      );
    });
  });
});
