// Short messages at the edge that go by themselves, with at most one way back or on.
import { errorText } from '$lib/i18n/errors';
import { toApiError, type FaultCode } from '$lib/host';
import { announce, announceUrgently } from './announce.svelte';

export interface Toast {
  readonly id: number;
  readonly kind: 'plain' | 'error';
  readonly text: string;
  readonly detail: string | null;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

const LIFE = { plain: 6_000, error: 12_000 } as const;
const MOST = 3;

class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #next = 0;

  show(toast: Omit<Toast, 'id'>): void {
    const id = (this.#next += 1);
    const over = this.list.slice(0, Math.max(0, this.list.length - MOST + 1));
    for (const old of over) this.dismiss(old.id);
    this.list = [...this.list, { ...toast, id }];
    this.#start(id, LIFE[toast.kind]);
  }

  dismiss(id: number): void {
    this.hold(id);
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  /** Stops the clock while the pointer or the focus is on it. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(id: number): void {
    const toast = this.list.find((one) => one.id === id);
    if (toast) this.#start(id, LIFE[toast.kind]);
  }

  #start(id: number, life: number): void {
    this.hold(id);
    this.#timers.set(id, setTimeout(this.dismiss.bind(this, id), life));
  }
}

export const toasts = new Toasts();

/** Says that something was done, with a way back where there is one. */
export function notify(text: string, action: Toast['action'] = null): void {
  toasts.show({ kind: 'plain', text, detail: null, action });
  announce(text);
}

/** Says what failed, by its code. */
export function notifyError(cause: unknown): void {
  notifyFault(toApiError(cause, 'internal').code);
}

/** Says what a code means. */
export function notifyFault(code: FaultCode): void {
  const { title, body } = errorText(code);
  toasts.show({ kind: 'error', text: title, detail: body, action: null });
  announceUrgently(`${title} ${body}`);
}
