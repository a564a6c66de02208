// One connection of the ledger, in words.
import type { Connection } from '$lib/api';
import { formatBytes } from '$lib/i18n/format';
import { t, type MessageKey } from '$lib/i18n/index.svelte';
import en from '$lib/i18n/messages/connections.en.json';
import { whyOf } from '../outbound-words';

/** What it was for; a word of a newer program is shown as it is. */
export function purposeOf({ purpose }: Connection): string {
  const known = `connections.purpose.${purpose}`;
  return known in en ? t(known as MessageKey) : purpose;
}

/** How it ended. */
export function endOf(connection: Connection): string {
  const { http_status } = connection;
  if (http_status !== null) return t('connections.answered', { status: String(http_status) });
  return whyOf(connection) ?? t('connections.unfinished');
}

/** How much went each way. */
export function bytesOf({ sent, received }: Connection): readonly string[] {
  if (sent === 0 && received === 0) return [t('connections.nothing')];
  return [
    t('connections.sent', { size: formatBytes(sent) }),
    t('connections.received', { size: formatBytes(received) }),
  ];
}

/** Whom it went to, as addresses write it. */
export function placeOf({ host, port }: Connection): string {
  return `${host}:${String(port)}`;
}
