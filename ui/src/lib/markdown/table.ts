// Tables: their rows as cells, and both forms in which they are copied.
import { textOf } from './inlines';
import type { Inline, Row, TableNode } from './nodes';
import { cell } from './parse';
import { cellsOf } from './grid';

/** The cells of a row, as many as the table has columns. */
export function rowCells(row: Row, columns: number): readonly (readonly Inline[])[] {
  if (typeof row !== 'string') return row;
  const cells = cellsOf(row).slice(0, columns);
  return Array.from({ length: columns }, (_, at) => cell(cells[at] ?? ''));
}

/** Numbers that begin with a sign are numbers; other signs at the beginning make a formula. */
const NUMBER = /^[+-]?[\d.,\s\u00a0\u202f]*\d\s*%?$/;
const FORMULA = /^[\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * The table as comma-separated values, as RFC 4180 has them: CRLF, and quotes where they are needed.
 *
 * A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@`, and a model may have copied it
 * from anywhere. Such a cell gets an apostrophe before it, unless it is nothing but a number.
 */
export function tableAsCsv(node: TableNode): string {
  const columns = node.header.length;
  const lines = [node.header, ...node.rows].map((row) =>
    rowCells(row, columns)
      .map((nodes) => csvField(textOf(nodes)))
      .join(','),
  );
  return `${lines.join('\r\n')}\r\n`;
}

function csvField(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe.trim() !== safe ? `"${safe.replaceAll('"', '""')}"` : safe;
}
