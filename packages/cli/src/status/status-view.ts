/** The status as a person reads it at 3 a.m.: the mode, what is wrong, then the rest; within 80 columns. */
import type { CardReport, InterfaceReport, ListenerReport, StatusReport } from '@fastbypass/core';
import { formatEndpoint } from '../endpoint.js';
import { type Cell, table } from '../table.js';
import type { Paint, Style } from '../terminal.js';
import { clockTime, countOf, duration, indented, listOf, printable } from '../text.js';
import { modeLine } from './mode-line.js';
import { reasonOf } from './reason.js';

export interface View {
  /** The present, ms since 1970. */
  readonly now: number;
  readonly paint: Paint;
}

/** Ends without an end of line. */
export function renderStatus(report: StatusReport, view: View): string {
  return [headline(report, view), problems(report, view), listeners(report, view), cards(report, view), interfaces(report, view), origin(report)]
    .filter((section) => section !== '')
    .join('\n\n');
}

const WRONG: Style = ['bold', 'red'];
const UNSURE: Style = 'yellow';

function headline(report: StatusReport, view: View): string {
  const { settled, converged, dryRun } = report;
  const { paint } = view;
  const yes = (is: boolean, style: Style): string => (is ? 'yes' : paint(style, 'NO'));
  return [
    modeLine(report, view),
    indented(reasonOf(report)),
    `  settled: ${yes(settled, UNSURE)}    converged: ${yes(converged, WRONG)}${dryRun ? `    ${paint(UNSURE, 'DRY RUN: nothing in the kernel is changed')}` : ''}`,
  ].join('\n');
}

function problems({ problems: told, converged, listeners: all, config }: StatusReport, { paint }: View): string {
  // Each is among the problems already, unless the daemon is of another version.
  const reasons = all.flatMap(({ index, reason }) => (reason === null || told.some((text) => text.includes(reason)) ? [] : [`listener ${String(index)}: ${reason}`]));
  const leftOut = config.diagnostics
    // Without a line: nothing is configured yet, and that is told already.
    .filter(({ severity, line }) => severity === 'error' && line !== null)
    .map(({ line, message }) => `left out of the configuration, line ${String(line)}: ${message}`);
  const everything = [...told, ...reasons, ...leftOut];
  if (everything.length === 0 && !converged) everything.push('the network is not as desired yet');
  if (everything.length === 0) return '';
  return [paint(WRONG, `PROBLEMS (${String(everything.length)})`), ...everything.map((text) => indented(text, '  ! '))].join('\n');
}

/** What is wrong stands first; among equals the given order holds. */
const worstFirst = <A>(items: readonly A[], badness: (item: A) => number): readonly A[] => [...items].sort((a, b) => badness(b) - badness(a));

const section = (title: string, head: readonly string[], rows: readonly (readonly Cell[])[], paint: Paint): string =>
  rows.length === 0 ? '' : `${paint('bold', title)}\n${table(head, rows, paint)}`;

const BADNESS: Readonly<Record<ListenerReport['status'], number>> = { failed: 3, unavailable: 2, unknown: 1, active: 0 };
const LISTENER_STYLE: Readonly<Record<ListenerReport['status'], Style>> = { failed: WRONG, unavailable: WRONG, unknown: UNSURE, active: 'green' };

function listeners({ listeners: all }: StatusReport, { paint }: View): string {
  const counted = (['failed', 'unavailable', 'unknown', 'active'] as const)
    .map((status) => [status, all.filter((listener) => listener.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${String(count)} ${status}`);
  const rows = worstFirst(all, ({ status }) => BADNESS[status]).map((it): readonly Cell[] => [
    String(it.index),
    formatEndpoint(it.host, it.port),
    it.interface ?? '-',
    { text: BADNESS[it.status] >= 2 ? it.status.toUpperCase() : it.status, style: LISTENER_STYLE[it.status] },
    `${String(it.missed)}/${String(it.attempts)}`,
    it.lastHeartbeatMsAgo === null ? 'never heard' : duration(it.lastHeartbeatMsAgo),
  ]);
  const rejected = all.filter((it) => it.rejected > 0).map((it) => `${String(it.rejected)} for listener ${String(it.index)}`);
  const note = rejected.length === 0 ? '' : `\n${indented(`ignored, from senders that are not in LISTEN_HB_SOURCE: ${listOf(rejected)}`)}`;
  return `${section(`LISTENERS  ${listOf(counted)}`, ['#', 'ADDRESS', 'INTERFACE', 'STATUS', 'MISSED', 'SILENT FOR'], rows, paint)}${note}`;
}

/** What is observed, loud where it is not as desired. */
function observed(desired: string, seen: string, fine: boolean): Cell {
  if (!fine) return { text: seen.toUpperCase(), style: WRONG };
  return desired === 'unmanaged' ? seen : { text: seen, style: 'green' };
}

// A missing interface is as desired for what is to be absent or down.
const isCardFine = ({ desired, observed: seen }: CardReport): boolean => desired === 'unmanaged' || desired === seen || (desired === 'absent' && seen === 'missing');
const isLinkFine = ({ desired, observed: seen }: InterfaceReport): boolean => desired === 'unmanaged' || desired === seen || (desired === 'down' && seen === 'missing');

function cards({ cards: all }: StatusReport, { paint }: View): string {
  const rows = worstFirst(all, (card) => (isCardFine(card) ? 0 : 1)).map((it): readonly Cell[] => [
    String(it.index),
    it.address,
    it.interface,
    it.desired,
    observed(it.desired, it.observed === 'missing' ? 'interface missing' : it.observed, isCardFine(it)),
  ]);
  return section('CARDS', ['#', 'ADDRESS', 'INTERFACE', 'DESIRED', 'OBSERVED'], rows, paint);
}

function interfaces({ interfaces: all }: StatusReport, { paint }: View): string {
  const rows = worstFirst(all, (link) => (isLinkFine(link) ? 0 : 1)).map((it): readonly Cell[] => [
    it.name,
    it.desired,
    observed(it.desired, it.observed, isLinkFine(it)),
    it.downFor.length === 0 ? '-' : it.downFor.join(', '),
  ]);
  return section('INTERFACES', ['NAME', 'DESIRED', 'OBSERVED', 'DOWN FOR'], rows, paint);
}

function origin({ version, pid, driver, uptimeMs, config }: StatusReport): string {
  const { path, loadedAt, diagnostics } = config;
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning');
  return [
    printable(`fastbypass_monitor ${version}, pid ${String(pid)}, driver ${driver}, up ${duration(uptimeMs)}`),
    indented(`configuration ${path}`, ''),
    `loaded ${clockTime(loadedAt)}${warnings.length === 0 ? '' : `, ${countOf(warnings.length, 'warning')}:`}`,
    ...warnings.map(({ line, message }) => indented(`${line === null ? '' : `line ${String(line)}: `}${message}`, '  - ')),
  ].join('\n');
}
