import { type ListenerReport, type StatusReport } from '@fastbypass/core';
import { match } from 'ts-pattern';
import { countOf, duration, listenersOf } from '../text.js';

const withStatus = (listeners: readonly ListenerReport[], wanted: ListenerReport['status']): readonly number[] =>
  listeners.filter(({ status }) => status === wanted).map(({ index }) => index);

/** Why the mode is what it is, in one sentence. */
export function reasonOf({ mode, failed, threshold, listeners, why }: StatusReport): string {
  const who = withStatus(listeners, 'failed');
  const some = `${String(failed)} of ${countOf(listeners.length, 'listener')} ${failed === 1 ? 'has' : 'have'} failed${who.length === 0 ? '' : ` (${listenersOf(who)})`}`;
  const stays = mode === 'unknown' ? 'Nothing is managed yet' : `The mode stays ${mode} and nothing is managed`;
  return match(why.verdict)
    .with('not-configured', () => 'Waiting for a configuration: no listener and no card is named, nothing is managed.')
    .with('unsettled', () => `${stays}: ${why.waitsFor.length === 0 ? 'no listener is active or failed' : `${listenersOf(why.waitsFor)} ${why.waitsFor.length === 1 ? 'has' : 'have'} not reported`}.`)
    .with('threshold-reached', () => `${some}, which reaches the threshold of ${String(threshold)}.`)
    .with('held', () => `${some}, below the threshold of ${String(threshold)}, but the hold time (BYPASS_HOLD_TIME) keeps bypass for another ${duration(why.holdLeftMs ?? 0)}.`)
    .with('below-threshold', () => `${some}; the threshold of bypass is ${String(threshold)}.`)
    .exhaustive();
}
