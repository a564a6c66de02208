// The open conversation as the header and the panel beside it see it: how it is answered, without
// its messages. For a conversation not yet begun it is what `beginning` holds.
import type { ApiError, Conversation, ConversationConfig, ConversationId } from '$lib/api';
import { beginning } from './beginning.svelte';
import { navigation } from './navigation.svelte';
import { act, putAnswer, query } from './query.svelte';

export interface Opened {
  /** `null` before the first question, and while it is loading. */
  readonly conversation: Conversation | null;
  /** Messages of the shown branch. */
  readonly messages: number;
  /** The model that wrote the last one, where a model did. */
  readonly answeredBy: string | null;
  /** How it is answered; `null` while that is loading. */
  readonly config: ConversationConfig | null;
  readonly error: ApiError | null;
  readonly slow: boolean;
  /** Changes how it is answered from now on. Rejects where that was refused. */
  readonly configure: (values: Partial<ConversationConfig>) => Promise<void>;
  readonly reload: () => Promise<void>;
}

/** Reads the open one, or `which`; call while a component is set up. */
export function opened(which: () => ConversationId | null = () => navigation.conversation): Opened {
  // The last message is enough; the thread asks for the others.
  const view = query('conversation_get', () => {
    const id = which();
    return id === null ? null : { id, limit: 1 };
  });
  const config = $derived(
    which() === null ? beginning.config : view.data ? configOf(view.data.conversation) : null,
  );
  return {
    get conversation() {
      return view.data?.conversation ?? null;
    },
    get messages() {
      return view.data ? view.data.earlier + view.data.messages.length : 0;
    },
    get answeredBy() {
      return view.data?.messages.at(-1)?.model ?? null;
    },
    get config() {
      return config;
    },
    get error() {
      return view.error;
    },
    get slow() {
      return view.slow;
    },
    configure: (values) => configure(view.data, values),
    reload: () => view.reload(),
  };

  async function configure(
    shown: typeof view.data,
    values: Partial<ConversationConfig>,
  ): Promise<void> {
    if (!shown) {
      beginning.config = { ...beginning.config, ...values };
      return;
    }
    const { id } = shown.conversation;
    const whole = { ...configOf(shown.conversation), ...values };
    const conversation = await act('conversation_configure', { id, config: whole });
    // At once, so that a field does not fall back to its old text until the list is read again.
    putAnswer('conversation_get', { id, limit: 1 }, { ...shown, conversation });
  }
}

function configOf(conversation: Conversation): ConversationConfig {
  const { persona, instructions, model, sampling } = conversation;
  return { persona, instructions, model, sampling };
}
