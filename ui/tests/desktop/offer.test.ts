// The question whether to start on login, asked once after the first answer; and the costs, which
// are measured only while they are looked at.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StartOffer } from '../../src/features/desktop';
import Costs from '../../src/features/model/Costs.svelte';
import { invalidate, session } from '../../src/lib/state';
import { button, closePage, openPage, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown>;
let running: string[];

const text = () => document.body.textContent;

async function open(kind: 'window' | 'browser') {
  running = [];
  const inner = (await openPage()).host;
  page = await openPage({
    kind,
    rpc: (command, request) =>
      command === 'generation_list' ? Promise.resolve([...running]) : inner.rpc(command, request),
  });
  app = mount(StartOffer, { target: document.body });
  flushSync();
}

/** An answer begins, and ends. */
async function answer() {
  for (const now of [['one'], []]) {
    running = now;
    await session.refresh();
    invalidate(['conversations', 'messages', 'status', 'generations']);
    await new Promise((done) => setTimeout(done, 80));
    flushSync();
  }
}

describe('the question about start on login', () => {
  afterEach(async () => {
    await unmount(app);
    closePage();
  });

  it('comes after the first answer and is not asked again when it was refused', async () => {
    await open('window');
    await new Promise((done) => setTimeout(done, 100));
    expect(text()).not.toContain('Should Hearth be there');
    await answer();
    await until(() => {
      expect(text()).toContain('Should Hearth be there when you log in?');
      expect(text()).toContain('325 MB');
    });
    button('No, thanks').click();
    await until(() => {
      expect(text()).not.toContain('Should Hearth be there');
      expect(session.settings?.desktop.start_on_login_offered).toBe(true);
    });
    expect(page.asked('autostart_set')).toEqual([]);
    await answer();
    expect(text()).not.toContain('Should Hearth be there');
  });

  it('turns it on where the person says so', async () => {
    await open('window');
    await answer();
    await until(() => {
      expect(text()).toContain('Should Hearth be there');
    });
    button('Start on login').click();
    await until(() => {
      expect(session.settings?.desktop.start_on_login_offered).toBe(true);
    });
    expect(session.settings?.welcomed).toBe(true);
  });

  it('is not asked in a browser', async () => {
    await open('browser');
    await answer();
    expect(text()).not.toContain('Should Hearth be there');
  });
});

describe('what Hearth costs', () => {
  beforeEach(async () => {
    page = await openPage({ kind: 'window' });
  });

  it('is measured while it is looked at, and never after', async () => {
    app = mount(Costs, { target: document.body });
    await until(() => {
      expect(text()).toContain('412 MB');
      expect(text()).toContain('164 MB');
      expect(text()).toContain('8.4 W');
      expect(text()).toContain('On battery');
      expect(text()).toContain('1%');
    });
    await unmount(app);
    const before = page.asked('costs').length;
    vi.useFakeTimers();
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
    expect(page.asked('costs')).toHaveLength(before);
    closePage();
  });

  it('rests while the window is hidden', async () => {
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    app = mount(Costs, { target: document.body });
    flushSync();
    await new Promise((done) => setTimeout(done, 100));
    expect(page.asked('costs')).toEqual([]);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event('visibilitychange'));
    await until(() => {
      expect(page.asked('costs').length).toBeGreaterThan(0);
    });
    hidden.mockRestore();
    await unmount(app);
    closePage();
  });
});
