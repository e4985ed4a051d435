/** Results in Markdown. */
import { percentile } from './percentile.js';
import type { Machine, Result, Series, Skipped } from './results.js';

const SHARES = [0.5, 0.9, 0.99, 1];

const seriesOf = (results: readonly Result[], part: string): readonly Series[] => results.filter((it): it is Series => it.part === part && 'values' in it && it.values.length > 0);

const distinct = (items: readonly string[]): readonly string[] => [...new Set(items)];

/** Three digits that mean something. */
export function inDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2);
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map((_, column) => (column === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n');

const percentiles = ({ values }: Series): readonly string[] => SHARES.map((share) => inDigits(percentile(values, share)));

/** A row for each series, named by `name`. */
const percentileTable = (title: string, series: readonly Series[], name: (series: Series) => string): string =>
  table(
    [title, 'trials', 'least', 'p50', 'p90', 'p99', 'max'],
    series.map((it) => [name(it), String(it.values.length), inDigits(Math.min(...it.values)), ...percentiles(it)]),
  );

/** One value as it is; of several the median, 99th percentile and largest. */
function cell(series: Series | undefined): string {
  if (series === undefined) return '';
  const { values } = series;
  return values.length === 1 ? inDigits(values[0] ?? NaN) : [0.5, 0.99, 1].map((share) => inDigits(percentile(values, share))).join(' / ');
}

/** Subjects against things measured; what there is more of goes downwards. */
function pivotTable(series: readonly Series[]): string {
  const subjects = distinct(series.map(({ subject }) => subject));
  const things = distinct(series.map(({ what }) => what));
  const at = (subject: string, thing: string): string => cell(series.find((it) => it.subject === subject && it.what === thing));
  const named = things.map((thing) => `${thing}, ${series.find(({ what }) => what === thing)?.unit ?? ''}`);
  if (things.length > subjects.length) return table(['', ...subjects], things.map((thing, place) => [named[place] ?? '', ...subjects.map((subject) => at(subject, thing))]));
  return table(['', ...named], subjects.map((subject) => [subject, ...things.map((thing) => at(subject, thing))]));
}

export function machineLine(results: readonly Result[]): string {
  const machine = results.find((it): it is Machine => it.part === 'machine');
  if (machine === undefined) return 'No machine is on record.';
  const { date, processor, cores, memory, kernel, versions } = machine;
  const programs = Object.entries(versions).map(([program, version]) => `${program}: ${version}`);
  return `Measured on ${date.slice(0, 10)}: ${processor}, ${cores} cores, ${memory} GB, Linux ${kernel}; ${programs.join('; ')}.`;
}

/** The death of the sender, and what it costs to wait for it: for the README. */
export function shortTable(results: readonly Result[]): string {
  const failovers = seriesOf(results, 'failover').filter(({ what }) => what === 'failover, stopped');
  const idle = seriesOf(results, 'cost');
  const cost = (subject: string, what: string): string => cell(idle.find((it) => it.subject === subject && it.what === what));
  const rows = failovers.map((it) => [it.subject, ...percentiles(it), cost(it.subject, 'idle: processor').replace(/ \/.*$/, ''), cost(it.subject, 'idle: memory')]);
  return [machineLine(results), '', table(['', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'idle ‰ of a core', 'MB'], rows)].join('\n');
}

/** Parts in which every subject is compared with others in each thing. */
const COMPARED: readonly (readonly [string, string])[] = [
  ['cards', 'Many cards: ms after the deadline (removals) or after the first heartbeat (additions), p50 / p99 / max'],
  ['cost', 'Processor (‰ of a core) and resident memory'],
];

/** Parts whose things each stand alone. */
const ALONE: readonly (readonly [string, string])[] = [
  ['spawn', 'The bare cost of one `ip`'],
  ['start', 'Start'],
  ['core', "The core's cost of a heartbeat"],
  ['scale', 'Scale: 1000 listeners, 100 heartbeats a second each'],
  ['plan', '1000 cards and 1000 managed interfaces in one plan'],
  ['worst', 'Worst cases: the failover of one card with netlink, in quiet and in trouble'],
  ['day', "A day's worth of heartbeats in fast motion"],
];

/** What was measured again and again, then what was measured once. */
function aloneTables(title: string, series: readonly Series[]): readonly string[] {
  const name = ({ subject, what, unit }: Series): string => `${subject}: ${what}, ${unit}`;
  const [often, once] = [series.filter(({ values }) => values.length > 1), series.filter(({ values }) => values.length === 1)];
  const tables = [...(often.length > 0 ? [percentileTable('', often, name), ''] : []), ...(once.length > 0 ? [table(['', 'measured once'], once.map((it) => [name(it), cell(it)])), ''] : [])];
  return tables.length === 0 ? [] : [`### ${title}`, '', ...tables];
}

function failoverTables(results: readonly Result[]): readonly string[] {
  const series = seriesOf(results, 'failover');
  const timed = distinct(series.filter(({ unit }) => unit === 'ms').map(({ what }) => what));
  const tables = timed.flatMap((what) => [percentileTable(`${what}, ms`, series.filter((it) => it.what === what), ({ subject }) => subject), '']);
  return tables.length === 0 ? [] : ['### Failover and restore', '', ...tables, pivotTable(series.filter(({ unit }) => unit === 'count')), ''];
}

/** Everything: for docs/performance.md. */
export function allTables(results: readonly Result[]): string {
  const compared = COMPARED.flatMap(([part, title]) => (seriesOf(results, part).length === 0 ? [] : [`### ${title}`, '', pivotTable(seriesOf(results, part)), '']));
  const alone = ALONE.flatMap(([part, title]) => aloneTables(title, seriesOf(results, part)));
  const skipped = results.filter((it): it is Skipped => 'skipped' in it).map(({ part, subject, skipped }) => `- skipped in ${part}: ${subject} (${skipped})`);
  return [machineLine(results), '', ...failoverTables(results), ...compared, ...alone, ...skipped].join('\n').trimEnd();
}
