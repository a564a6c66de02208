// What is offered after an `@`: collections, folders, tags and documents to ask.
import type { LibraryMatches } from '$lib/api';
import { query } from '$lib/state';
import { askedFile, askedFolder, askedTag, type Asked } from '$lib/state/asking.svelte';
import { FieldList, type ListRange } from './field-list.svelte';

export type MentionKind = 'collection' | 'folder' | 'tag' | 'file';

export interface MentionOption {
  readonly kind: MentionKind;
  readonly id: string;
  readonly asked: Asked;
  /** What tells it from another of its name. */
  readonly note: string;
}

/** A name is looked for in so many characters before the caret. */
const LONGEST = 60;

/** The `@word` that ends at the caret and begins a word, else `null`. */
export function mentionAt(text: string, caret: number): ListRange | null {
  const before = text.slice(Math.max(0, caret - LONGEST), caret);
  const found = /(?:^|\s)@([^\s@]*)$/u.exec(before);
  if (!found) return null;
  const wanted = found[1] ?? '';
  return { start: caret - wanted.length - 1, end: caret, wanted };
}

export function optionsOf(found: LibraryMatches | undefined): MentionOption[] {
  if (!found) return [];
  return [
    ...found.collections.map(({ id, name }): MentionOption => ({
      kind: 'collection',
      id: `c-${id}`,
      asked: { name, collection: id },
      note: '',
    })),
    ...found.folders.map((folder, at): MentionOption => ({
      kind: 'folder',
      id: `d-${String(at)}`,
      asked: askedFolder(folder),
      note: '',
    })),
    ...found.tags.map(({ name }, at): MentionOption => ({
      kind: 'tag',
      id: `t-${String(at)}`,
      asked: askedTag(name),
      note: '',
    })),
    ...found.files.map((file): MentionOption => ({
      kind: 'file',
      id: `f-${file.id}`,
      asked: askedFile(file),
      note: file.place === file.name ? file.title : file.place,
    })),
  ];
}

export class Mention extends FieldList<MentionOption> {
  #last: LibraryMatches | undefined;
  readonly #found = query('library_find', () => (this.range ? { text: this.range.wanted } : null));

  readonly options = $derived.by((): readonly MentionOption[] => {
    if (!this.range) return [];
    const { data } = this.#found;
    if (data) {
      this.#last = data;
      return optionsOf(data);
    }
    // Of what was found before, what still fits stays until the next answer is there.
    const wanted = this.range.wanted.toLocaleLowerCase();
    const fits = ({ asked, note }: MentionOption) =>
      `${asked.name} ${note}`.toLocaleLowerCase().includes(wanted);
    return optionsOf(this.#last).filter(fits);
  });

  protected rangeAt = mentionAt;
}
