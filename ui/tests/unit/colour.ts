// Reads OKLCH colours and computes the contrast of WCAG 2.

export type Rgb = readonly [number, number, number];

/** Linear sRGB of an OKLCH colour, clipped to the gamut as a screen does. */
export function linear(l: number, c: number, h: number): Rgb {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
    clip(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
    clip(-0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short),
  ];
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** The contrast of two colours, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

/** The colour tokens of a block of CSS, each with its light and its dark value. */
export function tokens(css: string): Map<string, { light: Rgb; dark: Rgb }> {
  const number = String.raw`([\d.]+)`;
  const colour = String.raw`oklch\(${number} ${number} ${number}\)`;
  const row = new RegExp(String.raw`--([\w-]+): light-dark\(${colour}, ${colour}\);`, 'g');
  const found = new Map<string, { light: Rgb; dark: Rgb }>();
  for (const [, name, ...values] of css.matchAll(row)) {
    const [l1, c1, h1, l2, c2, h2] = values.map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    found.set(name ?? '', { light: linear(l1, c1, h1), dark: linear(l2, c2, h2) });
  }
  return found;
}
