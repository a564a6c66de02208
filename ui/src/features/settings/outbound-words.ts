// Why a connection to elsewhere brought nothing, in words.
import type { OutboundError } from '$lib/api';
import { t } from '$lib/i18n/index.svelte';

interface Ended {
  readonly error: OutboundError | null;
  readonly http_status: number | null;
}

/** `null` where nothing failed. */
export function whyOf({ error, http_status }: Ended): string | null {
  if (error === null) return null;
  return t(`outbound.${error}`, { status: String(http_status ?? '') });
}
