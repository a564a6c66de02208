import { describe, expect, it } from 'vitest';
import { dayOf, endOf } from '../../src/features/settings/port-keys/ends';

describe('the end of a key', () => {
  const NOW = new Date(2028, 1, 29, 15, 30).getTime();
  const endOfDay = (year: number, month: number, day: number) =>
    new Date(year, month, day, 23, 59, 59, 999).getTime();

  it('is the end of a day', () => {
    expect(endOf('never', '', NOW)).toBeNull();
    expect(endOf('week', '', NOW)).toBe(endOfDay(2028, 2, 7));
    expect(endOf('quarter', '', NOW)).toBe(endOfDay(2028, 4, 29));
    expect(endOf('date', '2028-02-29', NOW)).toBe(endOfDay(2028, 1, 29));
    expect(dayOf(endOfDay(2028, 1, 29))).toBe('2028-02-29');
  });

  it('is a year away on the 29th of February as well', () => {
    expect(endOf('year', '', NOW)).toBe(endOfDay(2029, 2, 1));
  });

  it.each(['', '2028-02-28', '2029-02-29', '29.02.2028', '2028-2-29'])('is not “%s”', (day) => {
    expect(endOf('date', day, NOW)).toBe('wrong');
  });
});
