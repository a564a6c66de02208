// What can be done from the field, as the list and the keys have it.
import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import Copy from '@lucide/svelte/icons/copy';
import PanelTop from '@lucide/svelte/icons/panel-top';
import Pin from '@lucide/svelte/icons/pin';
import Plus from '@lucide/svelte/icons/plus';
import Square from '@lucide/svelte/icons/square';
import TextSelect from '@lucide/svelte/icons/text-select';
import UserRound from '@lucide/svelte/icons/user-round';
import type { Persona } from '$lib/api';
import { t } from '$lib/i18n/index.svelte';
import { session } from '$lib/state';
import { personaName } from '$lib/state/personas.svelte';
import { COMMON_ICON } from '$lib/ui/persona-icons';
import type { Choice } from './choice';
import { KEYS } from './keys';
import type { QuickChat } from './quick.svelte';

/** All that can be done now, in the order of the list. */
export function actionsOf(quick: QuickChat, choosePersona: () => void): readonly Choice[] {
  const { talk } = quick;
  const list: (Choice | false)[] = [
    talk.running !== null && {
      id: 'stop',
      label: t('quick.stop'),
      icon: Square,
      keys: KEYS.stop,
      run: () => void quick.stop(),
    },
    ...takes(quick),
    talk.answer !== '' && {
      id: 'copy',
      label: t('quick.copy'),
      icon: Copy,
      keys: KEYS.copy,
      run: () => void quick.copy(),
    },
    talk.turns.length > 0 && {
      id: 'fresh',
      label: t('quick.new'),
      icon: Plus,
      keys: KEYS.fresh,
      run: quick.fresh.bind(quick),
    },
    {
      id: 'persona',
      label: t('quick.persona'),
      icon: UserRound,
      keys: KEYS.persona,
      run: choosePersona,
    },
    {
      id: 'pin',
      label: quick.pinned ? t('quick.unpin') : t('quick.pin'),
      icon: Pin,
      keys: KEYS.pin,
      run: () => void quick.pin(!quick.pinned),
    },
    {
      id: 'move',
      label: t('quick.open'),
      icon: PanelTop,
      keys: KEYS.move,
      run: () => void quick.move(),
    },
  ];
  return list.filter((one) => one !== false);
}

function takes(quick: QuickChat): readonly Choice[] {
  if (!session.can('take_text')) return [];
  return [
    {
      id: 'clipboard',
      label: t('quick.takeClipboard'),
      icon: ClipboardPaste,
      keys: KEYS.clipboard,
      run: () => void quick.take('clipboard'),
    },
    {
      id: 'selection',
      label: t('quick.takeSelection'),
      icon: TextSelect,
      keys: KEYS.selection,
      run: () => void quick.take('selection'),
    },
  ];
}

/** Who can answer. */
export function personasOf(quick: QuickChat, list: readonly Persona[]): readonly Choice[] {
  const known = list.some((one) => one.id === quick.persona);
  return [
    ...list.map((one) => ({
      id: one.id,
      label: personaName(one),
      persona: one.icon,
      checked: one.id === quick.persona,
      run: () => void quick.choose(one),
    })),
    {
      id: 'nobody',
      label: t('persona.nobody'),
      persona: COMMON_ICON,
      checked: !known,
      run: () => void quick.choose(null),
    },
  ];
}
