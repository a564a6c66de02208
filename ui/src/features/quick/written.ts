// What stands in the field with what is attached to it: joined, sent, handed to the main window.
import { rpc, type Attachment, type ConversationId, type PersonaId, type Request } from '$lib/api';
import { act } from '$lib/state';

export interface Written {
  readonly text: string;
  readonly attachments: readonly Attachment[];
}

export const NOTHING: Written = { text: '', attachments: [] };

/** One behind the other; nothing of either is lost. */
export function joined(first: Written, then: Written, between = ' '): Written {
  const texts = [first.text, then.text].filter((text) => text.trim() !== '');
  return {
    text: texts.length > 1 ? texts.join(between) : (texts[0] ?? ''),
    attachments: [...first.attachments, ...then.attachments],
  };
}

export const idsOf = (attachments: readonly Attachment[]) => attachments.map(({ id }) => id);

/** The question in a conversation, or the one that begins it. */
export function questionOf(
  { text, attachments }: Written,
  clientId: string,
  conversation: ConversationId | null,
  persona: PersonaId | null,
): Request<'chat_send'> {
  const first = persona === null ? {} : { persona };
  const place = conversation === null ? first : { conversation };
  return { ...place, text, attachments: idsOf(attachments), client_id: clientId };
}

/** Puts it into the field of the main window, behind what stands there. */
export async function handOver(written: Written, conversation: ConversationId | null) {
  const { queue, ...there } = await rpc('draft_get', { conversation });
  const { text, attachments } = joined(there, written, '\n\n');
  await act('draft_save', {
    conversation,
    text,
    attachments: idsOf(attachments),
    queue: queue.map((question) => ({ ...question, attachments: idsOf(question.attachments) })),
  });
}
