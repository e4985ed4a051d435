/** What would come next, in sentences. */
import type { StatusReport, Turn } from '@fastbypass/core';
import { countOf, duration, listenersOf, timeOfDay } from '../text.js';

/** @param now ms since 1970 at which the report was made */
export function nextSentences(report: StatusReport, now: number): readonly string[] {
  const { next, verdict } = report.why;
  return next.length === 0 ? [withoutTurn(report)] : next.map((turn) => turnSentence(turn, verdict, report, now));
}

function turnSentence(turn: Turn, verdict: StatusReport['why']['verdict'], { mode, threshold }: StatusReport, now: number): string {
  const { to, silent, heard, inMs } = turn;
  const what = verdict === 'unsettled' && to === mode ? `still ${to}, but managed again,` : to;
  const at = timeOfDay(now + inMs);
  if (silent.length > 0) return `${what} when ${listenersOf(silent)} ${silent.length === 1 ? 'stays' : 'stay'} silent for another ${duration(inMs)} (until ${at})`;
  if (heard.length === 0) return `${what} in ${duration(inMs)}, at ${at}, when BYPASS_HOLD_TIME ends, unless ${countOf(threshold, 'listener')} ${threshold === 1 ? 'has' : 'have'} failed by then`;
  const earliest = inMs === 0 ? '' : `, at the earliest at ${at} because of BYPASS_HOLD_TIME`;
  return `${what} when ${heardWords(heard)}${earliest}`;
}

/** `listener 0 is heard 2 more times in a row`, those that lack as many together. */
function heardWords(heard: Turn['heard']): string {
  const counts = [...new Set(heard.map(({ heartbeats }) => heartbeats))].sort((a, b) => a - b);
  const parts = counts.map((count) => {
    const indices = heard.filter(({ heartbeats }) => heartbeats === count).map(({ index }) => index);
    return `${listenersOf(indices)} ${indices.length === 1 ? 'is' : 'are each'} heard ${times(count)}`;
  });
  return parts.join(' and ');
}

/** As often as a listener must be heard. */
export const times = (count: number): string => (count === 1 ? 'once' : `${String(count)} more times in a row`);

function withoutTurn({ why, listeners: all, failed, threshold }: StatusReport): string {
  if (why.verdict === 'not-configured') return 'nothing, until a configuration names listeners and cards: write it, then "fbypass_ctl reload"';
  if (why.verdict === 'unsettled') return 'nothing, until a listener can be launched: "fbypass_ctl status" names what keeps it from that';
  const able = failed + why.listeners.filter(({ failsInMs }) => failsInMs !== null).length;
  return `nothing: bypass needs ${String(threshold)} failed listeners (LISTEN_HEARTBEAT_FAILED), and ${String(able)} of ${String(all.length)} can fail`;
}
