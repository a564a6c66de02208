// What the guardrails found, by message: told with a conversation, with a question that was taken, and
// by the events of an answer. It says where, never what.
import { SvelteMap } from 'svelte/reactivity';
import type { ConversationView, GuardFinding, MessageFindings, MessageId } from '$lib/api';

type Page = Pick<ConversationView, 'messages'> & Partial<Pick<ConversationView, 'findings'>>;

const NONE: readonly GuardFinding[] = [];

class Findings {
  readonly #of = new SvelteMap<MessageId, readonly GuardFinding[]>();

  of(message: MessageId): readonly GuardFinding[] {
    return this.#of.get(message) ?? NONE;
  }

  put({ message, findings }: MessageFindings): void {
    this.set(message, findings);
  }

  set(message: MessageId, found: readonly GuardFinding[] = NONE): void {
    if (found.length > 0) this.#of.set(message, found);
    else this.#of.delete(message);
  }

  /** Takes what a page of a conversation says; what it no longer says is gone. */
  take({ messages, findings = [] }: Page): void {
    const found = new Map(findings.map((one) => [one.message, one.findings]));
    for (const { id } of messages) this.set(id, found.get(id));
  }
}

export const findings = new Findings();
