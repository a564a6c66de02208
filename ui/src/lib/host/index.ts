// Chooses the host at run time, so that the bundle tested in a browser is the bundle that ships.
import type { Host } from './types';

export { ApiError } from './types';
export type { FaultCode, FileDrop, Host, StreamItem, StreamSink } from './types';
export { toApiError } from './wire';

let current: Host | null = null;

/** Loads the host that fits and prepares it. Tests hand in their own. */
export async function openHost(own?: Host): Promise<Host> {
  current = own ?? (await load());
  await current.prepare();
  return current;
}

async function load(): Promise<Host> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./tauri')).windowHost;
  return (await import('./browser')).browserHost;
}

/** The host in use. Throws before {@link openHost}. */
export function host(): Host {
  if (!current) throw new Error('the host is not open');
  return current;
}
