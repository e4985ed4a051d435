/** The pages that carry results, and the results that they carry. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Result, readResults } from './results.js';
import { allTables, shortTable } from './tables.js';

const root = new URL('../../', import.meta.url);

/** The run that the pages speak of. */
export const RECORDED = new URL('bench/results/recorded.jsonl', root);

const BEGIN = '<!-- npm run bench: begin -->';
const END = '<!-- npm run bench: end -->';

const PAGES: readonly (readonly [path: string, tables: (results: readonly Result[]) => string])[] = [
  ['README.md', shortTable],
  ['docs/performance.md', allTables],
];

/** @throws where the marks are gone */
function withTables(path: string, text: string, tables: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${path} has lost the marks between which the tables stand: ${BEGIN} and ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n\n${tables}\n\n${text.slice(end)}`;
}

/** Each page as it is, and as it is to be. */
export function pages(): readonly { readonly path: string; readonly present: string; readonly wanted: string }[] {
  const results = readResults(RECORDED);
  return PAGES.map(([path, tables]) => {
    const present = readFileSync(new URL(path, root), 'utf8');
    return { path, present, wanted: withTables(path, present, tables(results)) };
  });
}

export function writePages(): void {
  for (const { path, wanted } of pages()) writeFileSync(new URL(path, root), wanted);
}
