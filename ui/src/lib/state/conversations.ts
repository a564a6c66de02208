// What can be done with a conversation from any view. Deleting is soft, so it can be taken back.
import type { Conversation } from '$lib/api';
import { t } from '$lib/i18n/index.svelte';
import { navigation } from './navigation.svelte';
import { act } from './query.svelte';
import { notify, notifyError } from './toasts.svelte';

/** What lists and headings show. */
export function titleOf(conversation: Conversation): string {
  return conversation.title.trim() || t('sidebar.untitled');
}

export async function rename(conversation: Conversation, title: string): Promise<void> {
  const wanted = title.trim();
  if (wanted === '' || wanted === conversation.title) return;
  await act('conversation_rename', { id: conversation.id, title: wanted }).catch(notifyError);
}

export async function togglePin(conversation: Conversation): Promise<void> {
  const { id, pinned } = conversation;
  await act('conversation_pin', { id, pinned: !pinned }).catch(notifyError);
}

export async function remove(conversation: Conversation): Promise<void> {
  const { id } = conversation;
  const wasOpen = navigation.conversation === id;
  try {
    await act('conversation_delete', { id });
  } catch (cause) {
    notifyError(cause);
    return;
  }
  if (wasOpen) navigation.startNew();
  notify(t('sidebar.deleted', { title: shorten(titleOf(conversation)) }), {
    label: t('common.undo'),
    run: () => void restore(id, wasOpen),
  });
}

async function restore(id: string, open: boolean): Promise<void> {
  try {
    await act('conversation_restore', { id });
    if (open) navigation.open(id);
    notify(t('sidebar.restored'));
  } catch (cause) {
    notifyError(cause);
  }
}

function shorten(title: string): string {
  return title.length > 48 ? `${title.slice(0, 47)}…` : title;
}
