// Rows as turns: a question with what answers it. What did not change is the same object as before,
// so that ten thousand messages cost nothing when one is added. Pure.
import type { Row } from './rows';

/** Messages at the end that are drawn at once. */
const EAGER = 12;
/** Messages of one turn; answers in an endless row are no turn. */
const MOST = 32;
/** Messages at the end that are always laid out. */
const RECENT = 8;

export interface TurnRows {
  readonly key: string;
  readonly rows: readonly Row[];
  /** Nothing follows. */
  readonly last: boolean;
  /** Draw it at once, however far away it is. */
  readonly eager: boolean;
  /** Lay it out only where it is seen. */
  readonly old: boolean;
}

/** The turns of these rows; those of `before` that are the same are taken over. */
export function inTurns(
  rows: readonly Row[],
  before: readonly TurnRows[] = [],
): readonly TurnRows[] {
  const known = new Map(before.map((turn) => [turn.key, turn]));
  const turns: TurnRows[] = [];
  for (let from = 0; from < rows.length;) {
    const turn = turnOf(rows, from, endOf(rows, from));
    const old = known.get(turn.key);
    turns.push(old && same(old, turn) ? old : turn);
    from += turn.rows.length;
  }
  return turns;
}

/** Where the turn that begins here ends: at the next question. */
function endOf(rows: readonly Row[], from: number): number {
  const next = rows
    .slice(from + 1, from + MOST)
    .findIndex(({ message }) => message.role === 'user');
  return next < 0 ? Math.min(rows.length, from + MOST) : from + 1 + next;
}

function turnOf(rows: readonly Row[], from: number, end: number): TurnRows {
  return {
    key: rows[from]?.key ?? '',
    rows: rows.slice(from, end),
    last: end === rows.length,
    eager: end > rows.length - EAGER,
    old: from < rows.length - RECENT,
  };
}

function same(one: TurnRows, other: TurnRows): boolean {
  const { rows, last, eager, old } = one;
  if (last !== other.last || eager !== other.eager || old !== other.old) return false;
  return rows.length === other.rows.length && rows.every((row, at) => row === other.rows[at]);
}
