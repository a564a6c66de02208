// The questions that wait until the running answer is over, as a list. Each step makes a new list.
import type { AskedOf, QueuedQuestion } from '$lib/api';
import type { Written } from './draft.svelte';

type Queue = readonly QueuedQuestion[];

export function queued(queue: Queue, { text, attachments }: Written, of: AskedOf): Queue {
  return [...queue, { client_id: crypto.randomUUID(), text, attachments: [...attachments], of }];
}

export function without(queue: Queue, id: string): Queue {
  return queue.filter((one) => one.client_id !== id);
}

/** Puts a question back where it was, or at the end where the list became shorter. */
export function inserted(queue: Queue, question: QueuedQuestion, at: number): Queue {
  return [...queue.slice(0, at), question, ...queue.slice(at)];
}

export function rewritten(queue: Queue, id: string, text: string): Queue {
  return queue.map((one) => (one.client_id === id ? { ...one, text } : one));
}

/** Moves a question one place; at the ends nothing changes. */
export function moved(queue: Queue, id: string, by: -1 | 1): Queue {
  const at = queue.findIndex((one) => one.client_id === id);
  const [question, other] = [queue[at], queue[at + by]];
  if (!question || !other) return queue;
  return queue.map((one, index) => (index === at ? other : index === at + by ? question : one));
}
