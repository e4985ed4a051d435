import { type MonitorState, failedCount, isSettled, isWaitedFor, listeners } from '@fastbypass/core';
import { match } from 'ts-pattern';

/** What `systemctl status` shows: the mode in words, and why it is so. */
export function statusLine(state: MonitorState, file: string, dryRun: boolean): string {
  const sentence = state.config === null ? `waiting for a configuration: ${file} names no listener and no card; fbypass_ctl reload takes it up` : `${modeWords(state)}; ${reason(state)}`;
  return dryRun ? `dry run, nothing is changed; ${sentence}` : sentence;
}

const modeWords = ({ mode }: MonitorState): string =>
  match(mode.name)
    .with('unknown', () => 'mode unknown')
    .with('normal', () => 'mode normal: the addresses of the cards are to be there')
    .with('bypass', () => 'mode BYPASS: the addresses of the cards are to be gone')
    .exhaustive();

function reason(state: MonitorState): string {
  const of = `of ${String(state.config?.listeners.length ?? 0)} listeners`;
  if (isSettled(state)) return `${String(failedCount(state))} ${of} failed, threshold ${String(state.config?.threshold ?? 0)}`;
  const awaited = listeners(state).filter(isWaitedFor).length;
  return awaited === 0 ? 'nothing is managed: no listener is active or failed' : `nothing is managed until ${String(awaited)} ${of} have reported`;
}
