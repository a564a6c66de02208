// The keys of the port: made and shown once, changed, revoked; what is wrong is said at its place.
import { createRawSnippet, flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsDialog } from '../../src/features/settings';
import { endOf } from '../../src/features/settings/port-keys/ends';
import { rpc } from '../../src/lib/api';
import { ApiError, type Host } from '../../src/lib/host';
import { navigation } from '../../src/lib/state';
import { byLabel, button, choose, closePage, openPage, type, until, type Page } from '../mock/page';
import { USUAL_RIGHTS } from '../mock/port-keys';

const SECRET = 'hearth-9kq2XvT7nLw0JrY4dMf8sPz1AuE6g5bC9kq2XvvN2w';

let page: Page;
let app: Record<string, unknown>;

const modelList = createRawSnippet(() => ({ render: () => '<ul></ul>' }));
const text = () => document.body.textContent;
const names = () => [...document.querySelectorAll('.key bdi')].map((one) => one.textContent.trim());
const rowOf = (name: string) =>
  [...document.querySelectorAll('.key')].find((row) => row.textContent.includes(name))!;
const form = () => document.querySelector('.keys form');

/** Opens the settings there; what is shown then. */
async function open(host: Partial<Host> = {}, shown = 'Editor') {
  page = await openPage(host);
  navigation.settings = 'port';
  app = mount(SettingsDialog, { target: document.body, props: { modelList } });
  await until(() => {
    expect(document.querySelector('.keys')?.textContent).toContain(shown);
  });
}

/** A host that answers one command in another way. */
async function openWith(command: string, answer: () => unknown, shown?: string) {
  const inner = (await openPage()).host;
  const other: Host['rpc'] = async (asked, request) =>
    asked === command ? answer() : await inner.rpc(asked, request);
  await open({ rpc: other }, shown);
}

async function begin(name: string) {
  button('Make a key').click();
  await until(() => {
    byLabel('Name');
  });
  type(byLabel('Name'), name);
}

function more() {
  const details = document.querySelector('details')!;
  details.open = true;
  details.dispatchEvent(new Event('toggle'));
  flushSync();
}

function pick(label: string) {
  byLabel(label).click();
  flushSync();
}

/** One of the two ways in which models or collections are given. */
function reach(what: string, way: 'all' | 'some') {
  document
    .querySelector<HTMLInputElement>(`[role=radiogroup][aria-label="${what}"] [value=${way}]`)!
    .click();
  flushSync();
}

const entry = (name: string) =>
  [...document.querySelectorAll('.entry')]
    .find((one) => one.textContent.trim() === name)
    ?.querySelector('input');

function fill(label: string, value: string) {
  const field = byLabel(label);
  type(field, value);
  field.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
}

const said = (field: Element) =>
  document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent.trim();

afterEach(async () => {
  await unmount(app);
  closePage();
});

describe('the list of keys', () => {
  it('says what each may do, until when, and what it did', async () => {
    await open();
    expect(names()).toEqual(['Editor', 'Search of the practice', 'Trial']);
    const limited = rowOf('Search of the practice').textContent;
    for (const word of ['Chat', 'Documents', '2 models', '60 requests a minute', 'Until ']) {
      expect(limited).toContain(word);
    }
    expect(rowOf('Editor').textContent).toContain('1,204 requests');
    expect(rowOf('Editor').textContent).toContain('908,742 tokens');
    expect(rowOf('Trial').textContent).toMatch(/Ended on .*Never used/);
  });

  it('says that there are none, and why one is wanted', async () => {
    await openWith('port_key_list', () => [], 'No keys yet. A program needs one');
    expect(names()).toEqual([]);
  });

  it('is found by the name of a key', async () => {
    await open();
    type(document.querySelector<HTMLInputElement>('.search input')!, 'practice');
    await until(() => {
      expect(document.querySelector('.key mark')?.textContent).toBe('practice');
      expect(document.querySelectorAll('section:not([hidden]) > h3')).toHaveLength(1);
    });
  });

  it('says when they cannot be read, and reads them again', async () => {
    const inner = (await openPage()).host;
    let broken = true;
    await open(
      {
        rpc: (command, request) =>
          command === 'port_key_list' && broken
            ? Promise.reject(new ApiError('database_unavailable', 'busy'))
            : inner.rpc(command, request),
      },
      'The keys cannot be read just now.',
    );
    broken = false;
    button('Try again').click();
    await until(() => {
      expect(names()).toHaveLength(3);
    });
  });
});

