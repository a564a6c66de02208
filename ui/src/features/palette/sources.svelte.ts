// Where the palette takes its entries from. Made while a component is set up.
import type { Conversation } from '$lib/api';
import { formatWhen } from '$lib/i18n/format';
import { t } from '$lib/i18n/index.svelte';
import { navigation, query, session } from '$lib/state';
import { beginning } from '$lib/state/beginning.svelte';
import { titleOf } from '$lib/state/conversations';
import { allIntents, INTENT_GROUPS, isOffered } from '$lib/state/intent.svelte';
import { personaName } from '$lib/state/personas.svelte';
import { chordsOf, showKeys } from '$lib/ui/keys';
import type { Entry, EntryGroup } from './entries';

/** So many of the newest are matched letter by letter; older ones by what the program finds. */
const NEWEST = 200;

export class PaletteSources {
  readonly #question: () => string;
  readonly #newest = query('conversation_list', () => ({ archived: false, limit: NEWEST }));
  readonly #older = query('conversation_list', () => {
    const words = this.#question().trim();
    return words.length < 2 ? null : { archived: false, limit: 20, query: words };
  });
  readonly #personas = query('persona_list', () => ({}));

  constructor(question: () => string) {
    this.#question = question;
  }

  /** Nothing is there yet, for more than 300 ms. */
  get slow(): boolean {
    return this.#newest.slow;
  }

  get groups(): readonly EntryGroup[] {
    const empty = this.#question().trim() === '';
    return [
      {
        label: t(empty ? 'finding.paletteRecent' : 'finding.paletteConversations'),
        entries: this.#conversations(empty),
        few: 6,
        many: 8,
      },
      { label: t('finding.paletteCommands'), entries: commands(), few: 20, many: 8 },
      { label: t('finding.palettePersonas'), entries: this.#withPersona(), few: 5, many: 5 },
      { label: t('finding.paletteSettings'), entries: sections(), few: 0, many: 8 },
    ];
  }

  #conversations(empty: boolean): Entry[] {
    const all = [...(this.#newest.data?.items ?? []), ...(this.#older.data?.items ?? [])];
    const each = [...new Map(all.map((one) => [one.id, one])).values()];
    const now = Date.now();
    // Without a question the first one is the way back, so the open one is left out.
    const open = empty ? navigation.conversation : null;
    return each
      .filter((one) => one.id !== open)
      .sort((one, other) => other.updated - one.updated)
      .map((one: Conversation) => ({
        id: one.id,
        kind: 'conversation',
        label: titleOf(one),
        note: formatWhen(one.updated, now),
        run: () => {
          navigation.open(one.id);
        },
      }));
  }

  #withPersona(): Entry[] {
    return (this.#personas.data ?? []).map((persona) => ({
      id: `persona.${persona.id}`,
      kind: 'persona',
      label: t('finding.paletteNew', { name: personaName(persona) }),
      run: () => {
        navigation.startNew();
        beginning.config = { ...beginning.config, persona: persona.id };
      },
    }));
  }
}

function commands(): Entry[] {
  return INTENT_GROUPS.flatMap((group) => allIntents().filter((one) => one.group === group))
    .filter(isOffered)
    .map((intent) => {
      const [keys] = chordsOf(intent.keys);
      return {
        id: intent.id,
        kind: 'command',
        label: intent.label(),
        note: keys === undefined ? undefined : showKeys(keys),
        run: () => intent.run?.(),
      };
    });
}

function sections(): Entry[] {
  return session.sections.map((section) => ({
    id: `settings.${section}`,
    kind: 'setting',
    label: t('finding.paletteSection', { name: t(`settings.${section}`) }),
    run: () => {
      navigation.openSettings(section);
    },
  }));
}

/** The way on, when it is not among these. */
export function searchEntry(words: string, run: () => void): Entry {
  return {
    id: 'search',
    kind: 'search',
    label: t('finding.paletteSearch', { query: words }),
    run,
  };
}
