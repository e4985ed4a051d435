/**
 * The series of each listener as Prometheus reads them. There are seven of each, thousands together: prom-client took 18 ms
 * for those of 1000 listeners, in which no heartbeat was heard. Their labels are indices and words of ours, and need no escaping.
 */
import { type Listener, type ListenerStatus, statusOf } from '@fastbypass/core';

const STATUSES: readonly ListenerStatus[] = ['unknown', 'active', 'failed', 'unavailable'];

const family = (name: string, type: 'gauge' | 'counter', help: string, listeners: readonly Listener[], lines: (listener: Listener) => string): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${listeners.map(lines).join('')}`;

function statusLines(listener: Listener): string {
  const is = statusOf(listener);
  return STATUSES.map((status) => `fastbypass_listener_status{listener="${String(listener.config.index)}",status="${status}"} ${status === is ? '1' : '0'}\n`).join('');
}

function counter(name: string, help: string, listeners: readonly Listener[], value: (listener: Listener) => number): string {
  return family(name, 'counter', help, listeners, (listener) => `${name}{listener="${String(listener.config.index)}"} ${String(value(listener))}\n`);
}

/** Families with an empty line between them, as prom-client writes them. */
export const listenerMetrics = (listeners: readonly Listener[]): string =>
  [
    family('fastbypass_listener_status', 'gauge', 'The status of each listener: 1 for the one that is, 0 for the others.', listeners, statusLines),
    counter('fastbypass_listener_heartbeats_total', 'Accepted heartbeats of each listener.', listeners, ({ heartbeats }) => heartbeats),
    counter('fastbypass_listener_rejected_total', 'Datagrams of senders that are not accepted.', listeners, ({ rejected }) => rejected),
    counter('fastbypass_listener_missed_total', 'Windows that ended without a heartbeat.', listeners, ({ missedWindows }) => missedWindows),
  ].join('\n');
