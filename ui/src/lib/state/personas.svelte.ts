// Personas as every view names them, and what can be done with one from any view. A deleted one is
// made again from what it was; conversations that had it have lost it by then.
import type { Persona, PersonaDraft, PersonaId } from '$lib/api';
import { t, type MessageKey } from '$lib/i18n/index.svelte';
import { beginning, noSampling } from './beginning.svelte';
import { act, invalidate } from './query.svelte';
import { session } from './session.svelte';
import { notify, notifyError } from './toasts.svelte';

/** Those that come with Hearth; their names are translated as long as nobody changed them. */
const PRESETS: Readonly<Record<string, MessageKey>> = {
  general: 'persona.preset.general',
  writing: 'persona.preset.writing',
  code: 'persona.preset.code',
  summarise: 'persona.preset.summarise',
  translate: 'persona.preset.translate',
};

/** The most characters of a name. */
export const NAME_LENGTH = 80;

class Personas {
  /** The dialog is open. */
  managing = $state(false);
  /** The one that it shows; `null` is the list. */
  shown = $state<PersonaId | null>(null);

  manage(persona: PersonaId | null = null): void {
    this.shown = persona;
    this.managing = true;
  }
}

export const personas = new Personas();

/** The name that lists and headings show. */
export function personaName(persona: Persona): string {
  const preset = PRESETS[persona.preset ?? ''];
  return preset === undefined ? persona.name : t(preset);
}

/** What a person would have written to get this persona, with the name that is shown. */
export function draftOf(persona: Persona): PersonaDraft {
  const { icon, instructions, model, sampling } = persona;
  return { name: personaName(persona), icon, instructions, model, sampling };
}

/** Makes one to be filled in; `null` where it was refused. */
export async function createPersona(draft: Partial<PersonaDraft> = {}): Promise<Persona | null> {
  const empty = {
    name: t('persona.newName'),
    icon: '',
    instructions: '',
    model: null,
    sampling: noSampling(),
  };
  try {
    return await act('persona_create', { ...empty, ...draft });
  } catch (cause) {
    notifyError(cause);
    return null;
  }
}

export async function duplicatePersona(persona: Persona): Promise<Persona | null> {
  const draft = draftOf(persona);
  const name = t('persona.copyName', { name: draft.name.slice(0, NAME_LENGTH - 16) });
  return createPersona({ ...draft, name: name.slice(0, NAME_LENGTH) });
}

/** Makes it the persona of new conversations; `null` is none. */
export async function setDefaultPersona(persona: PersonaId | null): Promise<void> {
  await session.change({ generation: { persona } }).catch(notifyError);
}

/** Deletes it and offers to make it again; whether it is gone. */
export async function removePersona(persona: Persona): Promise<boolean> {
  const draft = draftOf(persona);
  const wasDefault = session.settings?.generation.persona === persona.id;
  try {
    await act('persona_delete', { id: persona.id });
  } catch (cause) {
    notifyError(cause);
    return false;
  }
  // Conversations that had it have lost it, the one not yet begun too.
  invalidate(['conversations', 'messages']);
  if (beginning.config.persona === persona.id) {
    beginning.config = { ...beginning.config, persona: null };
  }
  if (wasDefault) await setDefaultPersona(null);
  notify(t('persona.deleted', { name: draft.name }), {
    label: t('common.undo'),
    run: () => void remake(draft, wasDefault),
  });
  return true;
}

async function remake(draft: PersonaDraft, isDefault: boolean): Promise<void> {
  const made = await createPersona(draft);
  if (!made) return;
  if (isDefault) await setDefaultPersona(made.id);
  notify(t('persona.remade', { name: draft.name }));
}
