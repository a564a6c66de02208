// The settings: searching them, what changes the look, and removing data for good.
import { createRawSnippet, flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsDialog } from '../../src/features/settings';
import { ApiError } from '../../src/lib/host';
import { navigation, session } from '../../src/lib/state';
import type { SettingsSection } from '../../src/lib/state/navigation.svelte';
import { byLabel, button, closePage, openPage, type, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown>;

const modelList = createRawSnippet(() => ({ render: () => '<ul></ul>' }));
const field = () => document.querySelector<HTMLInputElement>('.search input')!;
const titles = () =>
  [...document.querySelectorAll('section:not([hidden]) > h3')].map((one) => one.textContent.trim());
const labels = () =>
  [...document.querySelectorAll('section:not([hidden]) .field .about > :first-child')].map((one) =>
    one.textContent.trim(),
  );

async function open(section: SettingsSection) {
  navigation.settings = section;
  app = mount(SettingsDialog, { target: document.body, props: { modelList } });
  await until(() => {
    expect(titles()).toHaveLength(1);
  });
}

beforeEach(async () => {
  page = await openPage();
});

afterEach(async () => {
  await unmount(app);
  closePage();
});

describe('a search in the settings', () => {
  beforeEach(() => open('appearance'));

  it('shows the rows that have the words, in their sections, and marks the words', async () => {
    type(field(), 'size');
    await until(() => {
      expect(labels()).toContain('Text size');
      expect(labels()).not.toContain('Theme');
    });
    expect(titles()).toContain('Appearance');
    expect(titles()).not.toContain('Local port');
    expect(document.querySelector('mark')?.textContent).toBe('size');
  });

  it('shows a whole section that is found by its name', async () => {
    type(field(), 'local port');
    await until(() => {
      expect(titles()).toContain('Local port');
    });
    expect(labels()).toContain('Keys');
  });

  it('says when nothing is found', async () => {
    type(field(), 'zebra');
    await until(() => {
      expect(document.body.textContent).toContain('No setting matches “zebra”.');
    });
    expect(titles()).toEqual([]);
  });

  it('ends with Escape and leaves the dialog open', async () => {
    type(field(), 'size');
    await until(() => {
      expect(labels()).toEqual(expect.arrayContaining(['Text size']));
    });
    field().dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }),
    );
    await until(() => {
      expect(field().value).toBe('');
      expect(titles()).toEqual(['Appearance']);
    });
    expect(navigation.settings).toBe('appearance');
  });
});

describe('the look', () => {
  beforeEach(() => open('appearance'));

  it('grows with the size of the text, and stops at 200 %', async () => {
    await session.change({ appearance: { text_size: 190 } });
    flushSync();
    button('Larger text').click();
    await until(() => {
      expect(document.documentElement.style.fontSize).toBe('200%');
    });
    expect(button('Larger text').disabled).toBe(true);
    await session.change({ appearance: { text_size: 100 } });
    expect(document.documentElement.style.fontSize).toBe('');
  });

  it('has more contrast where the person wants it', async () => {
    document.querySelector<HTMLInputElement>('input[value="more"]')!.click();
    await until(() => {
      expect(document.documentElement.dataset.contrast).toBe('more');
    });
    expect(page.asked('settings_update')).toEqual([
      { patch: { appearance: { contrast: 'more' } } },
    ]);
    await session.change({ appearance: { contrast: 'system' } });
    expect(document.documentElement.dataset.contrast).toBeUndefined();
  });
});

describe('the page about the data', () => {
  beforeEach(async () => {
    await open('data');
    await until(() => {
      expect(document.body.textContent).toContain('/home/anna/.local/share/hearth/backups');
    });
  });

  const ask = (part: string) => {
    button(`Delete… ${part}`).click();
    flushSync();
  };

  it('names every place with its size', () => {
    const text = document.body.textContent;
    for (const word of ['4.3 MB', '12 MB', '81 kB', '5 GB', '98 MB', '5.1 GB in all']) {
      expect(text).toContain(word);
    }
  });

  it('removes all conversations only after the word was typed', async () => {
    navigation.conversation = page.world.conversations[1]!.id;
    ask('All conversations');
    await until(() => {
      expect(document.body.textContent).toContain('10 conversations, every deleted one');
    });
    expect(button('Delete for good').disabled).toBe(true);
    document.querySelector('form')!.requestSubmit();
    type(byLabel('To confirm, type “delete”'), ' DELETE ');
    expect(page.asked('data_delete')).toEqual([]);
    button('Delete for good').click();
    await until(() => {
      expect(page.asked('data_delete')).toEqual([{ part: 'conversations' }]);
      expect(navigation.conversation).toBeNull();
    });
  });

  it.each([
    ['backups', 'Backups'],
    ['request_log', 'Log of requests to the local port'],
  ])('removes %s after a second step, and has none to remove then', async (part, name) => {
    ask(name);
    await until(() => button('Delete for good'));
    expect(page.asked('data_delete')).toEqual([]);
    button('Delete for good').click();
    await until(() => {
      expect(button(`Delete… ${name}`).disabled).toBe(true);
    });
    expect(page.asked('data_delete')).toEqual([{ part }]);
  });
});

describe('a refused removal', () => {
  it('is told in the dialog, which stays', async () => {
    const inner = page.host;
    page = await openPage({
      rpc: (command, request) =>
        command === 'data_delete'
          ? Promise.reject(new ApiError('disk_full', 'full'))
          : inner.rpc(command, request),
    });
    await open('data');
    await until(() => button('Delete… Deleted conversations'));
    button('Delete… Deleted conversations').click();
    await until(() => button('Delete for good'));
    button('Delete for good').click();
    await until(() => {
      expect(document.querySelector('[role="alert"]')?.textContent).toContain('The disk is full.');
    });
    expect(button('Delete for good').disabled).toBe(false);
  });
});
