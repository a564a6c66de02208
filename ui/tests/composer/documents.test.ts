// What goes with a question: files by paste and by drop, documents, what is named with an @.
import { flushSync } from 'svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { draftOf } from '../../src/features/thread/composer/drafts';
import { ApiError } from '../../src/lib/host';
import { asking } from '../../src/lib/state/asking.svelte';
import { models } from '../../src/lib/state/models.svelte';
import { toasts } from '../../src/lib/state/toasts.svelte';
import { libraryFor } from '../mock/library';
import { settle } from '../thread/page';
import { Bench, ask, button, field, options, page, paste, press, type } from './bench';
import { fileOf } from './props.svelte';

const at = new Bench();

describe('files', () => {
  it('that are pasted become chips and go with the question', async () => {
    await at.open();
    expect(paste({ files: [fileOf('notes.md', '# Notes')] }).defaultPrevented).toBe(true);
    await settle();
    expect(document.querySelector('.chip')?.textContent).toContain('notes.md');
    await ask('');
    expect(at.props.sent[0]?.attachments).toMatchObject([{ name: 'notes.md' }]);
    expect(document.querySelector('.chip')).toBeNull();
  });

  it('that are dropped are taken, and those that nobody reads are refused with a reason', async () => {
    at.host.answers.attachment_read = () => {
      throw new ApiError('document_unsupported', 'a picture');
    };
    await at.open();
    const files = [fileOf('photo.png', new Uint8Array([0x89, 0, 0])), fileOf('a.txt', 'text')];
    models.others?.({ phase: 'drop', paths: [], names: [], files });
    await settle();
    expect(document.querySelectorAll('.chip')).toHaveLength(1);
    expect(toasts.list.map(({ text }) => text).join()).toContain('“photo.png” could not be taken');
  });

  it('are taken away with a way back', async () => {
    await at.open();
    paste({ files: [fileOf('a.txt', 'text')] });
    await settle();
    button('Remove a.txt')?.click();
    flushSync();
    expect(draftOf(null).attachments).toEqual([]);
    toasts.list.at(-1)?.action?.run();
    expect(draftOf(null).attachments).toHaveLength(1);
  });

  it('that the program does not take stay, can be tried again, and hold the question', async () => {
    await at.open();
    const take = at.host.answers.attachment_add!;
    at.host.answers.attachment_add = () => {
      throw new ApiError('disk_full', 'full');
    };
    paste({ files: [fileOf('a.txt', 'text')] });
    await settle();
    await ask('with it');
    expect(at.props.sent).toEqual([]);
    expect(field().value).toBe('with it');
    at.host.answers.attachment_add = take;
    button('Try a.txt again')?.click();
    await settle();
    press('Enter');
    expect(at.props.sent[0]?.attachments).toHaveLength(1);
  });

  it('are made of a large paste only when the person says so, and back', async () => {
    await at.open();
    const text = 'a line\n'.repeat(100);
    paste({ text });
    type(text);
    expect(page()).toContain('You pasted 101 lines');
    expect(field().value).toBe(text);
    button('Attach instead')?.click();
    await settle();
    expect(field().value).toBe('');
    expect(document.querySelector('.chip')?.textContent).toContain('Pasted text.txt');
    toasts.list.at(-1)?.action?.run();
    await settle();
    expect(field().value).toBe(text);
    expect(document.querySelector('.chip')).toBeNull();
  });
});

describe('a document', () => {
  const pdf = () => fileOf('lease.pdf', new Uint8Array([0x25, 0x50, 0x44, 0x46, 0, 1]));
  const read = { id: 'd1', name: 'lease.pdf', bytes: 9_000, lines: 200, pages: 12 };

  it('that is no text is read by the program and goes with the question', async () => {
    at.host.answers.attachment_read = ({ content }: { content: string }) => {
      expect(atob(content)).toHaveLength(6);
      return read;
    };
    await at.open();
    paste({ files: [pdf()] });
    await settle();
    expect(document.querySelector('.chip')?.textContent).toContain('12 pages');
    await ask('When does it end?');
    expect(at.props.sent[0]?.attachments).toEqual([read]);
  });

  it('that is a page or a letter is read as a person sees it', async () => {
    const names: string[] = [];
    at.host.answers.attachment_read = ({ name }: { name: string }) => {
      names.push(name);
      return { ...read, id: name, name };
    };
    await at.open();
    const page = fileOf('saved', '\n<!DOCTYPE html><p hidden>obey</p><p>Rent is due.</p>');
    paste({ files: [page, fileOf('note.EML', 'Subject: Rent\n\nSXQ='), fileOf('a.md', 'plain')] });
    await settle();
    expect(names).toEqual(['saved', 'note.EML']);
  });

  it('that is locked asks for its password and is read with it', async () => {
    at.host.answers.attachment_read = ({ password }: { password?: string }) => {
      if (password === 'sesame') return read;
      throw new ApiError('document_password', 'locked');
    };
    await at.open();
    paste({ files: [pdf()] });
    await settle();
    const entry = document.querySelector<HTMLInputElement>('.chip input[type="password"]');
    entry!.value = 'sesame';
    press('Enter', {}, entry!);
    await settle();
    expect(document.querySelector('.chip.failed')).toBeNull();
    expect(document.querySelector('.chip')?.textContent).toContain('12 pages');
    expect(at.props.sent).toEqual([]);
  });

  it('that has no text is refused with the reason, and one that was not taken stays', async () => {
    at.host.answers.attachment_read = () => {
      throw new ApiError('document_no_text', 'pictures');
    };
    await at.open();
    paste({ files: [pdf()] });
    await settle();
    expect(document.querySelector('.chip')).toBeNull();
    expect(toasts.list.map(({ text }) => text).join()).toContain('“lease.pdf” could not be taken');
    at.host.answers.attachment_read = () => {
      throw new ApiError('disk_full', 'full');
    };
    paste({ files: [pdf()] });
    await settle();
    expect(document.querySelector('.chip.failed')).not.toBeNull();
    button('Remove lease.pdf')?.click();
    await settle();
    expect(document.querySelector('.chip')).toBeNull();
  });
});

describe('the list after an @', () => {
  beforeEach(() => {
    const { handlers } = libraryFor('library');
    Object.assign(at.host.answers, handlers);
  });

  it('opens where a word begins and offers documents, folders, tags and collections', async () => {
    await at.open();
    type('Write to kim@con');
    await settle();
    expect(options()).toHaveLength(0);
    type('What do @rent');
    await settle();
    const found = options().map((one) => one.textContent.trim());
    expect(found[0]).toBe('#rent');
    expect(found[1]).toContain('2026-03-02 rent.md');
  });

  it('takes the word out of the text and asks what was chosen', async () => {
    await at.open();
    type('What do @contr');
    await settle();
    press('Enter');
    await settle();
    expect(field().value).toBe('What do ');
    expect(asking.collections).toHaveLength(1);
    expect(button('Ask without “Contracts”')).toBeDefined();
    type('What do @letters');
    await settle();
    press('Tab');
    await settle();
    expect(asking.parts).toMatchObject([{ kind: 'folder', place: 'letters' }]);
    button('Ask without “Contracts”')?.click();
    await settle();
    expect(asking.collections).toEqual([]);
  });
});
