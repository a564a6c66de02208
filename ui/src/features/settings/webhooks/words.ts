// A webhook and what it was told, in words.
import type { Delivery } from '$lib/api';
import { formatDate, formatWhen } from '$lib/i18n/format';
import { t, type MessageKey } from '$lib/i18n/index.svelte';
import { whyOf } from '../outbound-words';

/** How far a message is: on its way now, arrived, to be tried again later or once its webhook rests no
    more, or given up. */
export type Progress = 'arrived' | 'sending' | 'waits' | 'rests' | 'failed';

export function progressOf({ status, due }: Delivery, paused: boolean, now: number): Progress {
  switch (status) {
    case 'delivered':
      return 'arrived';
    case 'failed':
      return 'failed';
    case 'waiting':
      // A test has no time of its own and goes to one that rests as well.
      if (due === null) return 'sending';
      if (paused) return 'rests';
      return due > now ? 'waits' : 'sending';
  }
}

const TEXT: Readonly<Record<Progress, MessageKey>> = {
  arrived: 'webhooks.arrived',
  sending: 'webhooks.sending',
  waits: 'webhooks.waits',
  rests: 'webhooks.waitsPaused',
  failed: 'webhooks.failedToArrive',
};

/** What became of a message, and why it did not arrive. */
export function becameWords(delivery: Delivery, paused: boolean, now: number): readonly string[] {
  const progress = progressOf(delivery, paused, now);
  const when = delivery.due === null ? '' : dueWords(delivery.due, now);
  const why = progress === 'waits' || progress === 'failed' ? whyOf(delivery) : null;
  return [t(TEXT[progress], { when }), ...(why === null ? [] : [why])];
}

/** The time alone says enough until midnight. */
function dueWords(due: number, now: number): string {
  const midnight = new Date(now).setHours(24, 0, 0, 0);
  return due < midnight ? formatWhen(due, now) : formatDate(due);
}

/** Whom an address names; the rest of it may be a secret of its own. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
