// The typed client: the name of a command fixes its request and its answer.
import { host, toApiError } from '$lib/host';
import { COMMANDS } from './generated/commands';
import type { Rpc } from './generated/Rpc';

export { ApiError } from '$lib/host';
export type { Rpc } from './generated/Rpc';

export type Command = keyof Rpc;
export type Request<K extends Command> = Rpc[K][0];
export type Response<K extends Command> = Rpc[K][1];

let signedOut: () => void = () => undefined;

/** Sets what happens when the program no longer knows this session. */
export function onSignedOut(handler: () => void): void {
  signedOut = handler;
}

/** Runs a command, past the cache. Use `query` or `act` of `lib/state` where the cache matters. */
export async function rpc<K extends Command>(
  command: K,
  request: Request<K>,
): Promise<Response<K>> {
  try {
    return (await host().rpc(command, request)) as Response<K>;
  } catch (cause) {
    const error = toApiError(cause, 'internal');
    if (error.code === 'unauthorized') signedOut();
    throw error;
  }
}

interface Row {
  readonly kind: 'query' | 'action';
  readonly tags: readonly string[];
}

const rows = new Map<string, Row>(COMMANDS.map((row) => [row.name, row]));

/** Tags of the answers that a query gives. */
export function provides(command: Command): readonly string[] {
  return tags(command, 'query');
}

/** Tags of the answers that an action makes stale. */
export function invalidates(command: Command): readonly string[] {
  return tags(command, 'action');
}

function tags(command: Command, kind: Row['kind']): readonly string[] {
  const row = rows.get(command);
  return row?.kind === kind ? row.tags : [];
}

/** Makes the data with its key in a file; where it runs, see {@link useRecoveryCode}. */
export async function chooseKeyFile(): Promise<void> {
  await host().rpc('key_file_choose', {});
}

/** Opens locked data; where it runs, see {@link useRecoveryCode}. */
export async function openLock(passphrase: string): Promise<void> {
  await host().rpc('lock_open', { passphrase });
}

/** Tells the window's program that a person is there; no data is needed for that. */
export async function notePerson(): Promise<void> {
  await host().rpc('person_here', {});
}

/**
 * Puts a lost key back. Not in the command table: it runs where no data is open, and only in the
 * window of the person.
 */
export async function useRecoveryCode(code: string): Promise<void> {
  await host().rpc('recovery_code_use', { code });
}
