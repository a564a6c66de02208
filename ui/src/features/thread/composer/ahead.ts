/**
 * Tells the program which conversation a person is at, so that its history is read before the next
 * question. Nothing is waited for: where it does not happen, the question reads it.
 */
import { rpc, type ConversationId } from '$lib/api';

/** Coming back to the field within this many milliseconds says nothing new. */
const AGAIN = 30_000;

let told: { id: ConversationId; at: number } | null = null;

export function readAhead(id: ConversationId | null, now = Date.now()) {
  if (id === null || (told?.id === id && now - told.at < AGAIN)) return;
  told = { id, at: now };
  rpc('conversation_prefetch', { id }).catch(() => undefined);
}
