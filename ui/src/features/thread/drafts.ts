// What was written and not yet sent, for each conversation, as long as the window lives. In memory
// only: nothing of the person's stays in the storage of a web view.
import type { ConversationId } from '$lib/api';

const drafts = new Map<ConversationId | null, string>();

export function draftOf(conversation: ConversationId | null): string {
  return drafts.get(conversation) ?? '';
}

export function keepDraft(conversation: ConversationId | null, text: string): void {
  if (text === '') drafts.delete(conversation);
  else drafts.set(conversation, text);
}

/** Text that could not be sent, before what was written since. */
export function restored(sent: string, since: string): string {
  return since.trim() === '' ? sent : `${sent}\n\n${since}`;
}
