// The panel beside the thread: how one conversation is answered.
import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConversationPanel } from '../../src/features/persona';
import { navigation } from '../../src/lib/state';
import { beginning } from '../../src/lib/state/beginning.svelte';
import { PERSONAS } from '../mock/holdings';
import { button, byLabel, choose, closePage, openPage, type, until, type Page } from '../mock/page';

const OWN = 'Instructions for this conversation';

let page: Page;
let app: Record<string, unknown>;
let saved: string[];

describe('the panel of a conversation', () => {
  beforeEach(async () => {
    vi.stubGlobal('innerWidth', 1400);
    saved = [];
    page = await openPage({
      saveText: (name) => {
        saved.push(name);
        return Promise.resolve(true);
      },
    });
    navigation.open(page.world.conversations[1]!.id);
    navigation.panel = 'conversation';
    app = mount(ConversationPanel, { target: document.body });
    await until(() => {
      expect(byLabel<HTMLSelectElement>('Persona').options).toHaveLength(PERSONAS.length + 1);
    });
  });

  afterEach(async () => {
    await unmount(app);
    closePage();
  });

  it('saves instructions as they are typed, with the rest of what was chosen', async () => {
    choose(byLabel<HTMLSelectElement>('Persona'), PERSONAS[1]!.id);
    await until(() => {
      expect(page.world.conversations[1]?.persona).toBe(PERSONAS[1]!.id);
    });
    type(byLabel<HTMLTextAreaElement>(OWN), 'In German.');
    await until(() => {
      expect(page.world.conversations[1]?.instructions).toBe('In German.');
      expect(document.body.textContent).toContain('Saved');
    });
    expect(page.world.conversations[1]?.persona).toBe(PERSONAS[1]!.id);
  });

  it('saves to the conversation it was typed for when another one is opened at once', async () => {
    const [, first, second] = page.world.conversations;
    type(byLabel<HTMLTextAreaElement>(OWN), 'For the first one.');
    navigation.open(second!.id);
    await until(() => {
      expect(page.world.conversations[1]?.instructions).toBe('For the first one.');
    });
    expect(page.asked('conversation_configure').map(({ id }) => id)).toEqual([first!.id]);
    expect(page.world.conversations[2]?.instructions).toBeNull();
  });

  it('takes an emptied field as the persona’s own instructions', async () => {
    type(byLabel<HTMLTextAreaElement>(OWN), 'x');
    type(byLabel<HTMLTextAreaElement>(OWN), '');
    await until(() => {
      expect(page.asked('conversation_configure').at(-1)?.config.instructions).toBeNull();
    });
  });

  it('goes back to the persona in one step', async () => {
    choose(byLabel<HTMLSelectElement>('Persona'), PERSONAS[1]!.id);
    type(byLabel<HTMLTextAreaElement>(OWN), 'Mine.');
    const number = byLabel('Temperature');
    number.value = '0.3';
    number.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => {
      expect(page.world.conversations[1]?.sampling.temperature).toBe(0.3);
    });
    button('Back to the persona').click();
    await until(() => {
      const { instructions, sampling, persona } = page.world.conversations[1]!;
      expect(instructions).toBeNull();
      expect(sampling.temperature).toBeNull();
      expect(persona).toBe(PERSONAS[1]!.id);
    });
  });

  it('refuses a number out of range in place and sends nothing', async () => {
    const number = byLabel('Temperature');
    number.value = '9';
    number.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => {
      expect(document.body.textContent).toContain('Between 0 and 2.');
    });
    expect(number.getAttribute('aria-invalid')).toBe('true');
    expect(page.asked('conversation_configure')).toEqual([]);
  });

  it('shows what holds instead while a number is not set', async () => {
    expect(byLabel('Temperature').placeholder).toBe('Model’s own');
    choose(byLabel<HTMLSelectElement>('Persona'), PERSONAS[1]!.id);
    await until(() => {
      expect(byLabel('Temperature').placeholder).toBe('0.9');
    });
  });

  it('saves this conversation alone to a file', async () => {
    button('Save as Markdown').click();
    await until(() => {
      expect(saved).toEqual(['hearth.md']);
    });
    expect(page.asked('conversation_export')).toEqual([
      { conversations: [page.world.conversations[1]!.id], format: 'markdown' },
    ]);
  });

  it('keeps the choices for a new conversation without asking the program', async () => {
    navigation.startNew();
    await until(() => {
      expect(document.body.textContent).not.toContain('Facts');
    });
    type(byLabel<HTMLTextAreaElement>(OWN), 'Be brief.');
    await until(() => {
      expect(beginning.config.instructions).toBe('Be brief.');
    });
    expect(page.asked('conversation_configure')).toEqual([]);
  });
});
