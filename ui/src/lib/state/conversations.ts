// What can be done with conversations from any view, one or many at once. Whatever was done to them
// can be taken back from the message that says so.
import type { Conversation, ConversationChange, ConversationId, Folder } from '$lib/api';
import { t, type MessageKey } from '$lib/i18n/index.svelte';
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

/** Takes one out of every list. */
export async function remove(conversation: Conversation): Promise<void> {
  await removeAll([conversation]);
}

/** Takes all of these out of every list, in one step. */
export async function removeAll(list: readonly Conversation[]): Promise<void> {
  const ids = idsOf(list);
  const open = navigation.conversation;
  const wasOpen = open !== null && ids.includes(open);
  if (!(await change(ids, { type: 'delete' }))) return;
  if (wasOpen) navigation.startNew();
  navigation.forget(ids);
  tell('sidebar.deleted', 'finding.deletedMany', list, async () => {
    if (!(await change(ids, { type: 'restore' }))) return;
    if (wasOpen) navigation.open(open);
    notify(ids.length === 1 ? t('sidebar.restored') : t('finding.restored', { count: ids.length }));
  });
}

/** Keeps them at the top, or lets them go. */
export async function pinAll(list: readonly Conversation[], pinned: boolean): Promise<void> {
  const others = list.filter((one) => one.pinned !== pinned);
  const ids = idsOf(others);
  if (!(await change(ids, { type: 'pin', pinned }))) return;
  const [one, many]: [MessageKey, MessageKey] = pinned
    ? ['finding.pinned', 'finding.pinnedMany']
    : ['finding.unpinned', 'finding.unpinnedMany'];
  tell(one, many, others, () => change(ids, { type: 'pin', pinned: !pinned }));
}

/** Puts them away, or takes them back into the list. */
export async function archiveAll(list: readonly Conversation[], archived: boolean): Promise<void> {
  const others = list.filter((one) => one.archived !== archived);
  const ids = idsOf(others);
  if (!(await change(ids, { type: 'archive', archived }))) return;
  const [one, many]: [MessageKey, MessageKey] = archived
    ? ['finding.archived', 'finding.archivedMany']
    : ['finding.unarchived', 'finding.unarchivedMany'];
  tell(one, many, others, () => change(ids, { type: 'archive', archived: !archived }));
}

/** Lays them into a folder, or into none. */
export async function moveAll(list: readonly Conversation[], folder: Folder | null): Promise<void> {
  const wanted = folder?.id ?? null;
  const others = list.filter((one) => one.folder !== wanted);
  if (!(await change(idsOf(others), { type: 'move', folder: wanted }))) return;
  const [one, many]: [MessageKey, MessageKey] = folder
    ? ['finding.moved', 'finding.movedMany']
    : ['finding.movedOut', 'finding.movedOutMany'];
  tell(one, many, others, () => moveBack(others), folder?.name);
}

/** Each into the folder that it came from. */
async function moveBack(list: readonly Conversation[]): Promise<void> {
  for (const folder of new Set(list.map((one) => one.folder))) {
    const ids = idsOf(list.filter((one) => one.folder === folder));
    await change(ids, { type: 'move', folder });
  }
}

/** The most that one step takes. */
const MOST = 10_000;

/** Whether the change was made; what refused it is told. */
async function change(ids: readonly ConversationId[], what: ConversationChange): Promise<boolean> {
  try {
    for (let at = 0; at < ids.length; at += MOST) {
      await act('conversation_batch', { ids: ids.slice(at, at + MOST), change: what });
    }
  } catch (cause) {
    notifyError(cause);
    return false;
  }
  return ids.length > 0;
}

function tell(
  one: MessageKey,
  many: MessageKey,
  list: readonly Conversation[],
  undo: () => Promise<unknown>,
  folder = '',
): void {
  const [first] = list;
  if (!first) return;
  const text =
    list.length === 1
      ? t(one, { title: shorten(titleOf(first)), folder })
      : t(many, { count: list.length, folder });
  notify(text, { label: t('common.undo'), run: () => void undo() });
}

const idsOf = (list: readonly Conversation[]) => list.map((one) => one.id);

function shorten(title: string): string {
  const letters = Array.from(title);
  return letters.length > 48 ? `${letters.slice(0, 47).join('')}…` : title;
}
