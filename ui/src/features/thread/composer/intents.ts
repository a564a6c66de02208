// What the composer does, for the palette and the map of the keys.
import { t } from '$lib/i18n/index.svelte';
import { navigation } from '$lib/state';
import type { Intent } from '$lib/state/intent.svelte';

export function writingIntents(focus: () => void): Intent[] {
  const local = (id: string, label: Intent['label'], keys: string): Intent => ({
    id: `writing.${id}`,
    label,
    group: 'writing',
    keys,
    local: true,
  });
  return [
    {
      id: 'writing.focus',
      label: () => t('writing.key.focus'),
      group: 'writing',
      keys: 'Shift+Escape',
      run: focus,
    },
    {
      id: 'writing.prompts',
      label: () => t('writing.prompts.manage'),
      group: 'writing',
      run: () => {
        navigation.openSettings('prompts');
      },
    },
    local('insert', () => t('writing.key.insert'), '/'),
    local('mention', () => t('writing.key.mention'), '@'),
    local('send', () => t('writing.key.send'), 'Enter'),
    local('line', () => t('writing.key.line'), 'Shift+Enter'),
    local('edit', () => t('writing.key.edit'), 'ArrowUp'),
    local('before', () => t('writing.key.before'), 'Alt+ArrowUp'),
    local('after', () => t('writing.key.after'), 'Alt+ArrowDown'),
    local('place', () => t('writing.key.place'), 'Tab'),
    local('page', () => t('writing.key.page'), 'PageUp PageDown'),
  ];
}
