// Taking conversations out and in: which are asked for, what is refused before it is sent, and what
// the report says.
import { File as RealFile } from 'node:buffer';
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExportDialog, ImportDialog } from '../../src/features/holdings';
import { MOST, readFile } from '../../src/features/holdings/read-file';
import { ApiError } from '../../src/lib/host';
import { navigation, session } from '../../src/lib/state';
import { portable } from '../../src/lib/state/portable.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { button, closePage, openPage, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown>;

/** jsdom’s files cannot be read. */
const file = (content: string | Uint8Array, name: string) =>
  new RealFile([content], name) as unknown as File;

const radio = (label: string) => {
  const found = [...document.querySelectorAll('label')].find((one) =>
    one.querySelector('.name')?.textContent.startsWith(label),
  );
  return found?.querySelector<HTMLInputElement>('input') ?? null;
};

describe('the export dialog', () => {
  let chosen: boolean;
  let saved: [string, string][];

  beforeEach(async () => {
    chosen = true;
    saved = [];
    page = await openPage({
      saveText: (name, text) => {
        saved.push([name, text]);
        return Promise.resolve(chosen);
      },
    });
    app = mount(ExportDialog, { target: document.body });
  });

  afterEach(async () => {
    await unmount(app);
    closePage();
  });

  async function open(ids: readonly string[] | null) {
    navigation.export = { ids };
    await until(() => button('Save the file…'));
  }

  it('offers this one, the selected ones and all, and saves the selected ones', async () => {
    const [a, b, c] = page.world.conversations.map((one) => one.id);
    navigation.open(c!);
    await open([a!, b!]);
    expect(radio('The 2 selected')?.checked).toBe(true);
    expect(radio('This one')).not.toBeNull();
    button('Save the file…').click();
    await until(() => {
      expect(navigation.export).toBeNull();
    });
    expect(page.asked('conversation_export')).toEqual([
      { conversations: [a, b], format: 'markdown' },
    ]);
    expect(saved).toHaveLength(1);
  });

  it('takes everything as JSON where everything is asked for', async () => {
    await open(null);
    expect(radio('JSON')?.checked).toBe(true);
    button('Save the file…').click();
    await until(() => {
      expect(page.asked('conversation_export')).toEqual([{ format: 'json' }]);
    });
  });

  it('does not offer the open one twice', async () => {
    const id = page.world.conversations[1]!.id;
    navigation.open(id);
    await open([id]);
    expect(radio('This one')?.checked).toBe(true);
    expect(radio('The selected')).toBeNull();
  });

  it('stays open where no place was chosen, and says nothing was saved', async () => {
    chosen = false;
    await open(null);
    button('Save the file…').click();
    await until(() => {
      expect(saved).toHaveLength(1);
      expect(button('Save the file…').disabled).toBe(false);
    });
    expect(navigation.export).not.toBeNull();
    expect(toasts.list).toEqual([]);
  });
});

describe('a chosen file', () => {
  it('is text for what is text', async () => {
    expect(await readFile(file('[{"title":"Grüße"}]', 'conversations.json'))).toEqual({
      kind: 'text',
      text: '[{"title":"Grüße"}]',
    });
  });

  it('is told apart as a .zip by its content, whatever its name', async () => {
    const zip = new Uint8Array([0x50, 0x4b, 3, 4, 20]);
    expect(await readFile(file(zip, 'export.json'))).toEqual({ kind: 'zip' });
  });

  it('is not read where it is too large', async () => {
    const large = file('{}', 'a.json');
    Object.defineProperty(large, 'size', { value: MOST + 1 });
    expect(await readFile(large)).toEqual({ kind: 'too_large' });
  });

  it('that cannot be read is no crash', async () => {
    const gone = {
      size: 2,
      slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }),
    };
    expect(await readFile(gone as unknown as File)).toEqual({ kind: 'unread' });
  });
});

describe('the import dialog', () => {
  afterEach(async () => {
    await unmount(app);
    portable.importing = false;
    closePage();
  });

  async function open() {
    app = mount(ImportDialog, { target: document.body });
    portable.importing = true;
    await until(() => button('Choose a file…'));
  }

  function give(file: File) {
    const field = document.querySelector<HTMLInputElement>('input[type="file"]')!;
    Object.defineProperty(field, 'files', { value: [file] });
    Object.defineProperty(field, 'value', { value: '', writable: true });
    field.dispatchEvent(new Event('change', { bubbles: true }));
    flushSync();
  }

  it('lets the window choose the file and reports what was left out', async () => {
    page = await openPage();
    await open();
    button('Choose a file…').click();
    await until(() => {
      expect(document.body.textContent).toContain('12 conversations were taken in');
    });
    expect(document.body.textContent).toContain('318 messages, from an export of Claude.');
    expect(document.body.textContent).toContain('2 conversations without text');
  });

  it('reads the file itself in a browser', async () => {
    page = await openPage();
    session.status = { ...session.status!, capabilities: [] };
    await open();
    give(file('[]', 'conversations.json'));
    await until(() => {
      expect(document.body.textContent).toContain('41 conversations were taken in');
    });
    expect(page.asked('conversation_import')).toEqual([{ text: '[]' }]);
    for (const words of [
      '3 conversations that are here already',
      '17 pictures, sounds or other files that are not text',
      '1 step of a tool',
    ]) {
      expect(document.body.textContent).toContain(words);
    }
  });

  it('says how to go on with a .zip, and sends nothing', async () => {
    page = await openPage();
    session.status = { ...session.status!, capabilities: [] };
    await open();
    give(file(new Uint8Array([0x50, 0x4b, 3, 4]), 'export.zip'));
    await until(() => {
      expect(document.querySelector('[role="alert"]')?.textContent).toContain('Unpack it first');
    });
    expect(page.asked('conversation_import')).toEqual([]);
  });

  it('says what was wrong with a refused file, and takes another', async () => {
    page = await openPage();
    const inner = page.host;
    let refuse = true;
    page = await openPage({
      rpc: (command, request) =>
        command === 'conversation_import_pick' && refuse
          ? Promise.reject(new ApiError('disk_full', 'full'))
          : inner.rpc(command, request),
    });
    await open();
    button('Choose a file…').click();
    await until(() => {
      expect(document.querySelector('[role="alert"]')?.textContent).toContain('The disk is full.');
    });
    refuse = false;
    button('Choose a file…').click();
    await until(() => {
      expect(document.body.textContent).toContain('12 conversations were taken in');
    });
  });
});
