// How full the context would be with what stands in the field, counted by the program. Nothing is
// known while no model is loaded.
import { rpc, type ContextUse, type Request } from '$lib/api';
import { onStale } from '$lib/state/query.svelte';

type Question = Request<'context_measure'>;

/** After the last key; a large text takes longer to count. */
const PAUSE = 400;
const LARGE = 50_000;
const LARGE_PAUSE = 1_500;
/** From here on it is said that little is left. */
const NEARLY_FULL = 0.85;

export const PARTS = ['instructions', 'history', 'documents', 'question'] as const;
export type Part = (typeof PARTS)[number];

/** Tokens that the question would take with all that comes before it. */
export function usedOf(use: ContextUse): number {
  return PARTS.reduce((sum, part) => sum + use[part], 0);
}

/** 0 to 1. */
export function shareOf(use: ContextUse): number {
  return use.size === 0 ? 0 : Math.min(1, usedOf(use) / use.size);
}

export type Fullness = 'roomy' | 'nearly' | 'over';

/** Whether something has to be said about it. */
export function fullnessOf(use: ContextUse): Fullness {
  if (use.omitted.messages > 0 || usedOf(use) > use.size) return 'over';
  return shareOf(use) >= NEARLY_FULL ? 'nearly' : 'roomy';
}

export class ContextGauge {
  use = $state.raw<ContextUse | null>(null);
  #stale = $state(0);
  #turn = 0;
  #counting = false;
  #again: Question | null = null;

  /** `question` is read again when what it reads changes; `null` asks nothing. */
  constructor(question: () => Question | null) {
    $effect(() => onStale(['messages', 'status'], () => (this.#stale += 1)));
    $effect(() => {
      const asked = question();
      if (this.#stale < 0) return;
      if (asked === null) {
        this.#turn += 1;
        this.#again = null;
        this.use = null;
        return;
      }
      const wait = asked.text.length > LARGE ? LARGE_PAUSE : PAUSE;
      const timer = setTimeout(() => void this.#measure(asked), wait);
      return () => {
        clearTimeout(timer);
      };
    });
  }

  /** One count at a time; of those that come meanwhile only the last matters. */
  async #measure(question: Question): Promise<void> {
    if (this.#counting) {
      this.#again = question;
      return;
    }
    this.#counting = true;
    const turn = (this.#turn += 1);
    let use: ContextUse | null = null;
    try {
      use = await rpc('context_measure', question);
    } catch {
      // What cannot be counted is not shown. Sending says what is wrong.
    }
    if (turn === this.#turn) this.use = use;
    this.#counting = false;
    const next = this.#again;
    this.#again = null;
    if (next) await this.#measure(next);
  }
}
