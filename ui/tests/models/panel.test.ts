// The panel behind the model's chip: the model in use, and those beside it.
import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import Panel from '../../src/features/model/Panel.svelte';
import type { EngineState } from '../../src/lib/api';
import { engine } from '../../src/lib/state/engine.svelte';
import { findings } from '../a11y/axe';
import { engineState } from '../mock/data';
import { button, closePage, openPage, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown> | null = null;

beforeEach(async () => {
  document.body.replaceChildren();
  page = await openPage();
  document.title = 'Hearth';
  const main = document.createElement('main');
  document.body.append(main);
  app = mount(Panel, { target: main });
});

afterEach(async () => {
  if (app) await unmount(app);
  app = null;
  engine.take({ engine: { state: 'empty' }, beside: [] });
  closePage();
});

it('names the models beside the one in use, adds up what all cost, and unloads each by itself', async () => {
  const other = { ...engineState('ready'), model: 'b'.repeat(64), name: 'Theirs' } as EngineState;
  engine.take({ engine: engineState('ready'), beside: [other] });
  await until(() => {
    expect(document.body.textContent).toContain('Loaded beside it');
  });
  expect(engine.memory).toBe(2 * 325e6);
  expect(engine.of('b'.repeat(64))).toBe(other);
  button('Unload Theirs').click();
  expect(page.asked('model_unload')).toEqual([{ id: 'b'.repeat(64) }]);
  expect(await findings()).toEqual([]);
  engine.take({ engine: engineState('ready'), beside: [] });
  await until(() => {
    expect(document.body.textContent).not.toContain('Loaded beside it');
  });
});
