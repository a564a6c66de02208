// The text for an error code: what happened, what is safe, what to do.
import type { FaultCode } from '$lib/host';
import en from './messages/en.json';
import { t, type MessageKey } from './index.svelte';

/** A title and a sentence or two for people. An unknown code of a newer program reads as a fault. */
export function errorText(code: FaultCode): { title: string; body: string } {
  const known = `error.${code}.title` in en ? code : 'internal';
  return {
    title: t(`error.${known}.title` as MessageKey),
    body: t(`error.${known}.body` as MessageKey),
  };
}
