// A message that the program has not named yet.
import type { Attachment, Message, MessageId } from '$lib/api';

export function provisional(
  role: 'user' | 'assistant',
  id: MessageId,
  parent: MessageId | null,
  content: string,
  attachments: readonly Attachment[] = [],
): Message {
  return {
    id,
    conversation: '',
    parent,
    role,
    content,
    attachments: [...attachments],
    reasoning: '',
    status: role === 'user' ? 'complete' : 'streaming',
    finish: null,
    model: null,
    usage: null,
    timing: null,
    created: Date.now(),
  };
}
