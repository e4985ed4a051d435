/** Single plans, step by step: what needs what, and what is put back as it was. */
import test from 'ava';
import { formatInterfaceAddress } from '../dist/address.js';
import type { Config } from '../dist/config/config.js';
import { desiredState } from '../dist/desired.js';
import { type Ledger, emptyLedger } from '../dist/ledger.js';
import { listeners } from '../dist/monitor.js';
import { type AddressAttributes, type ObservedState, type Operation, formatOperation } from '../dist/network.js';
import { type Plan, planListenerAddresses, planManaged } from '../dist/plan.js';
import { configOf, nameOf, withPrefix } from './arbitraries.js';
import { indexOf, add, applied, carryOut, decided, learned, networkOf, reconcile } from './networks.js';

const LISTENER = 'LISTEN_HEARTBEAT_IFS=eth1\nLISTEN_HEARTBEAT_TIMEOUT=100\nLISTEN_HB_HOST[0]=10.9.0.1/24\nLISTEN_HB_PORT[0]=1\nBYPASS_CARD_IFS=eth0\n';
const cards = (...hosts: readonly string[]): Config => configOf(LISTENER + hosts.map((host, n) => `BYPASS_CARD_HOST[${n}]=${host}\n`).join(''));

/** `operation < positions of what it needs`, and `(back)` where it is put back. */
const told = (plan: Plan): readonly string[] =>
  plan.map(({ operation, purpose, needs }) => `${formatOperation(operation)}${needs.length > 0 ? ` < ${needs.join(' ')}` : ''}${purpose === 'put-back' ? ' (back)' : ''}`);

function planned(config: Config, silent: readonly number[], network: ObservedState, ledger: Ledger = emptyLedger): readonly string[] {
  const state = decided(config, silent);
  const desired = desiredState(state);
  return told(planManaged(desired, learned({ network, ledger }, config, desired).ledger, network));
}

const refused: Ledger = { ...emptyLedger, promotionRefused: new Set([nameOf('eth0')]) };

test('a removal that needs promotion is not carried out without it', (t) => {
  const network = networkOf({ eth0: ['10.0.0.100/24', '10.0.0.5/24'] });
  t.deepEqual(planned(cards('10.0.0.100'), [0], network), ['promote-secondaries eth0', 'address-del eth0 10.0.0.100/24 < 0']);
});

test('where promotion is refused, what is lost is put back right after the removal, in the order of the kernel', (t) => {
  const network = networkOf({ eth0: ['10.0.0.100/24', '10.0.0.7/24', '10.0.0.101/24', '10.0.0.5/24', '10.0.0.9/32'] });
  t.deepEqual(planned(cards('10.0.0.100', '10.0.0.101'), [0], network, refused), ['address-del eth0 10.0.0.100/24', 'address-add eth0 10.0.0.7/24 < 0 (back)', 'address-add eth0 10.0.0.5/24 < 0 (back)']);
});

test('what is put back carries all that it carried', (t) => {
  const attributes: AddressAttributes = { label: 'eth0:op', broadcast: '10.0.0.255', metric: 7, validLifetime: 600, preferredLifetime: 300, noPrefixRoute: true };
  const secondary: Operation = { op: 'address-add', interface: nameOf('eth0'), address: withPrefix('10.0.0.5/24'), attributes };
  const before = applied(networkOf({ eth0: ['10.0.0.100/24'] }), secondary);
  const config = cards('10.0.0.100');
  const { network, plan } = reconcile(decided(config, [0]), { network: applied(before, add('eth0', '10.0.0.6/32')), ledger: refused });
  t.deepEqual(plan.find(({ purpose }) => purpose === 'put-back')?.operation, secondary);
  t.deepEqual(network.get(nameOf('eth0'))?.addresses.find(({ address }) => address === '10.0.0.5')?.attributes, attributes);
});

test('what is put back is not ours, even though we added it', (t) => {
  const { ledger } = reconcile(decided(cards('10.0.0.100'), [0]), { network: networkOf({ eth0: ['10.0.0.100/24', '10.0.0.5/24'], eth1: ['10.9.0.1/24'] }), ledger: refused });
  t.is(ledger.own.size, 0);
});

