// A large paste, and the offer to make a file of it. The text stands in the field as it was pasted;
// only a word of the person takes it out, and the way back puts it in again.
import { t } from '$lib/i18n/index.svelte';
import { notify } from '$lib/state';
import type { Draft } from './draft.svelte';
import { replaceRange } from './field';
import { countOf, takeText } from './intake';
import { findPasted, freeName, largePaste, type Pasted } from './paste';
import { bytesOf, MAX_FILE, MAX_FILES } from './text-file';

export interface Offer {
  readonly pasted: Pasted;
  readonly bytes: number;
}

export class PasteToFile {
  offer = $state.raw<Offer | null>(null);

  constructor(
    readonly draft: Draft,
    readonly field: () => HTMLTextAreaElement,
  ) {}

  /** Text is about to be pasted at the caret. */
  pasting(text: string): void {
    const pasted = largePaste(this.field().selectionStart, text);
    if (!pasted || countOf(this.draft) >= MAX_FILES) return;
    const bytes = bytesOf(pasted.text);
    this.offer = bytes <= MAX_FILE ? { pasted, bytes } : null;
  }

  /** The text changed: an offer for what is no longer there is none. */
  follow(text: string): void {
    if (!this.offer) return;
    const { length } = this.offer.pasted.text;
    if (text.length < length) this.offer = null;
  }

  dismiss(): void {
    this.offer = null;
  }

  async accept(): Promise<void> {
    const { draft, offer } = this;
    this.offer = null;
    const start = offer && findPasted(offer.pasted, draft.text);
    if (!offer || start === null) return;
    const { text } = offer.pasted;
    const taken = draft.attachments.map(({ name }) => name);
    const attachment = await takeText(
      draft,
      freeName(t('writing.paste.name'), '.txt', taken),
      text,
    );
    if (!attachment) return;
    const at = findPasted(offer.pasted, draft.text);
    if (at !== null) replaceRange(this.field(), at, at + text.length, '');
    notify(t('writing.paste.attached', { name: attachment.name }), {
      label: t('common.undo'),
      run: () => {
        draft.attachments = draft.attachments.filter(({ id }) => id !== attachment.id);
        draft.text = draft.text.slice(0, start) + text + draft.text.slice(start);
      },
    });
  }
}
