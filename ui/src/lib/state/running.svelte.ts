// In which conversations an answer is being written. The `app` stream tells the beginning; the end
// is read from the conversation when something about messages has changed.
import { SvelteSet } from 'svelte/reactivity';
import { rpc, type ConversationId } from '$lib/api';

const conversations = new SvelteSet<ConversationId>();

/** Whether an answer is being written there. Reactive. */
export function isRunning(id: ConversationId): boolean {
  return conversations.has(id);
}

export function noteRunning(id: ConversationId): void {
  conversations.add(id);
}

/** Looks which of them are still being written. */
export function checkRunning(): void {
  for (const id of conversations) void check(id);
}

async function check(id: ConversationId): Promise<void> {
  const running = await rpc('conversation_get', { id, limit: 1 }).then(
    (view) => view.generation !== null,
    () => false,
  );
  if (!running) conversations.delete(id);
}
