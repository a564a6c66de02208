// Commands of the program before the host is open, for the first picture of a window: without its
// errors, which would have to be loaded first.
import { invoke } from '@tauri-apps/api/core';
import type { Response, Request } from '$lib/api';

type Command = 'ui_ready' | 'quick_get' | 'quick_hide';

/** Asks the program. `null` where it refuses. */
export function askEarly<K extends Command>(command: K): Promise<Response<K> | null> {
  const request: Request<K> = {};
  return invoke<Response<K>>('rpc', { command, request }).catch(() => null);
}
