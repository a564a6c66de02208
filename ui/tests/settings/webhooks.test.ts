// Webhooks: made and their secret shown once, changed, tried, sent again, removed; what is wrong is said at
// its place.
import { createRawSnippet, flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsDialog } from '../../src/features/settings';
import { ApiError, type Host } from '../../src/lib/host';
import { navigation } from '../../src/lib/state';
import { announcements } from '../../src/lib/state/announce.svelte';
import { findings } from '../a11y/axe';
import { byLabel, button, closePage, openPage, type, until, type Page } from '../mock/page';
import { RENEWED, SECRET } from '../mock/webhooks';

const N8N = '00000000-0000-4000-8000-0000000000f1';

let page: Page;
let app: Record<string, unknown>;

const modelList = createRawSnippet(() => ({ render: () => '<ul></ul>' }));
const text = () => document.body.textContent;
const names = () =>
  [...document.querySelectorAll('.webhook bdi')].map((one) => one.textContent.trim());
const rowOf = (name: string) =>
  [...document.querySelectorAll('.webhooks li')].find((row) => row.textContent.includes(name))!;
const form = () => document.querySelector('.webhooks form');
const switchOf = (label: string) =>
  document.querySelector<HTMLElement>(`[role=switch][aria-label="${label}"]`)!;
const said = (field: Element) =>
  document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent.trim();

/** Opens the settings there; what is shown then. */
async function open(host: Partial<Host> = {}, shown = 'n8n') {
  page = await openPage(host);
  navigation.settings = 'webhooks';
  app = mount(SettingsDialog, { target: document.body, props: { modelList } });
  await until(() => {
    expect(document.querySelector('.webhooks')?.textContent).toContain(shown);
  });
}

/** A host that answers one command in another way. */
async function openWith(command: string, answer: () => unknown, shown?: string) {
  const inner = (await openPage()).host;
  const other: Host['rpc'] = async (asked, request) =>
    asked === command ? answer() : await inner.rpc(asked, request);
  await open({ rpc: other }, shown);
}

async function begin(name: string, address: string) {
  button('Add a webhook').click();
  await until(() => {
    byLabel('Name');
  });
  type(byLabel('Name'), name);
  type(byLabel('Address'), address);
}

function press(label: string) {
  switchOf(label).click();
  flushSync();
}

function pick(label: string) {
  byLabel(label).click();
  flushSync();
}

afterEach(async () => {
  await unmount(app);
  closePage();
});

describe('the list of webhooks', () => {
  it('says where each is, what it is told of and what became of the last message', async () => {
    await open();
    expect(names()).toEqual(['Reading room', 'Team', 'n8n']);
    expect(rowOf('n8n').textContent).toMatch(/n8n\.example\.org.*Answers.*Jobs.*Arrived/);
    expect(rowOf('n8n').textContent).not.toContain('/webhook/42');
    const waiting = rowOf('Reading room').textContent;
    expect(waiting).toMatch(/printer\.local:5678.*Jobs.*Own network/);
    expect(waiting).toMatch(/Waits, next try: \d.* · Nobody answers there/);
    expect(rowOf('Team').textContent).toMatch(/Paused.*Did not arrive · Its certificate/);
  });

  it('shows no address as a link', async () => {
    await open();
    expect(document.querySelector('.webhooks a')).toBeNull();
  });

  it('is there while the port is off', async () => {
    await open();
    expect(page.world.settings.server.enabled).toBe(false);
    expect(names()).toHaveLength(3);
  });

  it('says that there are none, and has one step to go on', async () => {
    await openWith('webhook_list', () => [], 'Nobody is told of anything.');
    expect(names()).toEqual([]);
    expect([...document.querySelectorAll('.webhooks button')]).toEqual([button('Add a webhook')]);
  });

  it('is found by the name and by the server of a webhook', async () => {
    await open();
    const field = document.querySelector<HTMLInputElement>('.search input')!;
    type(field, 'reading');
    await until(() => {
      expect(document.querySelector('.webhook mark')?.textContent).toBe('Reading');
    });
    type(field, 'n8n.example');
    await until(() => {
      expect(document.querySelectorAll('section:not([hidden]) > h3')).toHaveLength(1);
      expect(names()).toHaveLength(3);
    });
  });

  it('says when they cannot be read, and reads them again', async () => {
    const inner = (await openPage()).host;
    let broken = true;
    await open(
      {
        rpc: (command, request) =>
          command === 'webhook_list' && broken
            ? Promise.reject(new ApiError('database_unavailable', 'busy'))
            : inner.rpc(command, request),
      },
      'The webhooks cannot be read just now.',
    );
    broken = false;
    button('Try again').click();
    await until(() => {
      expect(names()).toHaveLength(3);
    });
  });

  it('has no fault that axe finds', async () => {
    await open();
    button('What was sent: n8n').click();
    button('Change Team').click();
    await until(() => {
      expect(document.querySelectorAll('.sent li')).toHaveLength(3);
      expect(form()).not.toBeNull();
    });
    expect(await findings(document.querySelector('.webhooks')!)).toEqual([]);
  });
});

