/** What the tests of the core share: configurations, states that are legal, and ways to step them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as O from 'fp-ts/lib/Option.js';
import { type InterfaceAddress, type IpAddress, parseInterfaceAddress, parseIpAddress } from '../dist/address.js';
import type { Config } from '../dist/config/config.js';
import { readConfig } from '../dist/config/read-config.js';
import { type InterfaceName, isInterfaceName } from '../dist/interface-name.js';
import { type MonitorEvent, type MonitorState, initialState, listeners, nextDeadline, transition } from '../dist/monitor.js';

// -------------------------------------------------------------------------------------
// words
// -------------------------------------------------------------------------------------

export function nameOf(text: string): InterfaceName {
  assert(isInterfaceName(text));
  return text;
}

export function ip(text: string): IpAddress {
  const address = parseIpAddress(text);
  assert(address !== null);
  return address;
}

export function withPrefix(text: string): InterfaceAddress {
  const address = parseInterfaceAddress(text);
  assert(address !== null);
  return address;
}

// -------------------------------------------------------------------------------------
// configurations
// -------------------------------------------------------------------------------------

export function configOf(text: string): Config {
  const reading = readConfig(text, 'a.env');
  assert(reading.outcome === 'configured', JSON.stringify(reading.diagnostics));
  return reading.config;
}

/** `count` listeners on ports 3000.. of one host, one card, and what `more` says. */
export function configWith(count: number, more = ''): Config {
  const ports = Array.from({ length: count }, (_, n) => `LISTEN_HB_HOST[${n}]=10.0.0.1\nLISTEN_HB_PORT[${n}]=${3000 + n}\n`);
  return configOf(`LISTEN_HEARTBEAT_IFS=eth0\nBYPASS_CARD_IFS=eth0\nLISTEN_HEARTBEAT_TIMEOUT=100\nBYPASS_CARD_HOST[0]=10.0.0.100\n${ports.join('')}${more}`);
}

/** A few configurations that share some listeners, so that reloads between them keep, change and remove. */
export const configs: fc.Arbitrary<Config> = fc
  .record({
    ports: fc.subarray([3000, 3001, 3002, 3003], { minLength: 1 }),
    first: fc.nat(3),
    timeout: fc.constantFrom(10, 10, 15),
    attempts: fc.constantFrom(1, 1, 3),
    recover: fc.constantFrom(1, 1, 2),
    threshold: fc.integer({ min: 1, max: 3 }),
    hold: fc.constantFrom(0, 25),
    source: fc.constantFrom('', '10.9.0.0/24'),
  })
  .map(({ ports, first, timeout, attempts, recover, threshold, hold, source }) => {
    const lines = ports.map((port, n) => `LISTEN_HB_HOST[${first + n}]=10.0.0.1\nLISTEN_HB_PORT[${first + n}]=${port}\n${port === 3003 ? `LISTEN_HB_SOURCE[${first + n}]=${source}\n` : ''}`);
    return configOf(`LISTEN_HEARTBEAT_IFS=eth0\nBYPASS_CARD_IFS=eth0\nBYPASS_CARD_HOST[0]=10.0.0.100\nLISTEN_HEARTBEAT_TIMEOUT=${timeout}\nLISTEN_HEARTBEAT_ATTEMPTS[1]=${attempts}\nLISTEN_HEARTBEAT_RECOVER=${recover}\nLISTEN_HEARTBEAT_FAILED=${threshold}\nBYPASS_HOLD_TIME=${hold}\n${lines.join('')}`);
  });

// -------------------------------------------------------------------------------------
// steps
// -------------------------------------------------------------------------------------

export const steps = (state: MonitorState, ...events: readonly MonitorEvent[]): MonitorState => events.reduce(transition, state);

/** A state in which every listener was launched at 0. */
export function launchedAt0(config: Config): MonitorState {
  const state = initialState(config, 0);
  return steps(state, ...listeners(state).map(({ id }): MonitorEvent => ({ type: 'launched', at: 0, listener: id, awaited: true })));
}

export const heartbeat = (listener: number, at: number, source: IpAddress | null = null): MonitorEvent => ({ type: 'heartbeat', at, listener, source });

/** The end of an instant: what is due, then the decision. */
export const close = (state: MonitorState, at: number, late = 0): MonitorState => steps(state, { type: 'expired', at, late }, { type: 'decided', at });

/** Closes every instant until `at`, and `at` itself, at which something may be due. */
export function advance(state: MonitorState, at: number): MonitorState {
  let next = state;
  for (let deadline = O.toUndefined(nextDeadline(next)); deadline !== undefined && deadline <= at; deadline = O.toUndefined(nextDeadline(next))) {
    next = close(next, deadline);
  }
  return next;
}

/** All that a state holds, to be compared: a roster shows its listeners to those alone who ask. */
export const shown = (state: MonitorState): object => ({ ...state, listeners: listeners(state) });

/** Frozen to its last part: a step that mutates an old state throws. */
export function frozen<A>(value: A): A {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of value instanceof Map ? [...value].flat() : Object.values(value)) frozen(part);
  }
  return value;
}

/** Any event, for listeners that are there and for some that are not. Instants are added by {@link inTime}. */
export const events: fc.Arbitrary<MonitorEvent> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('heartbeat'), at: fc.constant(0), listener: fc.nat(8), source: fc.constantFrom(null, ip('10.9.0.1'), ip('10.8.0.1')) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('launched'), at: fc.constant(0), listener: fc.nat(8), awaited: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unavailable'), at: fc.constant(0), listener: fc.nat(8), reason: fc.constant('no such interface') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reloaded'), at: fc.constant(0), config: configs }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('expired'), at: fc.constant(0), late: fc.constantFrom(0, 0, 0, 5, 10, 11, 40) }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('decided'), at: fc.constant(0) }) },
);

/** Events in the order of time, some at one instant; pauses often are whole windows. */
export const inTime: fc.Arbitrary<readonly MonitorEvent[]> = fc
  .array(fc.tuple(events, fc.constantFrom(0, 0, 1, 5, 10, 15, 30)), { maxLength: 40, size: 'max' })
  .map((happening) => {
    let at = 0;
    return happening.map(([event, pause]) => ({ ...event, at: (at += pause) }));
  });
