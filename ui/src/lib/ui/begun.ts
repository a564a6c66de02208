import type { Response } from '$lib/api';

/** What was done in the field of the quick chat before its page was there. */
export interface Begun {
  readonly text: string;
  /** The selection in it. */
  readonly start: number;
  readonly end: number;
  /** Enter was pressed. */
  readonly asked: boolean;
  /** Keys of the page that came before it. */
  readonly keys: readonly KeyboardEvent[];
  /** What was kept, which the text goes on from; `null` where it could not be had in time. */
  readonly kept: Response<'quick_get'> | null;
}
