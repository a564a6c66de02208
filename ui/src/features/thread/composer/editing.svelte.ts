// What the keys of the field do besides writing: the lists after `/` and `@`, the places of a prompt,
// what was asked before. One rule for the arrows: ArrowUp in the empty field changes the last question,
// Alt with an arrow walks through what was asked before.
import { rpc } from '$lib/api';
import { asking } from '$lib/state/asking.svelte';
import type { Draft } from './draft.svelte';
import { isAtEnd, isAtStart, replaceRange } from './field';
import { Fill } from './fill.svelte';
import { Recall } from './recall';
import { Mention, type MentionOption } from './mention.svelte';
import { Slash, type SlashOption } from './slash.svelte';

export interface FieldActions {
  field(): HTMLTextAreaElement;
  send(): void;
  page(direction: -1 | 1): void;
  /** Changes the last question; false where there is none. */
  edit(): boolean;
}

export class Editing {
  readonly slash = new Slash();
  readonly mention = new Mention();
  /** The list that is open. */
  readonly list = $derived(this.slash.open ? this.slash : this.mention.open ? this.mention : null);
  readonly fill = new Fill();
  readonly #recall = new Recall();

  constructor(
    readonly draft: Draft,
    readonly actions: FieldActions,
  ) {}

  /** The text or the caret changed. */
  follow(): void {
    const { value, selectionStart } = this.actions.field();
    this.slash.follow(value, selectionStart);
    this.mention.follow(value, selectionStart);
    if (value === '') this.fill.end();
  }

  /** What is written leaves the field. */
  leave(): void {
    this.shut();
    this.fill.end();
    this.#recall.end();
  }

  /** Closes the lists. */
  shut(): void {
    this.slash.close();
    this.mention.close();
  }

  /** The list follows the caret while it is open. */
  caret(): void {
    if (this.slash.range ?? this.mention.range) this.follow();
  }

  /** Opens the list of prompts and actions where the caret stands. */
  offer(): void {
    const field = this.actions.field();
    field.focus({ preventScroll: true });
    this.slash.ask(field.selectionEnd);
  }

  choose(option: SlashOption | MentionOption): void {
    const range = 'asked' in option ? this.mention.range : this.slash.range;
    this.shut();
    if (!range) return;
    const field = this.actions.field();
    if ('asked' in option) {
      replaceRange(field, range.start, range.end, '');
      asking.add(option.asked);
      return;
    }
    const isPrompt = option.kind === 'prompt';
    replaceRange(field, range.start, range.end, isPrompt ? option.prompt.text : '');
    if (isPrompt) this.fill.begin(field, range.start);
    else option.intent.run?.();
  }

  /** True where the key was used. */
  key(event: KeyboardEvent): boolean {
    const { ctrlKey, metaKey, altKey, shiftKey } = event;
    if (ctrlKey || metaKey) return false;
    if (altKey) return !shiftKey && this.#walkKey(event.key);
    if (this.#listKey(event.key, shiftKey)) return true;
    if (this.fill.active && this.#fillKey(event.key, shiftKey)) return true;
    return !shiftKey && this.#plainKey(event.key);
  }

  #listKey(key: string, shift: boolean): boolean {
    const { list } = this;
    if (!list) return false;
    if (key === 'ArrowDown' || key === 'ArrowUp') list.step(key === 'ArrowDown' ? 1 : -1);
    else if (key === 'Escape') list.refuse();
    else if ((key === 'Enter' || key === 'Tab') && !shift && list.active) this.choose(list.active);
    else return false;
    return true;
  }

  #fillKey(key: string, shift: boolean): boolean {
    const field = this.actions.field();
    if (key === 'Escape') this.fill.end();
    else if (key === 'Tab') return this.fill.step(field, shift ? -1 : 1);
    else if (key === 'Enter' && !shift) return this.fill.step(field, 1);
    else return false;
    return true;
  }

  #plainKey(key: string): boolean {
    const field = this.actions.field();
    const recalled = this.#recall.shows(this.draft.text);
    switch (key) {
      case 'Enter':
        this.actions.send();
        return true;
      case 'PageUp':
      case 'PageDown':
        this.actions.page(key === 'PageUp' ? -1 : 1);
        return true;
      case 'ArrowUp':
        if (this.draft.text === '') return this.actions.edit();
        return recalled && isAtStart(field) && this.#walkKey(key);
      case 'ArrowDown':
        return recalled && isAtEnd(field) && this.#walkKey(key);
      default:
        return false;
    }
  }

  #walkKey(key: string): boolean {
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return false;
    void this.#walk(key === 'ArrowUp' ? -1 : 1);
    return true;
  }

  async #walk(direction: -1 | 1): Promise<void> {
    const { draft } = this;
    const own = draft.text;
    if (!this.#recall.shows(own)) {
      if (direction > 0) return;
      // Without the list there is nothing to walk through, and nothing is lost.
      const asked = await rpc('input_history', {}).catch(() => []);
      if (draft.text !== own) return;
      this.#recall.begin(asked, own);
    }
    const text = this.#recall.step(direction);
    if (text !== null) this.#show(text, direction);
  }

  #show(text: string, direction: -1 | 1): void {
    const field = this.actions.field();
    this.draft.text = text;
    field.value = text;
    const caret = direction < 0 ? 0 : text.length;
    field.setSelectionRange(caret, caret);
  }
}
