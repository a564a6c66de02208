// The quick chat: what is written, who answers, what is said about it. The program keeps what is
// written, so that hiding, a crash and a restart lose nothing of it.
import {
  rpc,
  type Attachment,
  type Persona,
  type PersonaId,
  type Response,
  type Request,
} from '$lib/api';
import { host, toApiError, type FaultCode } from '$lib/host';
import { t } from '$lib/i18n/index.svelte';
import { act, announce } from '$lib/state';
import type { Begun } from '$lib/ui/begun';
import { tellFault } from './fault';
import { Keeper } from './keeper';
import { Talk } from './talk.svelte';
import { handOver, idsOf, joined, NOTHING, type Written } from './written';

/** What stands in the one line for everything that needs a word. */
export type Note =
  | { readonly kind: 'fault'; readonly code: FaultCode }
  | { readonly kind: 'said'; readonly text: string };

type Source = Request<'text_take'>['source'];

/** Not seen for longer than this, with nothing written, the next question begins a conversation. */
const STALE = 10 * 60_000;

export class QuickChat {
  readonly talk = new Talk();
  /** Who answers the next conversation. */
  persona = $state<PersonaId | null>(null);
  note = $state.raw<Note | null>(null);
  /** The window stays when another one gets the keyboard. */
  pinned = $state(false);
  /** The question is on its way. */
  sending = $state(false);
  /** What is written could not be kept; that is tried again. */
  unkept = $state(false);
  #written = $state.raw<Written>(NOTHING);
  /** What was sent and is not yet taken: it is kept until it is. */
  #leaving: Written = NOTHING;
  #hidden: number | null = null;
  #known = false;
  /** What is kept, where it was read before this page was there. */
  #read: Response<'quick_get'> | null = null;
  readonly #keeper = new Keeper({
    form: () => this.#form(),
    onGone: this.#gone.bind(this),
    onUnkept: (unkept) => (this.unkept = unkept),
  });

  get text(): string {
    return this.#written.text;
  }

  set text(text: string) {
    if (text === this.text) return;
    if (this.note?.kind === 'said') this.note = null;
    this.#put({ ...this.#written, text });
  }

  get attachments(): readonly Attachment[] {
    return this.#written.attachments;
  }

  get empty(): boolean {
    return this.text.trim() === '' && this.attachments.length === 0;
  }

  /** Goes on with what was written before this page was there. */
  begin({ text, kept }: Begun): void {
    this.#read = kept;
    this.#put({ text, attachments: kept?.attachments ?? [] });
  }

  /** Reads what is kept. What was typed before it came goes behind it. */
  async load(): Promise<void> {
    if (this.#known) return;
    this.#known = true;
    try {
      const kept = this.#read ?? (await rpc('quick_get', {}));
      if (!this.#read) this.#written = joined(kept, this.#written);
      this.persona = kept.persona;
      this.#keeper.begin();
      if (kept.conversation !== null) await this.talk.reopen(kept.conversation, this.#goesOn);
    } catch {
      // Where the data is not open the page says so; it is read when it is.
      this.#known = this.#keeper.open;
    }
  }

  async ask(): Promise<void> {
    if (this.empty || this.sending) return;
    if (this.talk.running) {
      this.say(t('quick.busy'));
      return;
    }
    this.#leaving = this.#written;
    this.#put(NOTHING);
    this.sending = true;
    this.note = null;
    announce(t('thread.say.working'));
    await this.#do(async () => {
      try {
        await this.talk.ask(this.#leaving, this.persona);
      } catch (cause) {
        this.#put(joined(this.#leaving, this.#written));
        throw cause;
      }
    });
    this.#leaving = NOTHING;
    this.sending = false;
    this.#keeper.touch();
    await this.#keeper.flush();
  }

  again(): Promise<void> {
    this.note = null;
    return this.#do(() => this.talk.again());
  }

  stop(): Promise<void> {
    return this.#do(() => this.talk.stop());
  }

  /** The next question begins a conversation. What is written stays. */
  fresh(): void {
    this.talk.leave();
    this.note = null;
    this.#keeper.touch();
  }

  copy(): Promise<void> {
    return this.#do(async () => {
      if (this.talk.answer === '') return;
      await host().copyText(this.talk.answer);
      this.say(t('quick.copied'));
    });
  }

  /** Takes what was copied or selected elsewhere, because the person asks for it. */
  take(source: Source): Promise<void> {
    const copied = source === 'clipboard';
    return this.#do(async () => {
      const { text, cut } = await rpc('text_take', { source });
      if (text === null) {
        this.say(t(copied ? 'quick.nothingCopied' : 'quick.nothingSelected'));
        return;
      }
      const name = t(copied ? 'quick.copiedName' : 'quick.selectedName');
      const attachment = await act('attachment_add', { name, text });
      this.#put({ text: this.text, attachments: [...this.attachments, attachment] });
      if (cut) this.say(t('quick.cut'));
      else announce(t('quick.taken', { name }));
    });
  }

  remove(attachment: Attachment): void {
    const attachments = this.attachments.filter((one) => one !== attachment);
    this.#put({ text: this.text, attachments });
  }

  /** From now on this persona answers, in the conversation that goes on too. */
  choose(persona: Persona | null): Promise<void> {
    const id = persona?.id ?? null;
    return this.#do(async () => {
      await this.talk.answerAs(id);
      this.persona = id;
      this.#keeper.touch();
    });
  }

  pin(pinned: boolean): Promise<void> {
    this.pinned = pinned;
    return this.#do(() => rpc('quick_pin', { pinned }));
  }

  async hide(): Promise<void> {
    void this.#keeper.flush();
    await rpc('quick_hide', {}).catch(() => undefined);
  }

  /** Goes on in the main window: the conversation, and what is written for it. */
  move(): Promise<void> {
    const conversation = this.talk.id;
    return this.#do(async () => {
      if (!this.empty) await handOver(this.#written, conversation);
      this.#put(NOTHING);
      this.fresh();
      await this.#keeper.flush();
      await rpc('quick_move', { conversation });
    });
  }

  /** Shows the main window as it is. */
  openMain(): Promise<void> {
    return this.#do(() => rpc('quick_move', { conversation: null }));
  }

  say(text: string): void {
    this.note = { kind: 'said', text };
    announce(text);
  }

  /** The window is seen again. */
  shown(now: number): void {
    const away = this.#hidden === null ? 0 : now - this.#hidden;
    this.#hidden = null;
    if (away > STALE && this.empty && !this.talk.running && !this.pinned) this.fresh();
  }

  /** The window is no longer seen. */
  hidden(now: number): void {
    this.#hidden ??= now;
    void this.#keeper.flush();
  }

  #goesOn = (updated: number, running: boolean) =>
    running || !this.empty || Date.now() - updated < STALE;

  #put(written: Written): void {
    this.#written = written;
    this.#keeper.touch();
  }

  #form() {
    const { text, attachments } = joined(this.#leaving, this.#written);
    const { persona } = this;
    return { text, attachments: idsOf(attachments), conversation: this.talk.id, persona };
  }

  #gone(code: FaultCode): void {
    if (code === 'conversation_not_found') this.talk.leave();
    else if (code === 'persona_not_found') this.persona = null;
    else this.#put({ text: this.text, attachments: [] });
    this.#keeper.touch();
  }

  /** Does something and says what refused it. */
  async #do(what: () => Promise<unknown>): Promise<void> {
    try {
      await what();
    } catch (cause) {
      const { code } = toApiError(cause, 'internal');
      if (code === 'conversation_not_found') this.fresh();
      this.note = { kind: 'fault', code };
      tellFault(code);
    }
  }
}

export const quick = new QuickChat();
