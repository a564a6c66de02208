// A line through measurements, as the points of an SVG of 100 by 100 units.

/** The points for `values`, the highest at the top, the ground at zero; one value makes a level line. */
export function points(values: readonly number[]): string {
  const top = Math.max(...values, 0);
  if (values.length === 0 || top <= 0) return '';
  const line = values.length === 1 ? [values[0] ?? 0, values[0] ?? 0] : values;
  return line
    .map((value, at) => {
      const x = (at / (line.length - 1)) * 100;
      // Room for the width of the line.
      const y = 96 - (Math.max(value, 0) / top) * 92;
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
