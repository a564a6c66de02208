// Going to places of a thread: to a message, to the beginning, from message to message. What is not
// loaded is loaded first; the focus goes along, and what was jumped to is pointed out for a moment.
import { tick } from 'svelte';
import type { MessageId } from '$lib/api';
import { t } from '$lib/i18n/index.svelte';
import { notify } from '$lib/state';
import type { Pages } from './pages.svelte';
import type { Scroller } from './scroller.svelte';

/** How long a message is pointed out. */
const MARKED_FOR = 2_000;

export class Places {
  /** The message that was just jumped to. */
  marked = $state.raw<MessageId | null>(null);
  /** The message that was gone to last; it is drawn however far away it is. */
  reached = $state.raw<MessageId | null>(null);
  /** Everything is drawn, because paper cannot be scrolled. */
  printing = $state(false);
  /** For `bind:this`: the element that holds the messages. */
  log = $state.raw<HTMLElement>();
  readonly #pages: Pages;
  readonly #scroller: Scroller;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(pages: Pages, scroller: Scroller) {
    this.#pages = pages;
    this.#scroller = scroller;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** The element of a message, if it is on the page. */
  find(message: MessageId): HTMLElement | null {
    return this.#all().find((one) => one.dataset.message === message) ?? null;
  }

  async jump(message: MessageId): Promise<void> {
    if (!(await this.#pages.reach(message))) {
      notify(t('thread.gone'));
      return;
    }
    this.marked = message;
    this.reached = message;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.marked = null), MARKED_FOR);
    await tick();
    const element = this.find(message);
    if (!element) return;
    this.#scroller.show(element);
    element.focus({ preventScroll: true });
  }

  async toBeginning(): Promise<void> {
    if (!(await this.#pages.loadAll())) return;
    await tick();
    this.#scroller.toStart();
    this.log?.focus({ preventScroll: true });
  }

  /** Prints the conversation, all of it. */
  async print(): Promise<void> {
    if (!(await this.#pages.loadAll())) return;
    this.printing = true;
    await tick();
    window.print();
    this.printing = false;
  }

  /** Brings a message to the top unless its beginning is seen. */
  reveal(message: MessageId): void {
    const element = this.find(message);
    const top = this.#topOf(message);
    if (!element || top === null || !this.log) return;
    if (top < 0 || top > this.log.clientHeight * 0.8) this.#scroller.show(element);
  }

  /** Moves the focus to the message before or after the one that has it. */
  async step(by: -1 | 1): Promise<void> {
    const all = this.#all();
    const here = document.activeElement?.closest('[data-message]');
    const at = all.findIndex((one) => one === here);
    // From elsewhere it begins at the end.
    const next = all[at < 0 ? all.length - 1 : at + by]?.dataset.message;
    if (next === undefined) return;
    this.reached = next;
    await tick();
    const element = this.find(next);
    if (!element) return;
    element.focus({ preventScroll: true });
    this.#scroller.show(element);
  }

  /** A message gives its place to another version: that one is put where it stood. */
  onswitch(from: MessageId): (to: MessageId) => void {
    const top = this.#topOf(from);
    const side = document.activeElement?.getAttribute('data-version') ?? null;
    return (to) => {
      const element = this.find(to);
      if (!element) return;
      if (top !== null) this.#scroller.show(element, top);
      if (side !== null) {
        element
          .querySelector<HTMLElement>(`[data-version="${side}"]`)
          ?.focus({ preventScroll: true });
      }
    };
  }

  #topOf(message: MessageId): number | null {
    const element = this.find(message);
    if (!element || !this.log) return null;
    return element.getBoundingClientRect().top - this.log.getBoundingClientRect().top;
  }

  #all(): HTMLElement[] {
    return [...(this.log?.querySelectorAll<HTMLElement>('[data-message]') ?? [])];
  }
}