describe('a new key', () => {
  beforeEach(() => open());

  it('is shown once, with the focus, and gone with the next step', async () => {
    await begin('  Notes  ');
    button('Make the key').click();
    await until(() => {
      expect(text()).toContain(SECRET);
    });
    expect(page.asked('port_key_make')).toEqual([{ name: 'Notes', rights: USUAL_RIGHTS }]);
    expect(document.activeElement?.textContent).toContain('The key “Notes” is made.');
    expect(text()).toContain('it is not shown again');
    expect(form()).toBeNull();
    button('Done').click();
    await until(() => {
      expect(document.activeElement).toBe(button('Make a key'));
    });
    expect(document.documentElement.outerHTML).not.toContain(SECRET);
    expect(names()).toEqual(['Editor', 'Notes', 'Search of the practice', 'Trial']);
  });

  it('needs a name that no other has, which is said at the field', async () => {
    await begin('');
    button('Make the key').click();
    await until(() => {
      expect(said(byLabel('Name'))).toBe('Give it a name.');
      expect(document.activeElement).toBe(byLabel('Name'));
    });
    type(byLabel('Name'), 'Editor');
    expect(said(byLabel('Name'))).toBe('There is a key of this name already.');
    type(byLabel('Name'), 'x'.repeat(81));
    expect(said(byLabel('Name'))).toContain('at most 80');
    button('Make the key').click();
    expect(page.asked('port_key_make')).toEqual([]);
  });

  it('opens at least one thing', async () => {
    await begin('Notes');
    pick('Chat');
    pick('Embeddings');
    button('Make the key').click();
    await until(() => {
      expect(said(byLabel('Chat'))).toBe('Choose at least one.');
      expect(document.activeElement).toBe(byLabel('Chat'));
    });
    expect(page.asked('port_key_make')).toEqual([]);
  });

  it('has its limits and its end as numbers', async () => {
    await begin('Notes');
    more();
    fill('Requests a minute', '30');
    fill('Tokens a minute', '0');
    expect(said(byLabel('Tokens a minute'))).toContain('Between 1 and');
    expect(byLabel('Tokens a minute').value).toBe('0');
    button('Make the key').click();
    await until(() => {
      expect(document.activeElement).toBe(byLabel('Tokens a minute'));
    });
    fill('Tokens a minute', '');
    fill('Tokens a day', '100000');
    choose(byLabel<HTMLSelectElement>('Ends'), 'month');
    choose(byLabel<HTMLSelectElement>('Guardrails'), 'strict');
    button('Make the key').click();
    await until(() => {
      expect(page.asked('port_key_make')).toHaveLength(1);
    });
    expect(page.asked('port_key_make')[0]?.rights).toEqual({
      ...USUAL_RIGHTS,
      requests_per_minute: 30,
      tokens_per_day: 100_000,
      expires: endOf('month', '', Date.now()),
      profile: 'strict',
    });
  });

  it('ends with a day that is still to come', async () => {
    await begin('Notes');
    more();
    choose(byLabel<HTMLSelectElement>('Ends'), 'date');
    const day = document.querySelector<HTMLInputElement>('input[type=date]')!;
    type(day, '2020-01-31');
    expect(said(day)).toBe('Choose a day that is still to come.');
    button('Make the key').click();
    await until(() => {
      expect(document.activeElement).toBe(day);
    });
    type(day, '2099-12-31');
    button('Make the key').click();
    await until(() => {
      expect(page.asked('port_key_make')[0]?.rights?.expires).toBe(
        new Date(2100, 0, 1).getTime() - 1,
      );
    });
  });

  it('is kept to some models and collections, with the one that makes embeddings', async () => {
    await begin('Notes');
    more();
    expect(text()).not.toContain('Which collections');
    pick('Documents');
    await until(() => {
      expect(text()).toContain('Which collections');
      reach('Which models', 'some');
      reach('Which collections', 'some');
      expect(entry('all-MiniLM-L6-v2')?.checked).toBe(true);
      expect(entry('Contracts')).toBeTruthy();
    });
    button('Make the key').click();
    await until(() => {
      expect(text()).toContain('Choose a model that can answer.');
    });
    entry('SmolLM2 135M Instruct')!.click();
    entry('Contracts')!.click();
    flushSync();
    button('Make the key').click();
    await until(() => {
      expect(page.asked('port_key_make')).toHaveLength(1);
    });
    expect(page.asked('port_key_make')[0]?.rights).toMatchObject({
      scopes: ['chat', 'embeddings', 'documents'],
      models: ['all-minilm-l6-v2', 'smollm2-135m-instruct-q4_1'],
      collections: ['00000000-0000-4000-8000-0000000000c1'],
    });
  });

  it('is left with Escape, and the dialog stays', async () => {
    await begin('Notes');
    const press = { key: 'Escape', bubbles: true, cancelable: true };
    byLabel('Name').dispatchEvent(new KeyboardEvent('keydown', press));
    await until(() => {
      expect(form()).toBeNull();
      expect(document.activeElement).toBe(button('Make a key'));
    });
    expect(navigation.settings).toBe('port');
  });
});

