/**
 * What must not compile. Each `@ts-expect-error` is an error itself where the next line compiles, so a build that
 * succeeds has proved them all; what the lines do at run time is of no interest.
 */
import test from 'ava';
import { match } from 'ts-pattern';
import type { IpAddress } from '../dist/address.js';
import type { InterfaceName } from '../dist/interface-name.js';
import type { Listener, Phase } from '../dist/listener.js';
import { type MonitorEvent, type MonitorState, initialState, listeners, transition } from '../dist/monitor.js';
import type { ObservedInterface, ObservedState, Operation } from '../dist/network.js';
import { configWith, nameOf, withPrefix } from './arbitraries.js';

const name = (it: InterfaceName): string => it;
const address = (it: IpAddress): string => it;
const operation = (it: Operation): Operation => it;
const event = (it: MonitorEvent): MonitorEvent => it;
const phase = (it: Phase): Phase => it;

test('a bare string is neither an interface name nor an address', (t) => {
  // @ts-expect-error a name must have been read
  t.is(name('eth0'), 'eth0');
  // @ts-expect-error an address must have been read
  t.is(address('10.0.0.1'), '10.0.0.1');
  // @ts-expect-error one is not the other
  t.is(address(nameOf('eth0')), 'eth0');
  // @ts-expect-error nor the other way round
  t.is(name(withPrefix('10.0.0.1/32').address), '10.0.0.1');
});

test('an event without its instant, or for nobody, is none', (t) => {
  // @ts-expect-error time travels inside events
  t.truthy(event({ type: 'heartbeat', listener: 0, source: null }));
  // @ts-expect-error a heartbeat is somebody's
  t.truthy(event({ type: 'heartbeat', at: 0, source: null }));
  // @ts-expect-error a caller says how late it was
  t.truthy(event({ type: 'expired', at: 0 }));
  // @ts-expect-error a launch says whether it is waited for
  t.truthy(event({ type: 'launched', at: 0, listener: 0 }));
  // @ts-expect-error there is no such event
  t.truthy(event({ type: 'ticked', at: 0 }));
});

test('a match without a case is none', (t) => {
  const cases = match(event({ type: 'expired', at: 0, late: 0 }))
    .with({ type: 'heartbeat' }, () => 'heartbeat')
    .with({ type: 'launched' }, () => 'launched')
    .with({ type: 'unavailable' }, () => 'unavailable')
    .with({ type: 'reloaded' }, () => 'reloaded')
    .with({ type: 'expired' }, () => 'expired');
  // @ts-expect-error `decided` is missing
  const end: () => string = cases.exhaustive;
  t.is(typeof end, 'function');
});

test('a deadline exists only where a window runs', (t) => {
  const window = { ends: 1, missed: 0, graced: false };
  // @ts-expect-error an unavailable listener has no window
  t.truthy(phase({ status: 'unavailable', reason: 'busy', window }));
  // @ts-expect-error nor has one that is being launched
  t.truthy(phase({ status: 'launching', window }));
  // @ts-expect-error an active one has
  t.truthy(phase({ status: 'active' }));
  // @ts-expect-error a failed one counts its row
  t.truthy(phase({ status: 'failed', window }));
});

test('an operation has an address exactly where it needs one', (t) => {
  // @ts-expect-error which address?
  t.truthy(operation({ op: 'address-del', interface: nameOf('eth0') }));
  // @ts-expect-error a link has none
  t.truthy(operation({ op: 'link-down', interface: nameOf('eth0'), address: withPrefix('10.0.0.1/32') }));
});

test('a state is not to be changed', (t) => {
  const tamper = (state: MonitorState, listener: Listener, observed: ObservedState): readonly unknown[] => {
    // @ts-expect-error the mode comes out of a decision
    state.mode = { name: 'bypass', since: 0 };
    // @ts-expect-error and so does its name
    state.mode.name = 'bypass';
    // @ts-expect-error counters count by themselves
    listener.heartbeats = 7;
    // @ts-expect-error listeners come with a configuration
    const roster: Listener[] = listeners(state);
    // @ts-expect-error what is observed is observed
    const network: Map<InterfaceName, ObservedInterface> = observed;
    return [roster, network];
  };
  t.is(tamper.length, 3);
  const state = initialState(configWith(1), 0);
  t.is(transition(state, { type: 'heartbeat', at: 0, listener: 99, source: null }), state);
});
