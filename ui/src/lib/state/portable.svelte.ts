// Taking conversations out, from any view, and whether the dialog that takes them in is open. What
// is in a file goes from the program to the disk and is kept nowhere here.
import { rpc, type ConversationId, type ExportFormat } from '$lib/api';
import { host } from '$lib/host';
import { t } from '$lib/i18n/index.svelte';
import { notify, notifyError } from './toasts.svelte';

class Portable {
  /** The import dialog is open. */
  importing = $state(false);
}

export const portable = new Portable();

/** Saves conversations to a file, `null` all of them; whether a file was written. */
export async function exportConversations(
  ids: readonly ConversationId[] | null,
  format: ExportFormat,
): Promise<boolean> {
  const which = ids === null ? {} : { conversations: [...ids] };
  const file = await rpc('conversation_export', { ...which, format });
  if (!(await host().saveText(file.name, file.text))) return false;
  notify(t('holdings.exported', { count: file.conversations }));
  return true;
}

/** The same for one conversation, where there is no dialog to say what failed. */
export async function exportOne(id: ConversationId, format: ExportFormat): Promise<void> {
  await exportConversations([id], format).catch(notifyError);
}
