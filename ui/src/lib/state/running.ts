// In which conversations an answer is being written: also in those that another window asked in, or
// that began before this page was opened.
import type { ConversationId } from '$lib/api';
import { query } from './query.svelte';

const list = query('generation_list', () => ({}));

/** Whether an answer is being written there. Reactive. */
export function isRunning(id: ConversationId): boolean {
  return list.data?.includes(id) ?? false;
}
