// The search: what is asked, what is shown, which answer holds, and how it is gone through by keys.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_FILTERS, requestOf, type Filters } from '../../src/features/search/filters';
import { search, SearchView } from '../../src/features/search';
import { navigation, session } from '../../src/lib/state';
import { world, type World } from '../mock/data';
import { mockHost } from '../mock/host';

// Many tests share two cores; how long one takes says nothing here.
vi.setConfig({ testTimeout: 60_000 });

const NOW = new Date(2026, 10, 21, 15, 30).getTime();
const at = (year: number, month: number, day: number) => new Date(year, month - 1, day).getTime();
const asked = (filters: Partial<Filters>) =>
  requestOf(' words ', { ...NO_FILTERS, ...filters }, NOW);

describe('a request', () => {
  it('has the words without the space around them, and nothing that was not chosen', () => {
    expect(asked({})).toEqual({ query: 'words' });
  });

  it('turns periods into days of the calendar', () => {
    expect(asked({ period: 'today' }).after).toBe(at(2026, 11, 21));
    expect(asked({ period: 'week' }).after).toBe(at(2026, 11, 15));
    expect(asked({ period: 'month' }).after).toBe(at(2026, 10, 23));
    expect(asked({ period: 'year' }).after).toBe(at(2026, 1, 1));
  });

  it('takes the last day of a period whole, and leaves out a day that is none', () => {
    expect(asked({ period: 'custom', from: '2026-03-01', to: '2026-03-31' })).toMatchObject({
      after: at(2026, 3, 1),
      before: at(2026, 4, 1),
    });
    expect(asked({ period: 'custom', from: 'soon', to: '' })).toEqual({ query: 'words' });
  });

  it('names persona, model and folder', () => {
    expect(asked({ persona: 'p', model: 'M', folder: 'f' })).toEqual({
      query: 'words',
      persona: 'p',
      model: 'M',
      folder: 'f',
    });
  });
});

describe('the search', () => {
  let state: World;
  let app: Record<string, unknown>;
  const field = () => document.querySelector<HTMLInputElement>('[data-search]')!;
  const hits = () => [...document.querySelectorAll<HTMLElement>('[role="option"]')];
  const type = (text: string) => {
    field().value = text;
    field().dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
  };
  const press = (key: string) => {
    field().dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    flushSync();
  };
  const until = (check: () => void) =>
    vi.waitFor(
      () => {
        flushSync();
        check();
      },
      { timeout: 15_000 },
    );

  beforeEach(async () => {
    Element.prototype.scrollIntoView = () => undefined;
    state = world({ scene: 'chat', theme: 'system', language: 'en', engine: 'ready' });
    await session.open(mockHost(state, 'chat'));
    navigation.startNew();
    navigation.search = true;
    app = mount(SearchView, { target: document.body });
    flushSync();
  });

  afterEach(async () => {
    await unmount(app);
    search.clear();
    search.forget();
    navigation.search = false;
  });

  it('has the focus, and groups what it finds by conversation', async () => {
    expect(document.activeElement).toBe(field());
    type('notice');
    await until(() => {
      expect(hits()).toHaveLength(3);
    });
    const groups = [...document.querySelectorAll('[role="listbox"] [role="group"]')];
    expect(groups).toHaveLength(1);
    expect([...document.querySelectorAll('mark')].map((one) => one.textContent)).toContain(
      'Notice',
    );
  });

  it('shows text as text, whatever it holds', async () => {
    state.conversations[0]!.title = '<img src=x onerror=alert(1)> rules';
    type('rules');
    await until(() => {
      expect(hits()).toHaveLength(1);
    });
    expect(document.querySelector('[role="listbox"] img')).toBeNull();
    expect(document.querySelector('[role="listbox"]')?.textContent).toContain('<img src=x');
  });

  it('shows a title that was found as one entry, without a row of its own for that', async () => {
    type('regex');
    await until(() => {
      expect(hits()).toHaveLength(1);
    });
    expect(hits()[0]?.querySelector('.title')?.textContent).toContain('Regex');
    expect(document.querySelector('[role="listbox"] .heading')).toBeNull();
    const group = document.querySelector('[role="listbox"] [role="group"]');
    const name = document.getElementById(group?.getAttribute('aria-labelledby') ?? '');
    expect(name?.textContent.trim()).toContain('Regex');
  });

  it('is gone through by the arrow keys, and Enter opens the message', async () => {
    type('notice');
    await until(() => {
      expect(hits()).toHaveLength(3);
    });
    press('ArrowDown');
    press('ArrowDown');
    expect(hits()[1]!.getAttribute('aria-selected')).toBe('true');
    expect(field().getAttribute('aria-activedescendant')).toBe(hits()[1]!.id);
    press('Enter');
    expect(navigation.conversation).toBe(state.conversations[1]!.id);
    expect(navigation.target).toBe(state.messages[0]!.id);
    expect(document.activeElement).toBe(field());
  });

  it('drops an answer that comes after a newer question', async () => {
    type('notice');
    const first = search.run();
    type('regex');
    const second = search.run();
    await Promise.all([second, first]);
    expect(search.asked).toBe('regex');
    expect(search.hits.map((hit) => hit.conversation)).toEqual([state.conversations[7]!.id]);
  });

  it('says when nothing was found, and offers to let go of the filters', async () => {
    search.narrow({ model: 'none' });
    type('nothing like it');
    await until(() => {
      expect(document.body.textContent).toContain('Nothing was found for “nothing like it”.');
    });
    [...document.querySelectorAll('button')]
      .find((one) => one.textContent.includes('Remove the filters'))!
      .click();
    expect(search.filtered).toBe(false);
  });

  it('says what failed and tries again', async () => {
    type('fail');
    await until(() => {
      expect(document.querySelector('[role="alert"]')).not.toBeNull();
    });
    type('regex');
    await until(() => {
      expect(hits()).toHaveLength(1);
    });
    expect(document.querySelector('[role="alert"]')).toBeNull();
  });

  it('keeps the last questions at hand while the page lives', async () => {
    type('regex');
    await until(() => {
      expect(hits()).toHaveLength(1);
    });
    press('Enter');
    press('Escape');
    expect(field().value).toBe('');
    expect(document.querySelector('.recent')?.textContent).toContain('regex');
    press('Escape');
    expect(navigation.search).toBe(false);
  });
});
