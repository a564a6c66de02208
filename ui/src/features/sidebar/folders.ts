// Making, naming and deleting folders. Deleting one leaves what lay in it in the list; taking it
// back makes the folder again and lays all of it there.
import { rpc, type Conversation, type Folder } from '$lib/api';
import { t } from '$lib/i18n/index.svelte';
import { act, notify, notifyError } from '$lib/state';

/** The most characters of a name. */
export const NAME_LENGTH = 80;

/** Makes a folder; `null` where it was refused. */
export async function createFolder(name: string): Promise<Folder | null> {
  const wanted = name.trim();
  if (wanted === '') return null;
  try {
    return await act('folder_create', { name: wanted });
  } catch (cause) {
    notifyError(cause);
    return null;
  }
}

export async function renameFolder(folder: Folder, name: string): Promise<void> {
  const wanted = name.trim();
  if (wanted === '' || wanted === folder.name) return;
  await act('folder_rename', { id: folder.id, name: wanted }).catch(notifyError);
}

export async function deleteFolder(folder: Folder): Promise<void> {
  try {
    const inside = await contents(folder);
    await act('folder_delete', { id: folder.id });
    notify(t('finding.folderDeleted', { name: folder.name }), {
      label: t('common.undo'),
      run: () => void remake(folder, inside),
    });
  } catch (cause) {
    notifyError(cause);
  }
}

async function remake(folder: Folder, inside: readonly Conversation[]): Promise<void> {
  const made = await createFolder(folder.name);
  if (!made || inside.length === 0) return;
  const ids = inside.map((one) => one.id);
  await act('conversation_batch', { ids, change: { type: 'move', folder: made.id } }).catch(
    notifyError,
  );
}

/** All that lies in it, the archived ones too. */
export async function contents(folder: Folder): Promise<readonly Conversation[]> {
  const found: Conversation[] = [];
  for (const archived of [false, true]) {
    let before: number | null = null;
    do {
      const from: { before?: number } = before === null ? {} : { before };
      const page = await rpc('conversation_list', {
        folder: folder.id,
        archived,
        limit: 200,
        ...from,
      });
      found.push(...page.items);
      before = page.next;
    } while (before !== null);
  }
  return found;
}
