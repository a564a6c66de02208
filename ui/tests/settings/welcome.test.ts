// The first run: how large a model fits, with no promise where none does; and the recovery code, whose
// buttons give the focus on when they go.
import { mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { Welcome } from '../../src/features/welcome';
import { billionsThatFit } from '../../src/features/welcome/fit';
import { session } from '../../src/lib/state';
import { button, closePage, openPage, until } from '../mock/page';

const GIGA = 1e9;

describe('the size of model that fits this computer', () => {
  it('follows the memory that is free, not the memory that there is', () => {
    expect(billionsThatFit(16 * GIGA, 7.5 * GIGA)).toBe(8);
    expect(billionsThatFit(16 * GIGA, 2 * GIGA)).toBe(1);
  });

  it('is none where hardly any memory is free', () => {
    expect(billionsThatFit(4 * GIGA, 0.9 * GIGA)).toBeNull();
  });
});

describe('the recovery code', () => {
  let app: Record<string, unknown> = {};

  afterEach(async () => {
    await unmount(app);
    closePage();
  });

  it('takes the focus when it is shown, and gives it to the way on when it is kept', async () => {
    await openPage();
    await session.change({ recovery_acknowledged: false });
    app = mount(Welcome, { target: document.body });
    await until(() => {
      button('Show the code').focus();
    });
    button('Show the code').click();
    await until(() => {
      expect(document.querySelector('.recovery code')).not.toBeNull();
      const group = document.querySelector('.recovery [role="group"]');
      expect(document.activeElement).toBe(group);
    });
    button('I have kept it safe').click();
    await until(() => {
      expect(document.querySelector('.card .done')).not.toBeNull();
      expect(document.activeElement).toBe(document.querySelector('footer button'));
    });
  });
});