describe('a new webhook', () => {
  beforeEach(() => open());

  it('has its secret shown once, with the focus, and gone with the next step', async () => {
    await begin('  Notes  ', ' https://example.org/hook ');
    pick('Jobs');
    button('Add the webhook').click();
    await until(() => {
      expect(text()).toContain(SECRET);
    });
    expect(page.asked('webhook_make')).toEqual([
      {
        name: 'Notes',
        url: 'https://example.org/hook',
        events: ['generation.finished'],
        local: false,
        paused: false,
      },
    ]);
    expect(document.activeElement?.textContent).toContain('“Notes” is added.');
    expect(text()).toContain('it is not shown again');
    expect(form()).toBeNull();
    button('Done').click();
    await until(() => {
      expect(document.activeElement).toBe(button('Add a webhook'));
    });
    expect(document.documentElement.outerHTML).not.toContain(SECRET);
    expect(names()).toEqual(['Notes', 'Reading room', 'Team', 'n8n']);
  });

  it('says at the address that it is none, and asks nothing of the program', async () => {
    await begin('Notes', 'n8n.example.org/webhook');
    expect(byLabel('Address').getAttribute('aria-invalid')).toBe('false');
    button('Add the webhook').click();
    await until(() => {
      expect(said(byLabel('Address'))).toContain('begins with https:// or http://');
      expect(document.activeElement).toBe(byLabel('Address'));
    });
    type(byLabel('Address'), '');
    expect(said(byLabel('Address'))).toBe('Give it an address.');
    expect(page.asked('webhook_make')).toEqual([]);
  });

  it('says at the address that the program does not send there, until it is allowed', async () => {
    await begin('Notes', 'http://localhost:5678/hook');
    button('Add the webhook').click();
    await until(() => {
      expect(said(byLabel('Address'))).toContain('needs the switch below');
      expect(document.activeElement).toBe(byLabel('Address'));
    });
    press('On this computer or in its network');
    expect(byLabel('Address').getAttribute('aria-invalid')).toBe('false');
    button('Add the webhook').click();
    await until(() => {
      expect(text()).toContain(SECRET);
    });
    expect(page.asked('webhook_make').at(-1)).toMatchObject({ local: true });
  });

  it('warns of an address that can be read on the way', async () => {
    await begin('Notes', 'http://example.org/hook');
    expect(said(byLabel('Address'))).toContain('Prefer https://');
    press('On this computer or in its network');
    expect(said(byLabel('Address'))).not.toContain('Prefer');
  });

  it('needs a name that no other has, which is said at the field', async () => {
    await begin('', 'https://example.org/hook');
    button('Add the webhook').click();
    await until(() => {
      expect(said(byLabel('Name'))).toBe('Give it a name.');
      expect(document.activeElement).toBe(byLabel('Name'));
    });
    type(byLabel('Name'), 'n8n');
    expect(said(byLabel('Name'))).toBe('There is a webhook of this name already.');
    type(byLabel('Name'), 'x'.repeat(81));
    expect(said(byLabel('Name'))).toContain('at most 80');
    button('Add the webhook').click();
    expect(page.asked('webhook_make')).toEqual([]);
  });

  it('is told of at least one thing', async () => {
    await begin('Notes', 'https://example.org/hook');
    pick('Answers');
    pick('Jobs');
    button('Add the webhook').click();
    await until(() => {
      expect(said(byLabel('Answers'))).toBe('Choose at least one.');
      expect(document.activeElement).toBe(byLabel('Answers'));
    });
    expect(page.asked('webhook_make')).toEqual([]);
  });

  it('is left with Escape, and the dialog stays', async () => {
    await begin('Notes', '');
    const escape = { key: 'Escape', bubbles: true, cancelable: true };
    byLabel('Name').dispatchEvent(new KeyboardEvent('keydown', escape));
    await until(() => {
      expect(form()).toBeNull();
      expect(document.activeElement).toBe(button('Add a webhook'));
    });
    expect(navigation.settings).toBe('webhooks');
  });
});

