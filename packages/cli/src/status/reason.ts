import type { ListenerReport, StatusReport } from '@fastbypass/core';
import { countOf, listOf } from '../text.js';

const withStatus = (listeners: readonly ListenerReport[], wanted: ListenerReport['status']): readonly number[] =>
  listeners.filter(({ status }) => status === wanted).map(({ index }) => index);

/** Why the mode is what it is, in one sentence. */
export function reasonOf({ mode, settled, failed, threshold, listeners, cards }: StatusReport): string {
  if (listeners.length === 0 && cards.length === 0) return 'Waiting for a configuration: no listener and no card is named, nothing is managed.';
  if (!settled) {
    const silent = withStatus(listeners, 'unknown');
    const stays = mode === 'unknown' ? 'Nothing is managed yet' : `The mode stays ${mode} and nothing is managed`;
    if (silent.length === 0) return `${stays}: no listener is active or failed.`;
    return `${stays}: listener ${listOf(silent)} has not reported.`;
  }
  const who = withStatus(listeners, 'failed');
  const some = `${String(failed)} of ${countOf(listeners.length, 'listener')} ${failed === 1 ? 'has' : 'have'} failed${who.length === 0 ? '' : ` (listener ${listOf(who)})`}`;
  if (failed >= threshold) return `${some}, which reaches the threshold of ${String(threshold)}.`;
  if (mode === 'bypass') return `${some}, below the threshold of ${String(threshold)}, but the hold time (BYPASS_HOLD_TIME) is still running.`;
  return `${some}; the threshold of bypass is ${String(threshold)}.`;
}
