// The drafts of this window, one for each conversation that was opened and one for the new one.
import type { ConversationId } from '$lib/api';
import { onStale } from '$lib/state/query.svelte';
import { Draft } from './draft.svelte';

const drafts = new Map<ConversationId | null, Draft>();

/** The draft of a conversation. Read anew each time it is opened: another window may have gone on. */
export function draftOf(conversation: ConversationId | null): Draft {
  const known = drafts.get(conversation);
  if (known) return known;
  const draft = new Draft(conversation);
  drafts.set(conversation, draft);
  return draft;
}

/** The draft of the new conversation becomes that of the conversation it began. */
export function moveDraft(draft: Draft, conversation: ConversationId): void {
  if (draft.key === conversation) return;
  drafts.delete(draft.key);
  drafts.set(conversation, draft);
  draft.move(conversation);
  draftOf(null).clear();
}

/** Keeps at once what is not kept yet: the page is being left. */
export function flushDrafts(): void {
  for (const draft of drafts.values()) draft.flush();
}

/** Keeps all of them, and answers whether that was done. */
export async function keepDrafts(): Promise<boolean> {
  const kept = await Promise.all([...drafts.values()].map((draft) => draft.settle()));
  return kept.every(Boolean);
}

/** Forgets all drafts of this window, not those that the program keeps. */
export function forgetDrafts(): void {
  drafts.clear();
}

// Another window wrote, or all was deleted. What is empty here is read when it is opened.
onStale(['drafts'], () => {
  for (const draft of drafts.values()) if (draft.shown || !draft.empty) void draft.refresh();
});
