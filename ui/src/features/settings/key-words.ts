// How the page says where the key of the database is.
import type { MessageKey } from '$lib/i18n/index.svelte';

const PLACES: Readonly<Record<string, MessageKey>> = {
  keyring: 'settings.key.keyring',
  key_file: 'settings.key.key_file',
  environment: 'settings.key.environment',
  passphrase: 'settings.key.passphrase',
};

const NOTICES: Readonly<Record<string, MessageKey>> = {
  missing: 'settings.keyNotice.missing',
  no_keyring: 'settings.keyNotice.missing',
  locked: 'settings.keyNotice.locked',
};

export function keyPlace(source: string | undefined): MessageKey {
  return PLACES[source ?? ''] ?? 'settings.key.unknown';
}

/** Why the key is not in the keyring, where it is not. */
export function keyNotice(notice: string | null | undefined): MessageKey | undefined {
  return NOTICES[notice ?? ''];
}
