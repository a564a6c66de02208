// What can be done with a message, from its buttons, its menu and the keyboard. Deleting is soft, so
// it can be taken back; the focus never falls off the page.
import { tick } from 'svelte';
import type { Attachment, Message, MessageId } from '$lib/api';
import { host, type ApiError } from '$lib/host';
import { t } from '$lib/i18n/index.svelte';
import { BlockSplitter } from '$lib/markdown';
import { act, announce, navigation, notify, notifyError } from '$lib/state';
import { htmlOf, textOf } from './rich';
import type { Row } from './rows';
import type { ThreadState } from './thread-state.svelte';

export interface ActionHooks {
  /** An answer was asked for. */
  onwork(): void;
  /** A question was put here. */
  onasked(): void;
  onrefused(error: ApiError): void;
  /** The element of a message, if it is on the page. */
  find(message: MessageId): HTMLElement | null;
  /** Brings a message to where it is seen. */
  reveal(message: MessageId): void;
  /** Takes the focus where what had it is gone. */
  onlost(): void;
  /** Another version takes the place of a message; the answer is called once it is there. */
  onswitch(from: MessageId): (to: MessageId) => void;
}

/** How a message is copied. */
export type CopyForm = 'markdown' | 'text' | 'rich';

export class MessageActions {
  /** The message that is being written anew, and with which text that began. */
  editing = $state.raw<{ readonly id: MessageId; readonly text: string } | null>(null);
  /** The attachment that is looked at. */
  viewing = $state.raw<Attachment | null>(null);
  readonly #thread: ThreadState;
  readonly #hooks: ActionHooks;
  #origin: Element | null = null;

  constructor(thread: ThreadState, hooks: ActionHooks) {
    this.#thread = thread;
    this.#hooks = hooks;
  }

  /** Whether an answer is being written, so that nothing else can be begun. */
  get busy(): boolean {
    return this.#thread.running !== null;
  }

  regenerate(message: Message): void {
    void this.#work(this.#thread.regenerate(message));
  }

  goOn(message: Message): void {
    void this.#work(this.#thread.goOn(message));
  }

  /** Whether an answer ended before its end, and nothing follows it. */
  canGoOn({ message, live }: Row): boolean {
    const end = live?.state.end ?? null;
    // What is on the screen only is nothing that could be added to.
    if (end?.kind === 'failed' && !end.saved) return false;
    const status = end?.kind === 'finished' ? end.status : message.status;
    const reason = end?.kind === 'finished' ? end.reason : message.finish;
    const cut = end?.kind === 'failed' || ['stopped', 'interrupted', 'failed'].includes(status);
    const last = this.#thread.rows.at(-1)?.message.id === message.id;
    const written = message.content !== '' || (live?.text ?? '') !== '';
    return last && written && (cut || reason === 'length');
  }

  edit(message: Message): void {
    this.#origin = document.activeElement;
    this.editing = { id: message.id, text: message.content };
    void tick().then(() => {
      this.#hooks.reveal(message.id);
    });
  }

  /** The last question; false where there is none. */
  editLast(): boolean {
    const last = this.#thread.rows.findLast(({ message }) => message.role === 'user');
    if (!last) return false;
    this.edit(last.message);
    return true;
  }

  stopEditing(): void {
    const id = this.editing?.id;
    this.editing = null;
    if (id !== undefined) void this.#focusBack(id);
  }

  /** Puts the question again in other words, with a new answer. */
  async resend(question: Message, text: string): Promise<void> {
    if (this.busy) return;
    this.editing = null;
    const sending = this.#thread.resend(question, text);
    this.#hooks.onasked();
    this.#hooks.onlost();
    if (await this.#work(sending)) return;
    // Not taken: the words come back into the field they were written in.
    this.editing = { id: question.id, text };
  }

  /** Puts other words in the place of a message's; no answer is written. */
  async save(message: Message, text: string): Promise<void> {
    try {
      this.#thread.pages.put(await act('message_edit', { id: message.id, text }));
    } catch (cause) {
      notifyError(cause);
      return;
    }
    this.stopEditing();
    announce(t('thread.say.saved'));
  }

  async remove({ id }: Message): Promise<void> {
    const { rows } = this.#thread;
    const at = rows.findIndex((row) => row.message.id === id);
    const before = rows[at - 1]?.message.id;
    try {
      await act('message_delete', { id });
    } catch (cause) {
      notifyError(cause);
      return;
    }
    notify(t('thread.deleted', { count: Math.max(1, rows.length - at) }), {
      label: t('common.undo'),
      run: () => void this.#restore(id),
    });
    if (before === undefined) this.#hooks.onlost();
    else await this.#focusMessage(before);
  }

  /** Copies the branch that ends here into a new conversation, and opens that. */
  async branch({ id }: Message): Promise<void> {
    try {
      const made = await act('message_branch', { id });
      navigation.open(made.id);
      notify(t('thread.branched'));
    } catch (cause) {
      notifyError(cause);
    }
  }

  async copy(text: string, form: CopyForm): Promise<void> {
    try {
      if (form === 'markdown') await host().copyText(text);
      else {
        const blocks = BlockSplitter.of(text);
        if (form === 'text') await host().copyText(textOf(blocks));
        else await host().copyRich(htmlOf(blocks), textOf(blocks));
      }
    } catch {
      notify(t('common.copyFailed'));
      return;
    }
    notify(t('common.copied'));
  }

  /** Shows another version of a message in its place. */
  async choose(from: MessageId, version: MessageId): Promise<void> {
    const there = this.#hooks.onswitch(from);
    await this.#thread.choose(version);
    await tick();
    there(version);
  }

  async #restore(id: MessageId): Promise<void> {
    try {
      await act('message_restore', { id });
      notify(t('thread.restored'));
    } catch (cause) {
      notifyError(cause);
    }
  }

  async #work(working: Promise<unknown>): Promise<boolean> {
    this.#hooks.onwork();
    await working;
    const { refusal } = this.#thread;
    if (refusal) this.#hooks.onrefused(refusal);
    return refusal === null;
  }

  async #focusBack(id: MessageId): Promise<void> {
    const origin = this.#origin;
    await tick();
    const usable = origin instanceof HTMLElement && origin !== document.body && origin.isConnected;
    if (usable) origin.focus({ preventScroll: true });
    else await this.#focusMessage(id);
  }

  async #focusMessage(id: MessageId): Promise<void> {
    await tick();
    const element = this.#hooks.find(id);
    if (element) element.focus({ preventScroll: true });
    else this.#hooks.onlost();
  }
}
