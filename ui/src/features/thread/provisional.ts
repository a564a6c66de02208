// A message that the program has not named yet.
import type { Message, MessageId } from '$lib/api';

export function provisional(
  role: 'user' | 'assistant',
  id: MessageId,
  parent: MessageId | null,
  content: string,
): Message {
  return {
    id,
    conversation: '',
    parent,
    role,
    content,
    reasoning: '',
    status: role === 'user' ? 'complete' : 'streaming',
    finish: null,
    model: null,
    usage: null,
    timing: null,
    created: Date.now(),
  };
}
