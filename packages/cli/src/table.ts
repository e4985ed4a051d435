/** Tables without lines, indented by two, within the columns of a narrow terminal. */
import CliTable from 'cli-table3';
import { type Paint, type Style, plain } from './terminal.js';
import { WIDTH, printable, wrap } from './text.js';

const INDENT = 2;
const GAP = 2;

/** A text alone, or with its colour. */
export type Cell = string | { readonly text: string; readonly style: Style };

const textOf = (cell: Cell): string => printable(typeof cell === 'string' ? cell : cell.text);

/** Ends without an end of line. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[], paint: Paint = plain): string {
  const widths = fit(head.map((title, column) => Math.max(title.length, ...rows.map((row) => textOf(row[column] ?? '').length))));
  const table = new CliTable({ chars: NO_LINES, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } });
  table.push([...head]);
  for (const row of rows) {
    table.push(
      row.map((cell, column) => {
        const lines = wrap(textOf(cell), widths[column] ?? WIDTH);
        return (typeof cell === 'string' ? lines : lines.map((line) => paint(cell.style, line))).join('\n');
      }),
    );
  }
  return table.toString().replace(/ +$/gm, '');
}

/** Takes from the widest column what is too much. */
function fit(widths: readonly number[]): readonly number[] {
  const excess = INDENT + widths.reduce((sum, width) => sum + width + GAP, -GAP) - WIDTH;
  if (excess <= 0) return widths;
  const widest = widths.indexOf(Math.max(...widths));
  const fitted = widths.map((width, column) => (column === widest ? Math.max(width - excess, 8) : width));
  return fitted.every((width, column) => width === widths[column]) ? widths : fit(fitted);
}

const NO_LINES = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '',
  bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  mid: '', 'mid-mid': '', 'left-mid': '', 'right-mid': '',
  left: ' '.repeat(INDENT), right: '', middle: ' '.repeat(GAP),
};
