// What the pages that take a passphrase have in common: how a refusal reads, how long to wait, and
// the word to the program that a person is there.
import { notePerson } from '$lib/api/client';
import { host, toApiError } from '$lib/host';
import { errorText } from '$lib/i18n/errors';
import { t } from '$lib/i18n/index.svelte';

/** A refused passphrase. */
export interface Refusal {
  readonly text: string;
  /** Milliseconds before the next try. */
  readonly wait: number;
}

/** Reads why a passphrase was refused. */
export function refusalOf(cause: unknown): Refusal {
  const { code, details } = toApiError(cause, 'internal');
  const wait = waitOf(details);
  if (code === 'passphrase_wrong' || code === 'too_many_attempts') {
    return { text: t('lock.wrong'), wait };
  }
  const { title, body } = errorText(code);
  return { text: `${title} ${body}`, wait };
}

function waitOf(details: unknown): number {
  if (typeof details !== 'object' || details === null || !('wait_ms' in details)) return 0;
  return typeof details.wait_ms === 'number' ? details.wait_ms : 0;
}

/** Often enough for a limit in minutes. */
const PAUSE = 15_000;

/** Tells the program when a key is pressed or a button clicked in this window. */
export function followPresence(): () => void {
  let last = -PAUSE;
  const note = () => {
    const now = performance.now();
    if (now - last < PAUSE || host().kind !== 'window') return;
    last = now;
    notePerson().catch(() => undefined);
  };
  const kinds = ['keydown', 'pointerdown', 'wheel'] as const;
  for (const kind of kinds) addEventListener(kind, note, { capture: true, passive: true });
  return () => {
    for (const kind of kinds) removeEventListener(kind, note, { capture: true });
  };
}
