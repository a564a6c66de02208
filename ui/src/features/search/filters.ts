// What narrows a search, and what that is in the request.
import type { FolderId, PersonaId, Request } from '$lib/api';

export const PERIODS = ['today', 'week', 'month', 'year', 'custom'] as const;
export type Period = (typeof PERIODS)[number];

export interface Filters {
  readonly period: Period | null;
  /** Days as a date field writes them, for the period of one's own. */
  readonly from: string;
  readonly to: string;
  readonly persona: PersonaId | null;
  /** The shown name of a model. */
  readonly model: string | null;
  readonly folder: FolderId | null;
}

export const NO_FILTERS: Filters = {
  period: null,
  from: '',
  to: '',
  persona: null,
  model: null,
  folder: null,
};

export function isFiltered(filters: Filters): boolean {
  const { period, persona, model, folder } = filters;
  return [period, persona, model, folder].some((one) => one !== null);
}

/** The request for words and filters, without its page. */
export function requestOf(query: string, filters: Filters, now: number): Request<'search'> {
  const { persona, model, folder } = filters;
  return {
    query: query.trim(),
    ...span(filters, now),
    ...(persona === null ? {} : { persona }),
    ...(model === null ? {} : { model }),
    ...(folder === null ? {} : { folder }),
  };
}

/** The moments between which something was written; by the calendar of this place. */
function span(filters: Filters, now: number): { after?: number; before?: number } {
  const today = new Date(now);
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  switch (filters.period) {
    case null:
      return {};
    case 'today':
      return { after: new Date(year, month, day).getTime() };
    case 'week':
      return { after: new Date(year, month, day - 6).getTime() };
    case 'month':
      return { after: new Date(year, month, day - 29).getTime() };
    case 'year':
      return { after: new Date(year, 0, 1).getTime() };
    case 'custom':
      return custom(filters);
  }
}

function custom({ from, to }: Filters): { after?: number; before?: number } {
  const [after, last] = [dayOf(from), dayOf(to)];
  // The last day counts whole.
  const before = last && new Date(last.getFullYear(), last.getMonth(), last.getDate() + 1);
  return {
    ...(after ? { after: after.getTime() } : {}),
    ...(before ? { before: before.getTime() } : {}),
  };
}

/** `2026-11-21` as the beginning of that day here. */
function dayOf(text: string): Date | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return null;
  const [, year, month, day] = found.map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  return new Date(year, month - 1, day);
}
