// Reading a document of the library: its pages, its text, and a passage of an earlier version.
import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import DocumentDialog from '../../src/lib/document/DocumentDialog.svelte';
import { findings } from '../a11y/axe';
import { closePage, openPage, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown> | null = null;

function open(values: Record<string, unknown> = {}) {
  const main = document.createElement('main');
  document.body.append(main);
  const props = { file: 'f', name: 'lease.pdf', onclose: () => undefined, ...values };
  app = mount(DocumentDialog, { target: main, props });
}

beforeEach(() => {
  document.body.replaceChildren();
  document.title = 'Hearth';
});

afterEach(async () => {
  if (app) await unmount(app);
  app = null;
  closePage();
});

const text = () => document.querySelector('.letters')?.textContent ?? '';

it('shows the text with the passage marked, and goes to the page as it looks', async () => {
  page = await openPage();
  open({ page: 4, mark: { start: 4, end: 9, text: 'later' } });
  await until(() => {
    expect(document.body.textContent).toContain('Page 4 of 4');
  });
  document.querySelectorAll<HTMLInputElement>('[type="radio"]')[1]?.click();
  await until(() => {
    expect(document.querySelector('mark')?.textContent).toHaveLength(5);
  });
  expect(text()).toContain('The deposit is paid back within six months.');
  expect(await findings()).toEqual([]);
  expect(page.asked('document_get')).toEqual([{ id: 'f' }]);
});

it('says that the passage is from an earlier version, and shows it alone', async () => {
  page = await openPage();
  open({ page: 4, stale: true, mark: { start: 4, end: 9, text: 'as it was read' } });
  await until(() => {
    expect(document.querySelector('mark')?.textContent).toBe('as it was read');
  });
  expect(document.body.textContent).toContain('The document has changed since it was read.');
  expect(await findings()).toEqual([]);
});
