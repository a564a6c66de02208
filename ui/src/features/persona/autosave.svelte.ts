// Saves what is typed, a moment after the last key. What was not saved yet stays here, and on a
// failure it stays until a retry succeeds: nothing that was typed is lost while its view is open.
import { toApiError, type ApiError } from '$lib/host';

export type SaveState = 'still' | 'waiting' | 'saving' | 'saved' | 'failed';

/** How long after the last key. */
const PAUSE = 500;

export class Autosave<T extends object> {
  /** Changed and not saved. Shown over what is saved. */
  pending = $state.raw<Partial<T>>({});
  state = $state<SaveState>('still');
  error = $state.raw<ApiError | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;
  readonly #save: (values: Partial<T>) => Promise<void>;

  constructor(save: (values: Partial<T>) => Promise<void>) {
    this.#save = save;
  }

  /** Takes a change; `now` where it is a choice and not typing. */
  change(values: Partial<T>, now = false): void {
    this.pending = { ...this.pending, ...values };
    this.state = 'waiting';
    clearTimeout(this.#timer);
    if (now) void this.flush();
    else this.#timer = setTimeout(() => void this.flush(), PAUSE);
  }

  /** Drops a change that is not to be saved. */
  drop(key: keyof T): void {
    const left = Object.entries(this.pending).filter(([name]) => name !== key);
    this.pending = Object.fromEntries(left) as Partial<T>;
    if (left.length === 0 && this.state === 'waiting') this.state = 'still';
  }

  /** Saves what waits; one at a time, and again where more was changed meanwhile. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#running) {
      await this.#running;
      return this.flush();
    }
    if (Object.keys(this.pending).length === 0) return;
    this.#running = this.#run(this.pending);
    await this.#running;
  }

  async #run(values: Partial<T>): Promise<void> {
    this.state = 'saving';
    try {
      await this.#save(values);
      this.#settle(values);
    } catch (cause) {
      this.error = toApiError(cause, 'internal');
      this.state = 'failed';
    } finally {
      this.#running = null;
    }
  }

  /** Forgets what was saved; what was changed meanwhile stays. */
  #settle(saved: Partial<T>): void {
    const left = Object.entries(this.pending).filter(
      ([key, value]) => value !== saved[key as keyof T],
    );
    this.pending = Object.fromEntries(left) as Partial<T>;
    this.error = null;
    this.state = left.length > 0 ? 'waiting' : 'saved';
  }
}