describe('a refusal of the program', () => {
  it('is said at the name where that is taken elsewhere', async () => {
    await openWith('webhook_make', () => {
      throw new ApiError('name_taken', 'taken');
    });
    await begin('Notes', 'https://example.org/hook');
    button('Add the webhook').click();
    await until(() => {
      expect(said(byLabel('Name'))).toBe('There is a webhook of this name already.');
    });
    type(byLabel('Name'), 'Notes 2');
    expect(byLabel('Name').getAttribute('aria-invalid')).toBe('false');
  });

  it('is said in the form, which stays', async () => {
    await openWith('webhook_make', () => {
      throw new ApiError('disk_full', 'full');
    });
    await begin('Notes', 'https://example.org/hook');
    button('Add the webhook').click();
    await until(() => {
      expect(document.querySelector('.webhooks [role="alert"]')?.textContent).toContain(
        'disk is full',
      );
    });
    expect(byLabel('Name').value).toBe('Notes');
  });
});

describe('a webhook that is there', () => {
  beforeEach(() => open());

  it('is paused in its place, and the rest stays as it was', async () => {
    button('Change n8n').click();
    await until(() => {
      expect(byLabel('Address').value).toBe('https://n8n.example.org/webhook/42');
    });
    press('Pause');
    button('Save').click();
    await until(() => {
      expect(rowOf('n8n').textContent).toContain('Paused');
      expect(document.activeElement).toBe(button('Change n8n'));
    });
    expect(page.asked('webhook_update')).toEqual([
      {
        id: N8N,
        draft: {
          name: 'n8n',
          url: 'https://n8n.example.org/webhook/42',
          events: ['generation.finished', 'job.finished'],
          local: false,
          paused: true,
        },
      },
    ]);
  });

  it('has its secret renewed only after a second step, and shown once', async () => {
    button('Renew the secret of n8n').click();
    await until(() => {
      expect(text()).toContain('Renew the secret of “n8n”?');
    });
    expect(page.asked('webhook_renew')).toEqual([]);
    button('Renew').click();
    await until(() => {
      expect(rowOf('n8n').textContent).toContain(RENEWED);
      expect(document.activeElement?.textContent).toContain('“n8n” has a new secret.');
    });
    expect(page.asked('webhook_renew')).toEqual([{ id: N8N }]);
    button('Done').click();
    await until(() => {
      expect(document.activeElement).toBe(button('Change n8n'));
    });
    expect(document.documentElement.outerHTML).not.toContain(RENEWED);
  });

  it('is removed only after a second step, which says what goes', async () => {
    button('Remove Team').click();
    await until(() => {
      expect(text()).toContain('Remove “Team”?');
    });
    expect(text()).toContain('What waits for it is not sent');
    button('Cancel').click();
    await until(() => {
      expect(text()).not.toContain('What waits for it is not sent');
    });
    expect(page.asked('webhook_delete')).toEqual([]);
    button('Remove Team').click();
    await until(() => {
      button('Remove').click();
    });
    await until(() => {
      expect(names()).toEqual(['Reading room', 'n8n']);
      expect(document.activeElement).toBe(button('Add a webhook'));
    });
  });
});

describe('a test', () => {
  beforeEach(() => open());

  it('that fails says why, in its place and aloud', async () => {
    button('Send a test: Reading room').click();
    await until(() => {
      expect(rowOf('Reading room').querySelector('.tested')?.textContent).toContain(
        'Did not arrive · Nobody answers there',
      );
    });
    expect(announcements.status).toContain('Test: Did not arrive Nobody answers there');
    expect(rowOf('n8n').querySelector('.tested')).toBeNull();
  });

  it('that arrives says so, once', async () => {
    button('Send a test: n8n').click();
    await until(() => {
      expect(rowOf('n8n').querySelector('.tested')?.textContent).toContain('Arrived');
      expect(rowOf('n8n').textContent).not.toContain('Last message');
    });
    expect(page.asked('webhook_test')).toEqual([{ id: N8N }]);
  });
});

describe('what was sent', () => {
  it('is listed with its time, event, tries and end, and can be sent again', async () => {
    await open();
    button('What was sent: n8n').click();
    const rows = () => [...document.querySelectorAll('.sent li')].map((one) => one.textContent);
    await until(() => {
      expect(rows()).toHaveLength(3);
    });
    expect(rows()[1]).toMatch(/A job ended.*3 tries.*Arrived/s);
    expect(rows()[2]).toMatch(/An answer ended.*9 tries.*Did not arrive · It answered 503/s);
    const again = [...document.querySelectorAll<HTMLElement>('.sent button')][2]!;
    expect(again.ariaLabel).toMatch(/^Send again: An answer ended, /);
    again.click();
    await until(() => {
      expect(rows()[2]).toContain('Being sent');
    });
    expect(page.asked('webhook_again')).toEqual([{ id: '00000000-0000-4000-8000-000000000d02' }]);
    expect(announcements.status).toContain('It is sent again.');
  });

  it('is nothing at first', async () => {
    await openWith('webhook_deliveries', () => []);
    button('What was sent: Team').click();
    await until(() => {
      expect(text()).toContain('What is sent is listed here for 30 days.');
    });
  });
});
