// Files and pasted text on their way into a draft. A file that cannot be taken says why, and stops
// none of the others. What is no text is read by the program.
import { rpc, type Attachment } from '$lib/api';
import { t, type MessageKey } from '$lib/i18n/index.svelte';
import { formatBytes } from '$lib/i18n/format';
import { announceUrgently } from '$lib/state';
import { toasts } from '$lib/state/toasts.svelte';
import type { Arriving, Draft, Failed } from './draft.svelte';
import { base64 } from '$lib/host/base64';
import { errorText } from '$lib/i18n/errors';
import { toApiError } from '$lib/host';
import {
  bytesOf,
  MAX_DOCUMENT,
  MAX_FILE,
  MAX_FILES,
  readFile,
  type FileRefusal,
} from './text-file';

/** Sentences about refused files at once; the others are counted. */
const SPOKEN = 2;

/** What is said of the file itself: another try would end the same way. */
const FINAL = /^document_(?!password)/;

const WHY: Readonly<Record<FileRefusal, MessageKey>> = {
  empty: 'writing.file.empty',
  huge: 'writing.file.huge',
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
    const read = await readFile(file);
    leave();
    if ('text' in read) await takeText(draft, file.name, read.text);
    else if ('bytes' in read) await takeDocument(draft, file.name, read.bytes);
    else refused.push(sentence(file.name, read.refusal));
  }
  for (const text of refused.slice(0, SPOKEN)) refuse(text);
  const rest = refused.length - SPOKEN;
  if (rest > 0) refuse(t('writing.file.more', { count: rest }));
}

/** Has the program read a document. One that may be read at another try stays, with the reason. */
async function takeDocument(
  draft: Draft,
  name: string,
  bytes: Uint8Array,
  password?: string,
): Promise<void> {
  const leave = enter(draft, name, bytes.length);
  try {
    const content = base64(bytes);
    const read = await rpc('attachment_read', {
      name,
      content,
      ...(password === undefined ? {} : { password }),
    });
    leave();
    draft.attachments = [...draft.attachments, read];
  } catch (cause) {
    const { code } = toApiError(cause, 'internal');
    const { title, body } = errorText(code);
    if (FINAL.test(code)) {
      leave();
      refuse(`${t('writing.file.failed', { name: shorten(name) })} ${title} ${body}`);
    } else {
      leave({ bytes, code });
      announceUrgently(`${t('writing.file.failed', { name })} ${title}`);
    }
  }
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
    leave({ text });
    announceUrgently(t('writing.file.failed', { name }));
    return null;
  }
}

/** Tries once more to hand over a file that stayed behind; with a password where it needs one. */
export async function retry(draft: Draft, file: Arriving, password?: string): Promise<void> {
  const { failed, name } = file;
  if (failed === null) return;
  drop(draft, file);
  if ('text' in failed) await takeText(draft, name, failed.text);
  else await takeDocument(draft, name, failed.bytes, password);
}

/** Whether a file that stayed behind can be read with a password. */
export function isLocked({ failed }: Arriving): boolean {
  if (failed === null || 'text' in failed) return false;
  return failed.code === 'document_password' || failed.code === 'document_password_wrong';
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
function enter(draft: Draft, name: string, bytes: number): (failed?: Failed) => void {
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
  const size = formatBytes(refusal === 'huge' ? MAX_DOCUMENT : MAX_FILE);
  return t(WHY[refusal], { name: shorten(name), size });
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 40)}…${name.slice(-16)}` : name;
}
