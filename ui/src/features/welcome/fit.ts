// How large a model this computer can run, as a round number for people.
import { fitOf } from '$lib/state/models.svelte';

/** Bytes that a model of so many billion parameters needs at four bits a weight, with its context. */
const SIZES: readonly (readonly [billions: number, bytes: number])[] = [
  [1, 1.5e9],
  [4, 3.5e9],
  [8, 6.5e9],
  [14, 11e9],
  [32, 22e9],
  [70, 45e9],
];

/** The largest that fits well, in billions of parameters; `null` where not even the smallest does. */
export function billionsThatFit(total: number, available: number): number | null {
  const fitting = SIZES.filter(([, bytes]) => fitOf(bytes, total, available) === 'fits');
  return fitting.at(-1)?.[0] ?? null;
}
