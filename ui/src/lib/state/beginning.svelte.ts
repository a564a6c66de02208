// How the conversation that is not yet begun will be answered: its persona, its own instructions,
// its model and parameters, as `chat_send` takes them with the first question.
import type { ConversationConfig, SamplingParams } from '$lib/api';
import { session } from './session.svelte';

/** Parameters that leave everything to the persona, the settings and the model. */
export function noSampling(): SamplingParams {
  return {
    temperature: null,
    top_p: null,
    top_k: null,
    min_p: null,
    repeat_penalty: null,
    frequency_penalty: null,
    presence_penalty: null,
    seed: null,
    max_tokens: null,
    stop: [],
  };
}

class Beginning {
  /** What was chosen for it; what was not is what the settings say. */
  #chosen = $state.raw<ConversationConfig | null>(null);

  /** All of it, with the persona that the settings give to new conversations. */
  get config(): ConversationConfig {
    return (
      this.#chosen ?? {
        persona: session.settings?.generation.persona ?? null,
        instructions: null,
        model: null,
        sampling: noSampling(),
      }
    );
  }

  set config(config: ConversationConfig) {
    this.#chosen = config;
  }

  /** After the first question: the next new conversation starts from the settings again. */
  reset(): void {
    this.#chosen = null;
  }
}

export const beginning = new Beginning();