describe('a refusal of the program', () => {
  it('is said at the name where that is taken elsewhere', async () => {
    await openWith('port_key_make', () => {
      throw new ApiError('name_taken', 'taken');
    });
    await begin('Notes');
    button('Make the key').click();
    await until(() => {
      expect(said(byLabel('Name'))).toBe('There is a key of this name already.');
    });
    type(byLabel('Name'), 'Notes 2');
    expect(byLabel('Name').getAttribute('aria-invalid')).toBe('false');
  });

  it('is said in the form, which stays', async () => {
    await openWith('port_key_make', () => {
      throw new ApiError('disk_full', 'full');
    });
    await begin('Notes');
    button('Make the key').click();
    await until(() => {
      expect(document.querySelector('.keys [role="alert"]')?.textContent).toContain('disk is full');
    });
    expect(byLabel('Name').value).toBe('Notes');
  });
});

describe('a key that is there', () => {
  beforeEach(() => open());

  it('is changed in its place, and what runs for it is spoken of', async () => {
    button('Change Search of the practice').click();
    await until(() => {
      expect(byLabel('Requests a minute').value).toBe('60');
    });
    expect(text()).toContain('what runs with this key ends at once');
    const [, before] = await rpc('port_key_list', {});
    type(byLabel('Name'), 'Search');
    button('Save').click();
    await until(() => {
      expect(names()).toEqual(['Editor', 'Search', 'Trial']);
    });
    // What was not touched stays, the end to the millisecond.
    expect(page.asked('port_key_update')).toEqual([
      {
        id: '00000000-0000-4000-8000-0000000000e2',
        draft: { name: 'Search', rights: before!.rights },
      },
    ]);
  });

  it('loses its lists when it may change everything', async () => {
    button('Change Search of the practice').click();
    await until(() => {
      expect(entry('Contracts')?.checked).toBe(true);
    });
    pick('Administration');
    expect(entry('Contracts')).toBeUndefined();
    expect(document.querySelectorAll('fieldset:disabled [role=radiogroup]')).toHaveLength(2);
    button('Save').click();
    await until(() => {
      expect(page.asked('port_key_update')).toHaveLength(1);
    });
    expect(page.asked('port_key_update')[0]?.draft.rights).toMatchObject({
      scopes: ['chat', 'embeddings', 'documents', 'admin'],
      models: null,
      collections: null,
      requests_per_minute: 60,
    });
  });

  it('is revoked only after a second step, which names it', async () => {
    button('Revoke Editor').click();
    await until(() => {
      expect(text()).toContain('Revoke “Editor”?');
    });
    expect(text()).toContain('This cannot be undone.');
    button('Cancel').click();
    await until(() => {
      expect(text()).not.toContain('This cannot be undone.');
    });
    expect(page.asked('port_key_revoke')).toEqual([]);
    button('Revoke Editor').click();
    await until(() => {
      button('Revoke').click();
    });
    await until(() => {
      expect(names()).toEqual(['Search of the practice', 'Trial']);
      expect(document.activeElement).toBe(button('Make a key'));
    });
    expect(page.asked('port_key_revoke')).toEqual([{ id: '00000000-0000-4000-8000-0000000000e1' }]);
  });
});
