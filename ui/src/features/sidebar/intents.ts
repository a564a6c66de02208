// What can be done with the list from the keyboard.
import { t } from '$lib/i18n/index.svelte';
import { navigation, type Intent } from '$lib/state';
import type { ConversationList } from './list.svelte';
import type { RowActions } from './rows.svelte';

/** The intents of the list; browsers keep some of the keys for themselves. */
export function listIntents(list: ConversationList, rows: RowActions, desktop: boolean): Intent[] {
  const shown: Intent[] = [
    {
      id: 'list.folder',
      label: () => t('finding.folderNew'),
      group: 'list',
      run: () => {
        void list.showArchive(false).then(() => (list.naming = true));
      },
    },
    {
      id: 'list.select',
      label: () => t('finding.selectMany'),
      group: 'list',
      run: () => {
        list.selection.start();
        if (rows.reachable !== null) void rows.focus(rows.reachable);
      },
    },
    {
      id: 'list.archive',
      label: () => t('finding.archiveShow'),
      group: 'go',
      run: () => void list.showArchive(true),
    },
  ];
  return [...shown, ...(desktop ? [nth(list)] : []), ...local()];
}

/** The first nine rows have a number. */
function nth(list: ConversationList): Intent {
  return {
    id: 'list.nth',
    label: () => t('finding.nth'),
    group: 'go',
    keys: Array.from({ length: 9 }, (_, at) => `Mod+${String(at + 1)}`).join(' '),
    quiet: true,
    run: (event) => {
      const at = Number(event?.code.replace('Digit', '').replace('Numpad', ''));
      const conversation = list.order[at - 1];
      if (conversation) navigation.open(conversation.id);
    },
  };
}

/** Keys that mean something where a row has the focus; for the map. */
function local(): Intent[] {
  const rows = [
    ['list.move', () => t('finding.keyMove'), 'ArrowUp ArrowDown'],
    ['list.rename', () => t('sidebar.rename'), 'F2'],
    ['list.delete', () => t('sidebar.delete'), 'Delete'],
    ['list.all', () => t('finding.keyAll'), 'Mod+A'],
    ['list.range', () => t('finding.keyRange'), 'Shift+ArrowUp Shift+ArrowDown'],
    ['list.menu', () => t('finding.keyMenu'), 'Shift+F10'],
  ] as const;
  return rows.map(([id, label, keys]) => ({ id, label, keys, group: 'list', local: true }));
}
