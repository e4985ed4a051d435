import type { StatusReport } from '@fastbypass/core';
import type { CardPosition } from '../dpi/bypass-card.js';

export interface Scene {
  readonly status: StatusReport | null;
  /** Whether each DPI sends. */
  readonly talking: readonly boolean[];
  readonly positions: readonly CardPosition[];
}

const RULE = '-'.repeat(80);

export const positionText: Readonly<Record<CardPosition, string>> = {
  unknown: 'pings',
  through: 'traffic through the DPIs',
  bypass: 'joins the line, past the DPIs',
};

/** The present state as lines of at most 80 characters. @param elapsed ms since the beginning */
export function picture({ status, talking, positions }: Scene, elapsed: number): readonly string[] {
  const head = ` FastBypass demo${`${(elapsed / 1000).toFixed(1)} s`.padStart(63)}`;
  if (status === null) return [head, RULE, ' the daemon is being started', RULE];
  const { mode, failed, threshold, settled, listeners, cards, interfaces, converged } = status;
  const why = settled ? `${String(failed)} of ${String(listeners.length)} failed, threshold ${String(threshold)}` : 'waits until every DPI has reported';
  return [
    head,
    RULE,
    ...listeners.map(({ index, status: state, missed, attempts, heartbeats }) => {
      const sends = talking[index] === true ? '~~ sending ~~>' : '.. silent ..  ';
      const name = state === 'failed' ? 'FAILED' : state;
      return ` DPI ${String(index)}  ${sends}  ${name.padEnd(11)} ${String(heartbeats).padStart(4)} heard, ${String(missed)} missed in a row (limit ${String(attempts)})`;
    }),
    ` mode   ${mode.toUpperCase().padEnd(8)} ${why}${converged ? '' : ' (at work)'}`,
    ...cards.map(({ index, address, interface: name, desired, observed }) => {
      const position = positions[index];
      return ` card ${String(index)} ${address.padEnd(17)} on ${name}: ${asWanted(observed, desired)}${position === undefined ? '' : `  ${positionText[position]}`}`;
    }),
    ` links  ${interfaces.map(({ name, observed, desired }) => `${name} ${asWanted(observed, desired)}`).join('   ')}`,
    RULE,
  ];
}

const asWanted = (observed: string, desired: string): string => (observed === desired ? observed : `${observed} (${desired === 'unmanaged' ? 'left alone' : `wanted: ${desired}`})`);
