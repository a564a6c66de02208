// The passphrase of the mock host: `sesame`, once it is set. With `lock` in the address it is.
import type { Rpc } from '../../src/lib/api';
import type { LockState } from '../../src/lib/api/generated/LockState';
import { ApiError } from '../../src/lib/host';

type Handlers = { [K in keyof Rpc]?: (request: Rpc[K][0]) => Rpc[K][1] };

const FREE = 3;

export interface LockStore {
  readonly handlers: Handlers;
  readonly state: () => LockState;
  /** The commands that are not of the table; `undefined` where the command is another one. */
  readonly outside: (command: string, request: unknown) => object | undefined;
  readonly locked: () => boolean;
}

export function lockFor(scene: string): LockStore {
  const wish = new URLSearchParams(location.search);
  let locked = scene === 'locked';
  let passphrase = locked || wish.has('lock') ? 'sesame' : null;
  let wrong = 0;
  const available = !wish.has('no-lock');
  const state = () => ({ configured: passphrase !== null, available });

  function check(typed: string) {
    if (typed === passphrase) return;
    wrong += 1;
    const wait_ms = wrong < FREE ? 0 : 1_000 * 2 ** Math.min(wrong - FREE, 6);
    throw new ApiError('passphrase_wrong', 'wrong', { wait_ms });
  }

  return {
    state,
    locked: () => locked,
    handlers: {
      lock_state: state,
      lock_set: (request) => {
        ({ passphrase } = request);
        return state();
      },
      lock_change: (request) => {
        check(request.old);
        passphrase = request.new;
        return state();
      },
      lock_remove: (request) => {
        check(request.passphrase);
        passphrase = null;
        return state();
      },
      lock_now: () => {
        locked = true;
        return {};
      },
    },
    outside: (command, request) => {
      if (command === 'person_here') return {};
      if (command === 'recovery_code_use') {
        locked = false;
        return {};
      }
      if (command !== 'lock_open') return undefined;
      check((request as { readonly passphrase: string }).passphrase);
      locked = false;
      return {};
    },
  };
}
