// Personas: choosing one in the header, and making, changing and deleting them in the dialog.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PersonaChip, PersonaDialog } from '../../src/features/persona';
import { setLanguage } from '../../src/lib/i18n/index.svelte';
import { navigation, session } from '../../src/lib/state';
import { beginning } from '../../src/lib/state/beginning.svelte';
import { allIntents } from '../../src/lib/state/intent.svelte';
import { personaName, personas } from '../../src/lib/state/personas.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { PERSONAS } from '../mock/holdings';
import { button, byLabel, closePage, openPage, type, until, type Page } from '../mock/page';

let page: Page;
let app: Record<string, unknown>;

const [general, writing] = PERSONAS;
const rows = () =>
  [...document.querySelectorAll('[data-persona]')].map((row) => row.textContent.trim());

describe('the persona in the header', () => {
  beforeEach(async () => {
    page = await openPage();
    app = mount(PersonaChip, { target: document.body });
  });

  afterEach(async () => {
    await unmount(app);
    closePage();
  });

  async function pick(name: string) {
    allIntents()
      .find((one) => one.id === 'persona.choose')
      ?.run?.();
    await until(() => {
      expect(document.querySelectorAll('[role="menuitemradio"]').length).toBeGreaterThan(1);
    });
    const item = [...document.querySelectorAll<HTMLElement>('[role="menuitemradio"]')].find(
      (one) => one.textContent.trim() === name,
    );
    item?.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
    item?.click();
    flushSync();
  }

  it('is kept for the first question of a new conversation', async () => {
    await until(() => {
      expect(document.body.textContent).toContain('No persona');
    });
    await pick('Writing');
    await until(() => {
      expect(beginning.config.persona).toBe(writing!.id);
    });
    expect(page.asked('conversation_configure')).toEqual([]);
  });

  it('is changed for an open conversation and leaves its own instructions', async () => {
    const open = page.world.conversations[1]!;
    page.world.conversations[1] = { ...open, instructions: 'Mine.' };
    navigation.open(open.id);
    await until(() => {
      expect(document.querySelector('.chip')).not.toBeNull();
    });
    await pick('General');
    await until(() => {
      expect(page.world.conversations[1]?.persona).toBe(general!.id);
      expect(document.querySelector('.chip')?.textContent ?? '').toContain('General');
    });
    expect(page.world.conversations[1].instructions).toBe('Mine.');
  });
});

describe('a new conversation', () => {
  it('starts with the persona of the settings, and again after a first question', async () => {
    page = await openPage();
    await session.change({ generation: { persona: general!.id } });
    expect(beginning.config.persona).toBe(general!.id);
    beginning.config = { ...beginning.config, persona: writing!.id, instructions: 'Once.' };
    beginning.reset();
    expect(beginning.config).toMatchObject({ persona: general!.id, instructions: null });
    closePage();
  });
});

describe('the dialog of the personas', () => {
  beforeEach(async () => {
    vi.stubGlobal('innerWidth', 1200);
    page = await openPage();
    personas.manage(writing!.id);
    app = mount(PersonaDialog, { target: document.body });
    await until(() => {
      expect(byLabel('Name').value).toBe('Writing');
    });
  });

  afterEach(async () => {
    await unmount(app);
    closePage();
  });

  it('translates the names that came with Hearth until somebody changes them', async () => {
    await setLanguage('de');
    expect(personaName(writing!)).toBe('Schreiben');
    expect(personaName({ ...writing!, preset: null })).toBe('Writing');
    await setLanguage('en');
  });

  it('saves a new name as it is typed', async () => {
    type(byLabel('Name'), 'Letters');
    await until(() => {
      expect(page.asked('persona_update').at(-1)).toMatchObject({
        id: writing!.id,
        draft: { name: 'Letters', instructions: writing!.instructions },
      });
      expect(rows()).toContain('Letters');
    });
  });

  it('keeps the last name while the field is empty, and says so', async () => {
    type(byLabel('Name'), '');
    await until(() => {
      expect(document.body.textContent).toContain('A persona needs a name.');
    });
    byLabel('Name').dispatchEvent(new FocusEvent('blur'));
    flushSync();
    expect(byLabel('Name').value).toBe('Writing');
    expect(page.asked('persona_update')).toEqual([]);
  });

  it('makes one that can be named at once', async () => {
    button('New persona').click();
    await until(() => {
      expect(byLabel('Name').value).toBe('New persona');
    });
    expect(page.asked('persona_create')).toHaveLength(1);
  });

  it('makes a copy with what was typed last', async () => {
    type(byLabel<HTMLTextAreaElement>('Instructions'), 'Only letters.');
    button('Duplicate').click();
    await until(() => {
      expect(byLabel('Name').value).toBe('Writing (copy)');
    });
    expect(page.asked('persona_create')).toMatchObject([{ instructions: 'Only letters.' }]);
  });

  it('takes a deleted one from the conversation that is not yet begun', async () => {
    beginning.config = { ...beginning.config, persona: writing!.id, instructions: 'Mine.' };
    button('Delete').click();
    await until(() => {
      expect(beginning.config.persona).toBeNull();
    });
    expect(beginning.config.instructions).toBe('Mine.');
  });

  it('brings a deleted one back as it was, as the default again', async () => {
    await session.change({ generation: { persona: writing!.id } });
    button('Delete').click();
    await until(() => {
      expect(rows()).not.toContain('Writing');
      expect(session.settings?.generation.persona).toBeNull();
      expect(toasts.list).toHaveLength(1);
    });
    toasts.list[0]?.action?.run();
    await until(() => {
      expect(session.settings?.generation.persona).toBeTruthy();
    });
    expect(page.asked('persona_create')).toMatchObject([
      { name: 'Writing', icon: 'feather', instructions: writing!.instructions },
    ]);
    expect(page.world.settings.generation.persona).not.toBe(writing!.id);
  });
});
