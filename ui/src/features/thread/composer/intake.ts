// Files and pasted text on their way into a draft. A file that cannot be taken says why, and stops
// none of the others.
import { rpc, type Attachment } from '$lib/api';
import { t, type MessageKey } from '$lib/i18n/index.svelte';
import { formatBytes } from '$lib/i18n/format';
import { announceUrgently } from '$lib/state';
import { toasts } from '$lib/state/toasts.svelte';
import type { Arriving, Draft } from './draft.svelte';
import { bytesOf, MAX_FILE, MAX_FILES, readText, type FileRefusal } from './text-file';

/** Sentences about refused files at once; the others are counted. */
const SPOKEN = 2;

const WHY: Readonly<Record<FileRefusal, MessageKey>> = {
  binary: 'writing.file.binary',
  empty: 'writing.file.empty',
  large: 'writing.file.large',
  model: 'writing.file.model',
  unreadable: 'writing.file.unreadable',
};

/** Attaches files, in their order. */
export async function takeFiles(draft: Draft, files: readonly File[]): Promise<void> {
  const refused: string[] = [];
  for (const file of files) {
    if (countOf(draft) >= MAX_FILES) {
      refuse(t('writing.file.tooMany', { count: MAX_FILES }));
      break;
    }
    const leave = enter(draft, file.name, file.size);
    const read = await readText(file);
    leave();
    if ('text' in read) await takeText(draft, file.name, read.text);
    else refused.push(sentence(file.name, read.refusal));
  }
  for (const text of refused.slice(0, SPOKEN)) refuse(text);
  const rest = refused.length - SPOKEN;
  if (rest > 0) refuse(t('writing.file.more', { count: rest }));
}

/** Attaches a text under a name; `null` where the program did not take it. */
export async function takeText(
  draft: Draft,
  name: string,
  text: string,
): Promise<Attachment | null> {
  const leave = enter(draft, name, bytesOf(text));
  try {
    const attachment = await rpc('attachment_add', { name, text });
    leave();
    draft.attachments = [...draft.attachments, attachment];
    return attachment;
  } catch {
    leave(text);
    announceUrgently(t('writing.file.failed', { name }));
    return null;
  }
}

/** Tries once more to hand over a file that stayed behind. */
export async function retry(draft: Draft, file: Arriving): Promise<void> {
  if (file.failed === null) return;
  drop(draft, file);
  await takeText(draft, file.name, file.failed);
}

export function drop(draft: Draft, file: Arriving): void {
  draft.arriving = draft.arriving.filter((one) => one.key !== file.key);
}

export function countOf(draft: Draft): number {
  return draft.attachments.length + draft.arriving.length;
}

export function refuse(text: string): void {
  toasts.show({ kind: 'error', text, detail: null, action: null });
  announceUrgently(text);
}

/** Shows a file as arriving; the answer takes it away, or leaves it as one that failed. */
function enter(draft: Draft, name: string, bytes: number): (failed?: string) => void {
  const file: Arriving = { key: crypto.randomUUID(), name, bytes, failed: null };
  draft.arriving = [...draft.arriving, file];
  return (failed) => {
    if (failed === undefined) drop(draft, file);
    else {
      draft.arriving = draft.arriving.map((one) =>
        one.key === file.key ? { ...one, failed } : one,
      );
    }
  };
}

function sentence(name: string, refusal: FileRefusal): string {
  return t(WHY[refusal], { name: shorten(name), size: formatBytes(MAX_FILE) });
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 40)}…${name.slice(-16)}` : name;
}
