// Large tables: found by their first two lines and cut into lines only. Their cells are read when
// they are seen, so a table of 5 000 rows costs no more than the page that shows it.
import { LAZY_TABLE } from './limits';
import type { Align } from './nodes';

export interface Grid {
  readonly raw: string;
  readonly header: readonly string[];
  readonly align: readonly Align[];
  readonly lines: readonly string[];
}

const DELIMITER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
/** Lines that end a table because they begin something else. */
const OTHER = /^(?: {0,3}(?:>|`{3,}|~{3,}|#{1,6}[ \t]|[*+-][ \t]|\d{1,9}[.)][ \t])| {4})/;

/** The large table that a text begins with. */
export function gridAt(src: string): Grid | null {
  if (src.length <= LAZY_TABLE) return null;
  const newline = src.indexOf('\n');
  if (newline < 0) return null;
  const first = src.slice(0, newline);
  if (!first.includes('|')) return null;
  const next = src.indexOf('\n', newline + 1);
  const second = src.slice(newline + 1, next < 0 ? src.length : next);
  if (OTHER.test(first) || !second.includes('|') || !DELIMITER.test(second)) return null;
  const header = cellsOf(first);
  const align = cellsOf(second).map(alignOf);
  if (header.length !== align.length) return null;
  const lines: string[] = [];
  let at = first.length + second.length + 2;
  while (at < src.length) {
    const newline = src.indexOf('\n', at);
    const line = src.slice(at, newline < 0 ? src.length : newline);
    if (line.trim() === '' || OTHER.test(line)) break;
    lines.push(line);
    at = newline < 0 ? src.length : newline + 1;
  }
  return at > LAZY_TABLE ? { raw: src.slice(0, at), header, align, lines } : null;
}

/** The cells of a line, without the bars around them; `\|` is a bar. */
export function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '');
  const cells = inner.split(/(?<!\\)\|/);
  if (cells.length > 1 && (cells.at(-1) ?? '').trim() === '') cells.pop();
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function alignOf(cell: string): Align {
  if (cell.endsWith(':')) return cell.startsWith(':') ? 'center' : 'right';
  return cell.startsWith(':') ? 'left' : null;
}
