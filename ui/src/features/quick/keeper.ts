// Keeps where the quick chat stands: soon after each change, again where that failed, and at once
// when the window goes. What is on its way is the state of that moment, so the newest one wins.
import { confirmed, rpc, type Request } from '$lib/api';
import { toApiError, type FaultCode } from '$lib/host';

type Form = Request<'quick_save'>;

const PAUSE = 300;
const RETRY = [1_000, 2_000, 5_000, 10_000, 30_000];

export interface Kept {
  /** What is to be kept now. */
  form(): Form;
  /** It was refused because this is gone. */
  onGone(code: FaultCode): void;
  /** Whether the last try failed. */
  onUnkept(unkept: boolean): void;
}

/** What a save can be refused for that will never be there again. */
const GONE = new Set<FaultCode>([
  'conversation_not_found',
  'persona_not_found',
  'attachment_not_found',
]);

export class Keeper {
  readonly #of: Kept;
  #revision = 0;
  #kept = 0;
  #attempt = 0;
  #busy = false;
  /** Nothing is written before what is there was read. */
  #open = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(of: Kept) {
    this.#of = of;
  }

  /** What is there was read. */
  get open(): boolean {
    return this.#open;
  }

  #isDirty(): boolean {
    return this.#revision !== this.#kept;
  }

  /** What is there was read: from now on it may be replaced. */
  begin(): void {
    this.#open = true;
    if (this.#isDirty()) this.#plan(PAUSE);
  }

  /** Something changed. */
  touch(): void {
    this.#revision += 1;
    this.#plan(PAUSE);
  }

  /** Keeps it now; resolves when that was tried. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#open || this.#busy || !this.#isDirty()) return;
    this.#busy = true;
    const revision = this.#revision;
    try {
      await confirmed(rpc('quick_save', this.#of.form()));
      this.#kept = revision;
      this.#attempt = 0;
      this.#of.onUnkept(false);
    } catch (cause) {
      this.#failed(toApiError(cause, 'internal').code);
    } finally {
      this.#busy = false;
      if (this.#isDirty() && this.#attempt === 0) this.#plan(PAUSE);
    }
  }

  #failed(code: FaultCode): void {
    if (GONE.has(code)) {
      this.#of.onGone(code);
      return;
    }
    this.#of.onUnkept(true);
    this.#plan(RETRY[Math.min(this.#attempt, RETRY.length - 1)] ?? PAUSE);
    this.#attempt += 1;
  }

  #plan(wait: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), wait);
  }
}
