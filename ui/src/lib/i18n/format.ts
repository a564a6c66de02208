// Numbers, sizes and times as the language writes them. Reads the current language, so text made
// in a template follows a change.
import { tag, t } from './index.svelte';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Bytes in powers of 1 000, as file managers show them. */
export function formatBytes(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(tag(), {
    style: 'unit',
    unit: UNITS[unit],
    // The short form of a byte has no plural in English.
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 && unit > 1 ? 1 : 0,
  }).format(value);
}

export function formatNumber(value: number, fractionDigits = 0): string {
  return new Intl.NumberFormat(tag(), { maximumFractionDigits: fractionDigits }).format(value);
}

/** 0.43 as "43 %". */
export function formatPercent(share: number, fractionDigits = 0): string {
  return new Intl.NumberFormat(tag(), {
    style: 'percent',
    maximumFractionDigits: fractionDigits,
  }).format(share);
}

/** 134 000 000 as "134M". */
export function formatCompact(value: number): string {
  return new Intl.NumberFormat(tag(), { notation: 'compact', maximumFractionDigits: 1 }).format(
    value,
  );
}

const DAY = 86_400_000;

/** The time for today, the weekday for this week, else the date. */
export function formatWhen(timestamp: number, now: number): string {
  const then = new Date(timestamp);
  const today = new Date(now).setHours(0, 0, 0, 0);
  if (timestamp >= today) {
    return new Intl.DateTimeFormat(tag(), { timeStyle: 'short' }).format(then);
  }
  if (timestamp >= today - DAY) return t('time.yesterday');
  if (timestamp >= today - 6 * DAY) {
    return new Intl.DateTimeFormat(tag(), { weekday: 'long' }).format(then);
  }
  return new Intl.DateTimeFormat(tag(), { dateStyle: 'medium' }).format(then);
}

/** Date and time, short enough for a table. */
export function formatDate(timestamp: number): string {
  return new Intl.DateTimeFormat(tag(), { dateStyle: 'medium', timeStyle: 'short' }).format(
    timestamp,
  );
}

/** A day in words. */
export function formatDay(timestamp: number): string {
  return new Intl.DateTimeFormat(tag(), { dateStyle: 'long' }).format(timestamp);
}

/** The whole point in time, for tooltips. */
export function formatMoment(timestamp: number): string {
  return new Intl.DateTimeFormat(tag(), { dateStyle: 'full', timeStyle: 'short' }).format(
    timestamp,
  );
}
