// Goes on with the questions that wait in a conversation that is not shown. Where it is shown, its
// composer does that.
import { rpc, type ConversationId, type QueuedQuestion } from '$lib/api';
import { act } from '$lib/state';
import { onStale } from '$lib/state/query.svelte';
import type { Draft } from './draft.svelte';
import { without } from './queue';

/** The end of an answer makes messages stale; this is for a word of it that was lost. */
const LOOK = 3_000;

export type Turn = 'free' | 'running' | 'failed';

/** Whether a conversation can be asked the next question. */
export async function turnOf(id: ConversationId): Promise<Turn> {
  const { generation, messages } = await rpc('conversation_get', { id, limit: 1 });
  if (generation !== null) return 'running';
  return messages.at(-1)?.status === 'failed' ? 'failed' : 'free';
}

const relays = new Map<Draft, () => void>();

/** Takes over a draft whose composer goes away. */
export function startRelay(draft: Draft): void {
  stopRelay(draft);
  if (!waits(draft)) return;
  let busy = false;
  const look = async () => {
    if (busy) return;
    busy = true;
    await step(draft).catch(() => undefined);
    busy = false;
    if (!waits(draft)) stopRelay(draft);
  };
  const timer = setInterval(() => void look(), LOOK);
  const off = onStale(['messages'], () => void look());
  relays.set(draft, () => {
    clearInterval(timer);
    off();
  });
}

/** A composer shows the draft again. */
export function stopRelay(draft: Draft): void {
  relays.get(draft)?.();
  relays.delete(draft);
}

function waits(draft: Draft): boolean {
  return draft.key !== null && draft.queue.length > 0 && draft.pause === null;
}

async function step(draft: Draft): Promise<void> {
  const [question] = draft.queue;
  if (!question || draft.key === null || draft.leaving !== null) return;
  const turn = await turnOf(draft.key);
  // The composer may be back, or the question changed, since it was looked.
  if (!relays.has(draft) || draft.queue[0] !== question) return;
  if (turn === 'failed') draft.pause = 'failed';
  if (turn === 'free') await send(draft, draft.key, question);
}

async function send(draft: Draft, conversation: ConversationId, question: QueuedQuestion) {
  const { client_id, text, attachments, of } = question;
  draft.leaving = client_id;
  try {
    const files = attachments.map(({ id }) => id);
    await act('chat_send', { conversation, client_id, text, attachments: files, ...of });
    draft.queue = without(draft.queue, client_id);
  } catch {
    draft.pause = 'failed';
  } finally {
    draft.leaving = null;
  }
}