test('a prefix that is named displaces others only once it is there', (t) => {
  const config = cards('10.0.0.100/24');
  const network = networkOf({ eth0: ['10.0.0.100/32', '10.0.0.100/16'] });
  const plan = planned(config, [], network);
  t.deepEqual(plan, ['address-add eth0 10.0.0.100/24', 'address-del eth0 10.0.0.100/16 < 0', 'address-del eth0 10.0.0.100/32 < 0']);
  const failing = planManaged(desiredState(decided(config, [])), emptyLedger, network).map((step, position) => (position === 0 ? { ...step, needs: [9] } : step));
  t.deepEqual(carryOut(failing, { network, ledger: emptyLedger }).network, network, 'the add fails: nothing is taken away');
});

test('a prefix that is named and there displaces others at once', (t) => {
  t.deepEqual(planned(cards('10.0.0.100/24'), [], networkOf({ eth0: ['10.0.0.100/24', '10.0.0.100/32'] })), ['address-del eth0 10.0.0.100/32']);
  t.deepEqual(planned(cards('fd00::100/64'), [], networkOf({ eth0: ['fd00::100/128'] })), ['address-del eth0 fd00::100/128', 'address-add eth0 fd00::100/64']);
});

test('what is put back after a link-up needs the link-up', (t) => {
  const config = configOf(`${LISTENER}BYPASS_CARD_HOST[0]=10.0.0.100\nLISTEN_CUBRO_IFS=m0\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1\n`);
  const { network, ledger } = reconcile(decided(config, [0]), { network: networkOf({ eth0: [], eth1: [], m0: ['fd01::7/64'] }), ledger: emptyLedger });
  t.deepEqual(planned(config, [], network, ledger), ['link-up m0', 'address-add m0 fd01::7/64 < 0 (back)', 'address-add eth0 10.0.0.100/32']);
});

test("promotion in a listener's plan too, and additions by index after removals", (t) => {
  const network = networkOf({ eth1: ['10.9.0.2/24', '10.9.0.7/24'] });
  const leaving = [{ interface: nameOf('eth1'), index: indexOf('eth1'), ...withPrefix('10.9.0.2/24') }];
  const config = cards('10.0.0.100');
  t.deepEqual(told(planListenerAddresses(config.listeners, { ...emptyLedger, leaving }, network)), ['promote-secondaries eth1', 'address-del eth1 10.9.0.2/24 < 0', 'address-add eth1 10.9.0.1/24']);
});

test('an address of a listener is there under any prefix; that of a wildcard is nobody\'s', (t) => {
  const config = configOf(`${LISTENER}LISTEN_HB_HOST[1]=0.0.0.0\nLISTEN_HB_PORT[1]=2\nBYPASS_CARD_HOST[0]=10.0.0.100\n`);
  const of = (...addresses: readonly string[]): readonly string[] => told(planListenerAddresses(listeners(decided(config, [])).map((it) => it.config), emptyLedger, networkOf({ eth1: addresses })));
  t.deepEqual(of('10.9.0.1/8'), []);
  t.deepEqual(of('10.9.0.2/24'), ['address-add eth1 10.9.0.1/24']);
});

test('nothing is planned for an interface that is missing', (t) => {
  const config = cards('10.0.0.100', '10.0.0.101/24');
  for (const silent of [[], [0]]) t.deepEqual(planned(config, silent, new Map()), []);
  t.deepEqual(told(planListenerAddresses(config.listeners, emptyLedger, new Map())), []);
});

test('the network is what it was but for the cards, whoever is primary', (t) => {
  const network = networkOf({ eth0: ['10.0.0.100/24', '10.0.0.5/24', '10.0.0.101/24', '10.0.0.6/24'], eth1: ['10.9.0.1/24'] });
  const { network: after } = reconcile(decided(cards('10.0.0.100', '10.0.0.101'), [0]), { network, ledger: emptyLedger });
  t.deepEqual(after.get(nameOf('eth0'))?.addresses.map(formatInterfaceAddress), ['10.0.0.5/24', '10.0.0.6/24']);
});
