// The page of models: what is told of each, loading, settings of its own, files of others, removal.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelsPage } from '../../src/features/models';
import { points } from '../../src/features/models/plot';
import { ApiError } from '../../src/lib/host';
import { invalidate, navigation, session } from '../../src/lib/state';
import { engine } from '../../src/lib/state/engine.svelte';
import { models } from '../../src/lib/state/models.svelte';
import { findings } from '../a11y/axe';
import type { EngineState } from '../../src/lib/api';
import { MANY_MODELS, engineState } from '../mock/data';
import { button, byLabel, closePage, openPage, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown> | null = null;

const text = () => document.body.textContent;
const card = (name: string) => {
  const found = [...document.querySelectorAll('li')].find(
    (one) => one.querySelector('h3')?.title === name,
  );
  if (!found) throw new Error(`no card “${name}”`);
  return found;
};
const within = (name: string, label: string) => {
  const found = [...card(name).querySelectorAll('button')].find(
    (one) => one.textContent.trim().endsWith(label) || one.ariaLabel === label,
  );
  if (!found) throw new Error(`no button “${label}”`);
  return found;
};

async function open(host: Parameters<typeof openPage>[0] = {}) {
  page = await openPage(host);
  page.world.models = [...page.world.models.slice(0, 1), ...MANY_MODELS];
  engine.take({ engine: { state: 'empty' }, beside: [] });
  invalidate(['models']);
  // As in the shell.
  document.title = 'Models – Hearth';
  const main = document.createElement('main');
  document.body.append(main);
  app = mount(ModelsPage, { target: main });
}

beforeEach(() => {
  document.body.replaceChildren();
});

afterEach(async () => {
  if (app) await unmount(app);
  app = null;
  models.asking = null;
  closePage();
});

describe('the list', () => {
  it('says of each model what it is, what it needs and whether that fits', async () => {
    await open();
    await until(() => {
      expect(document.querySelectorAll('h3')).toHaveLength(5);
    });
    expect(card('qwen3:4b').textContent).toContain('Ollama');
    expect(card('qwen3:4b').textContent).toContain('fits well');
    expect(card('gone').textContent).toContain('File is missing');
    expect(card('broken-in-transit').textContent).toContain('ended the process');
  });

  it('does not offer to load what does not fit, was refused, or is gone', async () => {
    await open();
    await until(() => {
      expect(within('qwen3:4b', 'Load').disabled).toBe(false);
    });
    const [, big] = MANY_MODELS;
    expect(within(big?.name ?? '', 'Load').disabled).toBe(true);
    expect(within('broken-in-transit', 'Load').disabled).toBe(true);
    expect(within('gone', 'Load').disabled).toBe(true);
  });

  it('loads a model and leaves the default one what it is', async () => {
    await open();
    await until(() => {
      within('qwen3:4b', 'Load').click();
      expect(page.asked('model_load').length).toBeGreaterThan(0);
    });
    expect(page.asked('model_load')[0]).toEqual({ id: 'a'.repeat(64) });
    expect(page.asked('model_set_default')).toEqual([]);
  });

  it('unloads the one of several that is named, and says of each that it is in memory', async () => {
    await open();
    const [first] = page.world.models;
    const other = {
      ...engineState('busy'),
      model: 'a'.repeat(64),
      name: 'qwen3:4b',
    } as EngineState;
    engine.take({ engine: engineState('ready'), beside: [other] });
    await until(() => {
      expect(within('qwen3:4b', 'Unload').disabled).toBe(false);
    });
    expect(card(first?.name ?? '').textContent).toContain('in memory');
    expect(card('qwen3:4b').textContent).toContain('in memory');
    within('qwen3:4b', 'Unload').click();
    within(first?.name ?? '', 'Unload').click();
    expect(page.asked('model_unload')).toEqual([{ id: 'a'.repeat(64) }, { id: first?.id }]);
  });

  it('says what went wrong, and tries again', async () => {
    let broken = true;
    const inner = (await openPage()).host;
    await open({
      rpc: (name, request) =>
        name === 'model_list' && broken
          ? Promise.reject(new ApiError('database_unavailable', 'x'))
          : inner.rpc(name, request),
    });
    await until(() => {
      expect(button('Try again')).toBeTruthy();
    });
    broken = false;
    button('Try again').click();
    await until(() => {
      expect(document.querySelectorAll('h3').length).toBeGreaterThan(0);
    });
  });

  it('leads back to the conversation', async () => {
    await open();
    navigation.openModels();
    button('Back to the conversation').click();
    expect(navigation.models).toBe(false);
    navigation.openModels();
    navigation.startNew();
    expect(navigation.models).toBe(false);
  });
});

describe('the settings of one model', () => {
  const details = async (name: string) => {
    await until(() => {
      const toggle = within(name, `Details of “${name}”`);
      if (toggle.ariaExpanded !== 'true') toggle.click();
      flushSync();
      expect(byLabel('Context')).toBeTruthy();
    });
  };
  const enter = (label: string, value: string) => {
    const field = byLabel(label);
    field.value = value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    flushSync();
  };

  it('are saved as they are entered, and an impossible one is not', async () => {
    await open();
    await details('qwen3:4b');
    enter('Context', '100');
    expect(page.asked('model_configure')).toEqual([]);
    expect(byLabel('Context').getAttribute('aria-invalid')).toBe('true');
    enter('Context', '4096');
    await until(() => {
      expect(page.asked('model_configure')[0]?.choice.context).toBe(4096);
    });
  });

  it('offer the largest context that fits where the present one does not', async () => {
    await open();
    const [, big] = MANY_MODELS;
    await details(big?.name ?? '');
    await until(() => {
      button('Use 4,096 tokens').click();
      expect(page.asked('model_configure')[0]?.choice.context).toBe(4096);
    });
  });

  it('show how fast it was, and measure when asked', async () => {
    await open();
    const name = page.world.models[0]?.name ?? '';
    await details(name);
    await until(() => {
      expect(card(name).textContent).toContain('62%');
      expect(card(name).querySelector('svg[role=img]')?.ariaLabel).toContain('6 measurements');
    });
    within(name, 'Measure now').click();
    await until(() => {
      expect(page.asked('model_bench')).toEqual([{ id: page.world.models[0]?.id }]);
    });
  });
});

describe('files of other applications', () => {
  it('are looked for only when asked, and added where they lie', async () => {
    await open();
    await until(() => {
      expect(document.querySelectorAll('h3').length).toBeGreaterThan(0);
    });
    expect(page.asked('model_found')).toEqual([]);
    button('Look for them').click();
    await until(() => {
      expect(text()).toContain('gemma-3-4b-it-Q4_K_M');
    });
    button('Add “gemma-3-4b-it-Q4_K_M”').click();
    await until(() => {
      expect(page.asked('model_take')).toEqual([{ id: '1'.repeat(32) }]);
    });
  });

  it('say so where there are none', async () => {
    const inner = (await openPage()).host;
    await open({
      rpc: (name, request) =>
        name === 'model_found' ? Promise.resolve([]) : inner.rpc(name, request),
    });
    button('Look for them').click();
    await until(() => {
      expect(text()).toContain('None were found on this computer.');
    });
  });
});

describe('the plot', () => {
  it('runs from the first to the last measurement, the best at the top', () => {
    expect(points([])).toBe('');
    expect(points([0, 0])).toBe('');
    expect(points([50])).toBe('0.0,4.0 100.0,4.0');
    expect(points([50, 100, 0])).toBe('0.0,50.0 50.0,4.0 100.0,96.0');
  });
});

describe('for everybody', () => {
  it('has nothing that a screen reader stumbles over, open or not', async () => {
    await open();
    await until(() => {
      expect(document.querySelectorAll('h3')).toHaveLength(5);
    });
    within('qwen3:4b', 'Details of “qwen3:4b”').click();
    flushSync();
    expect(session.phase.name).toBe('ready');
    expect(await findings()).toEqual([]);
  });
});
