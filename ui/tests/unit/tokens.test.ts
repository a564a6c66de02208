// The contrast of every pair of tokens that meets in a view, computed from the file that ships.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, tokens } from './colour';

const css = readFileSync('src/styles/tokens.css', 'utf8');
const [usual = '', high = ''] = css.split(":root:where([data-contrast='more'])");

const GROUNDS = ['ground', 'surface', 'sunken'];
const TEXTS = ['text', 'muted', 'accent', 'ok', 'warn', 'danger'];
const THEMES = ['light', 'dark'] as const;

/** The table of the look: token on ground, light and dark. */
const TABLE: readonly [name: string, on: string, light: number, dark: number][] = [
  ['border', 'ground', 3.5, 4.3],
  ['text', 'ground', 15.4, 15.0],
  ['muted', 'ground', 6.6, 7.4],
  ['accent', 'ground', 5.0, 7.7],
  ['on-accent', 'accent', 5.2, 7.6],
  ['text', 'accent-soft', 13.7, 11.6],
  ['ok', 'ground', 5.4, 9.7],
  ['warn', 'ground', 5.4, 10.5],
  ['danger', 'ground', 5.6, 7.0],
  ['focus', 'ground', 5.4, 8.4],
];

function pair(set: ReturnType<typeof tokens>, one: string, other: string, theme: 'light' | 'dark') {
  const [a, b] = [set.get(one), set.get(other)];
  if (!a || !b) throw new Error(`no token ${one} or ${other}`);
  return contrast(a[theme], b[theme]);
}

describe('the colours of the look', () => {
  const set = tokens(usual);

  it.each(TABLE)('have the contrast of the table: %s on %s', (name, on, light, dark) => {
    expect(pair(set, name, on, 'light')).toBeCloseTo(light, 0);
    expect(pair(set, name, on, 'dark')).toBeCloseTo(dark, 0);
  });

  it.each(THEMES)('let every text be read on every ground (%s)', (theme) => {
    for (const text of TEXTS) {
      for (const ground of GROUNDS) {
        expect(pair(set, text, ground, theme), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(pair(set, 'on-accent', 'accent', theme)).toBeGreaterThanOrEqual(4.5);
    expect(pair(set, 'text', 'accent-soft', theme)).toBeGreaterThanOrEqual(4.5);
    expect(pair(set, 'muted', 'accent-soft', theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(THEMES)('let controls and the focus be seen on every ground (%s)', (theme) => {
    for (const ground of [...GROUNDS, 'accent-soft']) {
      expect(pair(set, 'border', ground, theme), `border on ${ground}`).toBeGreaterThanOrEqual(3);
      expect(pair(set, 'focus', ground, theme), `focus on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('the colours of high contrast', () => {
  const set = tokens(high.split('@media (forced-colors: active)')[0] ?? '');

  it.each(THEMES)('reach 7 for text and 4.5 for lines (%s)', (theme) => {
    for (const ground of GROUNDS) {
      for (const text of TEXTS) {
        expect(pair(set, text, ground, theme), `${text} on ${ground}`).toBeGreaterThanOrEqual(7);
      }
      expect(pair(set, 'border', ground, theme)).toBeGreaterThanOrEqual(4.5);
      expect(pair(set, 'hairline', ground, theme), 'hairline').toBeGreaterThanOrEqual(3);
    }
  });
});
