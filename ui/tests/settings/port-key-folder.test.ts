// The folder that a key of the conversations is held to: chosen, sent, cleared, and kept when deleted.
import { createRawSnippet, flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { SettingsDialog } from '../../src/features/settings';
import type { Folder, PortKey } from '../../src/lib/api';
import { ApiError, type Host } from '../../src/lib/host';
import { navigation } from '../../src/lib/state';
import { byLabel, button, choose, closePage, openPage, type, until, type Page } from '../mock/page';
import { USUAL_RIGHTS } from '../mock/port-keys';

const FOLDERS = ['Tenancy', 'Household'].map((name, at): Folder => ({
  id: `00000000-0000-4000-8000-f0000000000${String(at)}`,
  name,
  created: 0,
}));
const [TENANCY, HOUSEHOLD] = FOLDERS.map(({ id }) => id) as [string, string];
const DELETED = '00000000-0000-4000-8000-f00000000009';

let page: Page;
let app: Record<string, unknown>;

const modelList = createRawSnippet(() => ({ render: () => '<ul></ul>' }));
const details = () => document.querySelector('details')!;
const folder = () => byLabel<HTMLSelectElement>('Which conversations');
const offered = () => [...folder().options].map((one) => one.text.trim());
const caption = () =>
  document.getElementById(folder().getAttribute('aria-describedby')!)!.textContent;

/** A key of the conversations; its id is known to the mock host. */
const heldTo = (folder: string): PortKey => ({
  id: '00000000-0000-4000-8000-0000000000e1',
  name: 'Diary',
  rights: { ...USUAL_RIGHTS, scopes: ['chat', 'conversations'], folder },
  hint: 'x7Qa',
  created: 0,
  last_used: null,
  used: { requests: 0, prompt_tokens: 0, completion_tokens: 0 },
});

/** Opens the settings where there are these folders, and this key alone if one is given. */
async function open(folders: () => Folder[], key?: PortKey) {
  page = await openPage();
  const inner = page.host;
  const rpc: Host['rpc'] = async (command, request) => {
    if (command === 'folder_list') return folders();
    if (command === 'port_key_list' && key) return [key];
    return await inner.rpc(command, request);
  };
  await openPage({ rpc });
  navigation.settings = 'port';
  app = mount(SettingsDialog, { target: document.body, props: { modelList } });
  await until(() => {
    expect(document.querySelector('.key')?.textContent).toContain(key?.name ?? 'Editor');
  });
}

function pick(label: string) {
  byLabel(label).click();
  flushSync();
}

async function begin() {
  button('Make a key').click();
  await until(() => {
    type(byLabel('Name'), 'Notes');
  });
}

async function change(name: string) {
  button(`Change ${name}`).click();
  await until(() => {
    folder();
  });
}

/** What the new key may do, as it was sent. */
async function made() {
  button('Make the key').click();
  await until(() => {
    expect(page.asked('port_key_make')).toHaveLength(1);
  });
  return page.asked('port_key_make')[0]?.rights;
}

async function saved() {
  button('Save').click();
  await until(() => {
    expect(page.asked('port_key_update')).toHaveLength(1);
  });
  return page.asked('port_key_update')[0]?.draft.rights;
}

afterEach(async () => {
  await unmount(app);
  closePage();
});

describe('a new key', () => {
  it('is asked for a folder only where it opens the conversations', async () => {
    await open(() => FOLDERS);
    await begin();
    expect(details().open).toBe(false);
    expect(document.body.textContent).not.toContain('Which conversations');
    pick('Conversations');
    await until(() => {
      expect(offered()).toEqual(['All conversations', 'Household', 'Tenancy']);
    });
    pick('Administration');
    expect(document.body.textContent).not.toContain('Which conversations');
  });

  it('reaches every conversation unless told otherwise, which is said in sight', async () => {
    await open(() => FOLDERS);
    await begin();
    pick('Conversations');
    expect(details().open).toBe(true);
    expect(folder().value).toBe('');
    expect(caption()).toContain('can read, change and delete everything you wrote');
    expect(await made()).toEqual({
      ...USUAL_RIGHTS,
      scopes: ['chat', 'embeddings', 'conversations'],
    });
  });

  it('is held to one folder', async () => {
    await open(() => FOLDERS);
    await begin();
    pick('Conversations');
    await until(() => {
      choose(folder(), HOUSEHOLD);
      expect(caption()).toContain('only conversations in this folder');
    });
    expect(await made()).toMatchObject({ folder: HOUSEHOLD });
  });

  it('sends no folder when the conversations are closed again', async () => {
    await open(() => FOLDERS);
    await begin();
    pick('Conversations');
    await until(() => {
      choose(folder(), TENANCY);
      expect(folder().value).toBe(TENANCY);
    });
    pick('Conversations');
    expect(await made()).toEqual(USUAL_RIGHTS);
  });

  it('says how to get a folder where there is none', async () => {
    await open(() => []);
    await begin();
    pick('Conversations');
    await until(() => {
      expect(caption()).toContain('There are no folders yet. Make one with “New folder”');
    });
    expect(offered()).toEqual(['All conversations']);
  });
});

describe('a key that is held to a folder', () => {
  it('names it in the list', async () => {
    await open(() => FOLDERS, heldTo(TENANCY));
    await until(() => {
      expect(document.querySelector('.key')?.textContent).toContain('Folder: Tenancy');
    });
  });

  it('is in no folder once it may change everything', async () => {
    await open(() => FOLDERS, heldTo(TENANCY));
    await change('Diary');
    expect(folder().value).toBe(TENANCY);
    pick('Administration');
    expect(await saved()).toMatchObject({
      scopes: ['chat', 'conversations', 'admin'],
      folder: null,
    });
  });

  it('shows one that was deleted, and keeps it until another is chosen', async () => {
    await open(() => FOLDERS, heldTo(DELETED));
    await until(() => {
      expect(document.querySelector('.key')?.textContent).toContain('A deleted folder');
    });
    await change('Diary');
    await until(() => {
      expect(folder().selectedOptions[0]?.text.trim()).toBe('A deleted folder');
      expect(caption()).toContain('This folder was deleted.');
    });
    expect(await saved()).toMatchObject({ folder: DELETED });
  });

  it('is widened to all conversations by the person alone', async () => {
    await open(() => FOLDERS, heldTo(DELETED));
    await change('Diary');
    choose(folder(), '');
    await until(() => {
      expect(offered()).toEqual(['All conversations', 'Household', 'Tenancy']);
    });
    expect(await saved()).toMatchObject({ folder: null });
  });

  it('stays so where the folders cannot be read', async () => {
    await open(() => {
      throw new ApiError('database_unavailable', 'busy');
    }, heldTo(TENANCY));
    expect(document.querySelector('.key')?.textContent).toContain('One folder');
    await change('Diary');
    expect(folder().value).toBe(TENANCY);
    expect(await saved()).toMatchObject({ folder: TENANCY });
  });
});
