// A collection whose files wait because the disk is full: it says so, and that it goes on by itself.
import { mount, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import CollectionView from '../../src/features/library/CollectionView.svelte';
import type { ErrorCode } from '../../src/lib/api';
import { findings } from '../a11y/axe';
import { COLLECTIONS } from '../mock/library';
import { closePage, openPage, until } from '../mock/page';

let app: Record<string, unknown> | null = null;

async function open(held: ErrorCode | null) {
  await openPage();
  const main = document.createElement('main');
  document.body.replaceChildren(main);
  document.title = 'Hearth';
  const [first] = COLLECTIONS;
  const collection = { ...first!, counts: { ...first!.counts, held } };
  app = mount(CollectionView, { target: main, props: { collection } });
  await until(() => {
    expect(document.querySelector('progress')).not.toBeNull();
  });
}

afterEach(async () => {
  if (app) await unmount(app);
  app = null;
  closePage();
});

const status = () => document.querySelector('[role="status"].held')?.textContent.trim();

it('says why files wait, what is kept and what happens next', async () => {
  await open('disk_full');
  expect(status()).toMatch(/^The disk is full\.\s+What was read is kept\./);
  expect(await findings()).toEqual([]);
});

it('says nothing where they are only not done yet', async () => {
  await open(null);
  expect(status()).toBeUndefined();
});
