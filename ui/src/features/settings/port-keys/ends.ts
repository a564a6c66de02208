// When a key ends: with a day of this computer, so that the day which is shown is good to its end.

export const TERMS = ['never', 'week', 'month', 'quarter', 'year', 'date'] as const;
export type Term = (typeof TERMS)[number];

const DAYS = { week: 7, month: 30, quarter: 90 } as const;

/** The last moment of a day; one too many rolls into the next month. */
function endOfDay(year: number, month: number, day: number): number {
  return new Date(year, month, day + 1).getTime() - 1;
}

/**
 * The moment at which a key ends; `null` is never. `day` counts where the day is chosen, as
 * `2027-03-31`; `wrong` is one that is over, or none.
 */
export function endOf(term: Term, day: string, now: number): number | null | 'wrong' {
  const today = new Date(now);
  const [year, month, date] = [today.getFullYear(), today.getMonth(), today.getDate()];
  switch (term) {
    case 'never':
      return null;
    case 'year':
      return endOfDay(year + 1, month, date);
    case 'date': {
      const end = endOfWritten(day);
      return end !== null && end > now ? end : 'wrong';
    }
    default:
      return endOfDay(year, month, date + DAYS[term]);
  }
}

function endOfWritten(day: string): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day.trim());
  if (!found) return null;
  const [year = 0, month = 0, date = 0] = found.slice(1).map(Number);
  const end = endOfDay(year, month - 1, date);
  // There is no 31st of February.
  return dayOf(end) === day.trim() ? end : null;
}

/** The day of a moment, as a date field writes it. */
export function dayOf(moment: number): string {
  const at = new Date(moment);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
