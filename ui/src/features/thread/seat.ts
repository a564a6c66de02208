// Tells a change to another conversation from a new conversation that got its name.
import type { ConversationId } from '$lib/api';

export class Seat {
  #at: ConversationId | null = null;
  #number = 0;

  /** The number of the thread to show; the same number is the same thread. */
  at(conversation: ConversationId | null): number {
    if (conversation !== this.#at) {
      this.#at = conversation;
      this.#number += 1;
    }
    return this.#number;
  }

  /** The thread that is shown got this name. */
  adopt(conversation: ConversationId): void {
    this.#at = conversation;
  }
}
