/** Columns of a plot, one a minute, in units of a picture of 100 by 100. */

export interface Bar {
  x: number;
  height: number;
}

/** How wide a column is, of the room that it has. */
export const FILL = 0.72;

/**
 * The columns of `values`, the highest as high as the picture. Where nothing was measured there is
 * none; what is small is seen all the same.
 */
export function bars(values: readonly (number | null)[]): Bar[] {
  const top = Math.max(0, ...values.map((value) => value ?? 0));
  const room = 100 / Math.max(values.length, 1);
  return values.flatMap((value, at) => {
    if (value === null) return [];
    const height = top > 0 ? Math.max((value / top) * 100, 2) : 2;
    return [{ x: (at + (1 - FILL) / 2) * room, height }];
  });
}

/** The last value that was measured. */
export const last = (values: readonly (number | null)[]): number | null =>
  values.findLast((value) => value !== null) ?? null;

/** The highest value that was measured. */
export function most(values: readonly (number | null)[]): number | null {
  const measured = values.filter((value) => value !== null);
  return measured.length > 0 ? Math.max(...measured) : null;
}
