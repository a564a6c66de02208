// How Hearth is doing: what runs, the last hour in columns, what each key did, and the files of both.
import { mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ActivityPage } from '../../src/features/activity';
import { bars, last, most } from '../../src/features/activity/bars';
import { ApiError } from '../../src/lib/host';
import { navigation } from '../../src/lib/state';
import { button, closePage, openPage, until, type Page } from '../mock/page';
import { activityFor } from '../mock/activity';

let page: Page;
let app: Record<string, unknown>;

const text = () => document.body.textContent;
const plots = () => [...document.querySelectorAll('svg[role="img"]')];

async function open(values: Parameters<typeof openPage>[0] = {}) {
  page = await openPage(values);
  navigation.openActivity();
  app = mount(ActivityPage, { target: document.body });
}

describe('the page of activity', () => {
  afterEach(async () => {
    await unmount(app);
    closePage();
  });

  it('says what runs now and tells each figure in words too', async () => {
    await open();
    await until(() => {
      expect(text()).toContain('2 answers are being written. 1 waits.');
    });
    const labels = plots().map((plot) => plot.getAttribute('aria-label'));
    expect(labels).toHaveLength(6);
    expect(labels[0]).toMatch(/^Speed: last \d+ tokens\/s, highest \d+ tokens\/s/);
    expect(labels[5]).toContain('325 MB');
    expect(text()).toContain('for programs');
  });

  it('has a column for each minute in which something was done, and none for the others', async () => {
    await open();
    await until(() => {
      expect(plots()[0]?.querySelectorAll('rect')).toHaveLength(36);
    });
  });

  it('looks again while somebody looks, and not after', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    try {
      await open();
      await vi.advanceTimersByTimeAsync(10_000);
      const looked = page.asked('activity').length;
      expect(looked).toBeGreaterThanOrEqual(3);
      await unmount(app);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(page.asked('activity')).toHaveLength(looked);
      app = mount(ActivityPage, { target: document.body });
    } finally {
      vi.useRealTimers();
    }
  });

  it('saves the hour and the days of the keys as files', async () => {
    const saved: string[] = [];
    await open({
      saveText: (name) => {
        saved.push(name);
        return Promise.resolve(true);
      },
    });
    await until(() => {
      expect(plots()).toHaveLength(6);
      expect(document.querySelectorAll('tbody tr')).toHaveLength(3);
    });
    for (const one of document.querySelectorAll<HTMLButtonElement>('.files button')) one.click();
    await until(() => {
      expect(saved.toSorted()).toEqual([
        'hearth-activity.csv',
        'hearth-activity.json',
        'hearth-keys.csv',
        'hearth-keys.json',
      ]);
    });
  });

  it('says so where nothing was done, and goes back', async () => {
    const nothing = activityFor('no_activity');
    const inner = (await openPage()).host;
    closePage();
    await open({
      rpc: async (command, request) =>
        command === 'activity' ? nothing.activity?.({}) : await inner.rpc(command, request),
    });
    await until(() => {
      expect(text()).toContain('No answer ended in the last hour.');
      expect(text()).toContain('No model is loaded.');
    });
    button('Back to the conversation').click();
    expect(navigation.activity).toBe(false);
  });

  it('says why where it cannot be told', async () => {
    await open({ rpc: () => Promise.reject(new ApiError('disk_full', 'full')) });
    await until(() => {
      expect(document.querySelector('[role="alert"]')?.textContent).toContain('The disk is full.');
    });
  });
});

describe('the columns of a plot', () => {
  it('reach up to the highest, and what is small is seen', () => {
    const [low, high] = bars([1, 1000, null]);
    expect(low?.height).toBe(2);
    expect(high?.height).toBe(100);
    expect(bars([null, null])).toEqual([]);
    expect(bars([0])[0]?.height).toBe(2);
  });

  it('stand at their minutes', () => {
    expect(bars([null, 5, null, 5]).map(({ x }) => Math.round(x))).toEqual([29, 79]);
    expect(last([1, 2, null])).toBe(2);
    expect(most([null, 3, 1])).toBe(3);
    expect([last([null]), most([])]).toEqual([null, null]);
  });
});
