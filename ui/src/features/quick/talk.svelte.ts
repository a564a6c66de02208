// One conversation of the quick chat: its questions, its answers as they are written, what can be
// done with the last one. Refusals are thrown; the owner says them.
import { rpc, type Conversation, type ConversationId, type PersonaId } from '$lib/api';
import { countWords } from '$lib/answer/answer';
import { LiveAnswer } from '$lib/answer/live-answer.svelte';
import { findings } from '$lib/guard/findings.svelte';
import { sendGuarded } from '$lib/guard/question.svelte';
import { t } from '$lib/i18n/index.svelte';
import { act, announce } from '$lib/state';
import { tellFault } from './fault';
import { textOf, turnsOf, withLast, type Turn } from './turns';
import { questionOf, type Written } from './written';

/** Messages of a conversation that is shown again. */
const LAST = 20;

export class Talk {
  conversation = $state.raw<Conversation | null>(null);
  turns = $state.raw<readonly Turn[]>([]);

  get id(): ConversationId | null {
    return this.conversation?.id ?? null;
  }

  /** The answer that is being written. */
  get running(): LiveAnswer | null {
    const live = this.turns.at(-1)?.live ?? null;
    return live?.running ? live : null;
  }

  /** The text of the last answer. */
  get answer(): string {
    const last = this.turns.at(-1);
    return last ? textOf(last) : '';
  }

  /** Asks; the first question begins the conversation. The turn is there at once. */
  async ask(written: Written, persona: PersonaId | null): Promise<void> {
    const key = crypto.randomUUID();
    const live = this.#newAnswer();
    const { text: question, attachments } = written;
    const turn = { key, question, attachments, asked: null, message: null, answer: null, live };
    this.turns = [...this.turns, turn];
    try {
      const request = questionOf(written, key, this.id, persona);
      const started = await sendGuarded(request, (asked) => act('chat_send', asked));
      this.conversation = started.conversation;
      this.turns = withLast(this.turns, key, {
        message: started.message_id,
        asked: started.user_message,
      });
      findings.set(started.user_message.id, started.findings);
      live.follow(started.generation, true);
    } catch (cause) {
      this.turns = this.turns.filter((one) => one.key !== key);
      throw cause;
    }
  }

  /** Another answer to the last question. */
  async again(): Promise<void> {
    const last = this.turns.at(-1);
    if (!last?.message || this.running) return;
    const started = await act('chat_regenerate', { message: last.message });
    const live = this.#newAnswer();
    const message = started.message_id;
    this.turns = withLast(this.turns, last.key, { message, answer: null, live });
    live.follow(started.generation, true);
  }

  async stop(): Promise<void> {
    const live = this.running;
    if (!live?.generation) return;
    live.stopping = true;
    try {
      await act('generation_cancel', { generation: live.generation });
    } catch (cause) {
      live.stopping = false;
      throw cause;
    }
  }

  /** From now on this persona answers here. */
  async answerAs(persona: PersonaId | null): Promise<void> {
    if (!this.conversation || this.conversation.persona === persona) return;
    const { id, instructions, model, sampling } = this.conversation;
    const config = { persona, instructions, model, sampling };
    this.conversation = await act('conversation_configure', { id, config });
  }

  /** Leaves the conversation; an answer in it goes on. */
  leave(): void {
    this.turns.at(-1)?.live?.close();
    this.turns = [];
    this.conversation = null;
  }

  /** Shows one that was begun before, unless `keep` finds it too old to go on with. */
  async reopen(id: ConversationId, keep: (updated: number, running: boolean) => boolean) {
    const view = await rpc('conversation_get', { id, limit: LAST });
    const { conversation, generation } = view;
    if (this.turns.length > 0 || !keep(conversation.updated, generation !== null)) return;
    this.conversation = conversation;
    findings.take(view);
    this.turns = turnsOf(view);
    const last = this.turns.at(-1);
    if (generation === null || !last) return;
    const live = this.#newAnswer();
    this.turns = withLast(this.turns, last.key, { live, answer: null });
    live.follow(generation);
  }

  #newAnswer(): LiveAnswer {
    return new LiveAnswer({ onEnd: (ended) => void this.#ended(ended) });
  }

  /** The answer is over: says so, and takes from the disk what the stream did not bring. */
  async #ended(live: LiveAnswer): Promise<void> {
    const { end, lossy } = live.state;
    if (end?.kind === 'failed') tellFault(end.code);
    else if (end?.status === 'stopped') announce(t('thread.say.stopped'));
    else announce(t('thread.say.ready', { count: countWords(live.text) }));
    const mine = this.turns.at(-1);
    if (!lossy || this.id === null || mine?.live !== live) return;
    const view = await rpc('conversation_get', { id: this.id, limit: LAST }).catch(() => null);
    const answer = view?.messages.find((message) => message.id === mine.message);
    if (answer) this.turns = withLast(this.turns, mine.key, { live: null, answer });
  }
}
