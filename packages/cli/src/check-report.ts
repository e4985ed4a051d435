/** What `check` finds out about a configuration. */
import { type Config, type ConfigReading, type Diagnostic, detectionTime, formatDiagnostic, isError } from '@fastbypass/core';
import { formatEndpoint } from './endpoint.js';
import { table } from './table.js';
import { countOf, indented } from './text.js';

interface ListenerTiming {
  readonly index: number;
  readonly host: string;
  readonly port: number;
  readonly attempts: number;
  readonly timeoutMs: number;
  /** From its last heartbeat until it has failed, ms. */
  readonly worstCaseMs: number;
}

/** The object of `check --json`. */
export interface CheckReport {
  readonly file: string;
  readonly outcome: ConfigReading['outcome'];
  readonly errors: number;
  readonly warnings: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Failed listeners from which the mode is bypass; null where nothing can run. */
  readonly threshold: number | null;
  /** Those that are good. */
  readonly listeners: readonly ListenerTiming[];
}

export function checkReport(reading: ConfigReading): CheckReport {
  const { file, outcome, diagnostics } = reading;
  const errors = diagnostics.filter(isError).length;
  const config = reading.outcome === 'configured' ? reading.config : null;
  return { file, outcome, errors, warnings: diagnostics.length - errors, diagnostics, threshold: config?.threshold ?? null, listeners: config === null ? [] : timings(config) };
}

const timings = ({ listeners }: Config): readonly ListenerTiming[] =>
  listeners.map((listener) => {
    const { index, host, port, attempts, timeout } = listener;
    return { index, host, port, attempts, timeoutMs: timeout, worstCaseMs: detectionTime(listener) };
  });

/** The daemon would run with all of it. */
export const isGood = ({ outcome, errors }: CheckReport): boolean => outcome === 'configured' && errors === 0;

/** For a person; ends without an end of line. */
export function renderCheck(report: CheckReport): string {
  const { file, diagnostics, errors, warnings, threshold, listeners } = report;
  const said = diagnostics.map(formatDiagnostic);
  const sum = `${file}: ${countOf(errors, 'error')}, ${countOf(warnings, 'warning')}`;
  if (threshold === null) return [...said, sum].join('\n');
  const rows = listeners.map(({ index, host, port, attempts, timeoutMs, worstCaseMs }) => [
    String(index),
    formatEndpoint(host, port),
    `${String(attempts)} x ${String(timeoutMs)} ms`,
    `${String(worstCaseMs)} ms`,
  ]);
  const timing = [
    'WORST-CASE TIME TO BYPASS, from the last heartbeat of a DPI',
    table(['#', 'LISTENER', 'ATTEMPTS x TIMEOUT', 'TIME'], rows),
    indented(thresholdNote(threshold, listeners)),
  ];
  return [said, timing, [sum]].filter((section) => section.length > 0).map((section) => section.join('\n')).join('\n\n');
}

function thresholdNote(threshold: number, listeners: readonly ListenerTiming[]): string {
  if (threshold === 1) return 'One failed listener is enough for bypass (LISTEN_HEARTBEAT_FAILED is 1).';
  const needed = `Bypass needs ${String(threshold)} failed listeners (LISTEN_HEARTBEAT_FAILED)`;
  const last = listeners.map(({ worstCaseMs }) => worstCaseMs).sort((a, b) => a - b)[threshold - 1];
  if (last === undefined) return `${needed}, and there are ${String(listeners.length)}: it can never be reached.`;
  return `${needed}: where all fall silent at once, it comes after ${String(last)} ms.`;
}
