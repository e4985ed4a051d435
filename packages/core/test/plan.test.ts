/** What holds for every plan, from any network to any desired state. */
import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import { instancesOf } from '../dist/address-index.js';
import { familyOf, formatInterfaceAddress } from '../dist/address.js';
import { desiredState } from '../dist/desired.js';
import { type Ledger, emptyLedger, placeKey, reloadLedger } from '../dist/ledger.js';
import { type MonitorState, listeners, transition } from '../dist/monitor.js';
import { type ObservedState, formatOperation } from '../dist/network.js';
import { type Plan, operationsOf, planListenerAddresses, planManaged } from '../dist/plan.js';
import { unmetDesires } from '../dist/problems.js';
import { close, heartbeat } from './arbitraries.js';
import { type World, decided, networks, plants, reconcile, silences } from './networks.js';

/** Everything on `state` that is not ours to remove: neither a card's nor a removed card's, on its interface. */
function foreign(state: ObservedState, { config }: MonitorState, ledger: Ledger): readonly string[] {
  const ours = new Set([...(config?.cards ?? []), ...ledger.removedCards].map(placeKey));
  return [...state.values()].flatMap((it) =>
    it.addresses.filter(({ address }) => !ours.has(placeKey({ interface: it.name, address }))).map((address) => `${it.name} ${formatInterfaceAddress(address)}`),
  );
}

const ofFamily = (family: 4 | 6, all: readonly string[]): readonly string[] => all.filter((it) => it.includes('.') === (family === 4)).toSorted();

const emptyPlans = ({ network, ledger }: World, state: MonitorState): void => {
  assert.deepEqual(operationsOf(planListenerAddresses(listeners(state).map(({ config }) => config), ledger, network)).map(formatOperation), []);
  assert.deepEqual(operationsOf(planManaged(desiredState(state), ledger, network)).map(formatOperation), []);
};

const unmet = ({ network, ledger }: World, state: MonitorState): readonly string[] => unmetDesires(state, desiredState(state), ledger, network);

/** Two decisions in a row, the second after a reload: all that a ledger may hold is at work. */
const histories = fc.tuple(networks, plants, silences, plants, silences);

const holds = (title: string, body: (before: World, state: MonitorState, refusing: boolean) => void, refusing = false): void => {
  test(title, (t) => {
    fc.assert(
      fc.property(histories, ([network, first, silent, second, later]) => {
        const state = decided(first, silent);
        body({ network, ledger: emptyLedger }, state, refusing);
        const done = settled({ network, ledger: emptyLedger }, state, refusing);
        const next = decided(second, later);
        body({ network: done.network, ledger: reloadLedger(done.ledger, first, second) }, next, refusing);
      }),
      { numRuns: 400 },
    );
    t.pass();
  });
};

/** As many passes as it takes; a refused promotion takes a second one. */
function settled(world: World, state: MonitorState, refusing: boolean): World {
  const first = reconcile(state, world, refusing);
  return refusing ? reconcile(state, first, refusing) : first;
}

holds('a plan leads to the desired state, but for what is missing, and the next plan is empty', (before, state) => {
  const after = reconcile(state, before);
  assert.deepEqual(unmet(after, state).filter((it) => !it.includes('missing')), []);
  emptyPlans(after, state);
});

holds('so it does where promotion is refused', (before, state, refusing) => {
  const after = settled(before, state, refusing);
  assert.deepEqual(unmet(after, state).filter((it) => !it.includes('missing')), []);
  emptyPlans(after, state);
}, true);

holds('no step changes nothing, and none fails', (before, state) => {
  const { stages, plan } = reconcile(state, before);
  for (const [position, { operation }] of plan.entries()) assert.notDeepEqual(stages[position + 1], stages[position], formatOperation(operation));
});

holds('no foreign IPv4 address is ever lost, not for the time of a step', (before, state) => {
  const { stages } = reconcile(state, before);
  for (const stage of stages) assert.deepEqual(ofFamily(4, foreign(stage, state, before.ledger)), ofFamily(4, foreign(stages[0] ?? new Map(), state, before.ledger)));
});

holds('nor at the end, where promotion is refused', (before, state, refusing) => {
  const { network, stages } = { ...reconcile(state, before), network: settled(before, state, refusing).network };
  assert.deepEqual(ofFamily(4, foreign(network, state, before.ledger)), ofFamily(4, foreign(stages[0] ?? new Map(), state, before.ledger)));
}, true);

holds('no foreign IPv6 address is lost but by a link that is down', (before, state) => {
  const { network, stages } = reconcile(state, before);
  const there = ofFamily(6, foreign(network, state, before.ledger));
  const lost = ofFamily(6, foreign(stages[0] ?? new Map(), state, before.ledger)).filter((it) => !there.includes(it));
  for (const it of lost) assert.equal(network.get(it.split(' ')[0] as never)?.up, false, it);
});

test('foreign IPv6 addresses of managed interfaces are back after bypass, in their order', (t) => {
  fc.assert(
    fc.property(networks, plants, (network, config) => {
      const normal = reconcile(decided(config, []), { network, ledger: emptyLedger });
      const bypass = reconcile(decided(config, [0, 1]), normal);
      const again = reconcile(decided(config, []), bypass);
      const orders = (world: World): unknown => [...world.network.values()].map((it) => it.addresses.filter(({ address }) => familyOf(address) === 6 && !config.cards.some((card) => card.address === address)));
      assert.deepEqual(orders(again), orders(normal));
      assert.deepEqual(again.ledger.shut, []);
    }),
  );
  t.pass();
});

test('cards come back with the prefixes under which they stood', (t) => {
  fc.assert(
    fc.property(networks, plants, silences, (network, config, silent) => {
      const normal = reconcile(decided(config, []), { network, ledger: emptyLedger });
      const there = reconcile(decided(config, silent), normal);
      const again = reconcile(decided(config, []), there);
      const prefixes = (world: World): unknown => config.cards.map((card) => instancesOf(world.network, card.interface, card.address).map(({ prefix }) => prefix));
      assert.deepEqual(prefixes(again), prefixes(normal));
    }),
  );
  t.pass();
});

// -------------------------------------------------------------------------------------
// order
// -------------------------------------------------------------------------------------

/** What goes with the one before or after it has no place of its own: promotion, what is put back, a displaced instance. */
const kinds = (plan: Plan, state: MonitorState): readonly string[] =>
  plan.flatMap(({ operation, purpose, needs }) => {
    if (operation.op === 'promote-secondaries' || purpose === 'put-back') return [];
    const replaced = operation.op === 'address-del' && state.mode.name === 'normal' && state.config?.cards.some((card) => card.interface === operation.interface && card.address === operation.address.address);
    return replaced === true ? [] : [needs.length > 2 ? 'never' : operation.op];
  });

holds('addresses that go, links down, links up, addresses that come', (before, state) => {
  const order = ['address-del', 'link-down', 'link-up', 'address-add'];
  const ranks = kinds(reconcile(state, before).plan, state).map((kind) => order.indexOf(kind));
  assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b));
});

holds('cards by index and ascending prefix, interfaces in the order of first mention', (before, state) => {
  const { plan } = reconcile(state, before);
  const cards = (state.config?.cards ?? []).map(placeKey);
  const dels = operationsOf(plan).flatMap((it) => (it.op === 'address-del' ? [{ ...it.address, place: placeKey({ interface: it.interface, address: it.address.address }) }] : []));
  const known = dels.filter(({ place }) => cards.includes(place)).map(({ place, prefix }) => cards.indexOf(place) * 1000 + prefix);
  assert.deepEqual(known, known.toSorted((a, b) => a - b));
  const mentioned = desiredState(state).interfaces.map(({ name }) => name);
  for (const op of ['link-down', 'link-up'] as const) {
    const places = operationsOf(plan).flatMap((it) => (it.op === op && mentioned.includes(it.interface) ? [mentioned.indexOf(it.interface)] : []));
    assert.deepEqual(places, places.toSorted((a, b) => a - b));
  }
});

holds('promotion stands directly before the first removal that needs it, once for an interface', (before, state) => {
  const { plan } = reconcile(state, before);
  const promotions = plan.flatMap(({ operation }, position) => (operation.op === 'promote-secondaries' ? [{ name: operation.interface, position }] : []));
  assert.equal(new Set(promotions.map(({ name }) => name)).size, promotions.length);
  for (const { name, position } of promotions) {
    const next = plan[position + 1];
    assert.ok(next?.operation.op === 'address-del' && next.operation.interface === name && next.needs.includes(position));
    assert.equal(before.network.get(name)?.promoteSecondaries, false);
  }
});

holds('while unsettled nothing is planned', ({ ledger, network }, state) => {
  const { config } = state;
  if (config === null) return;
  const unsettled = close(transition(state, { type: 'reloaded', at: 100, config: { ...config, listeners: config.listeners.map((it) => ({ ...it, timeout: 55 })) } }), 100);
  assert.deepEqual(planManaged(desiredState(unsettled), ledger, network), []);
  assert.deepEqual(planManaged(desiredState(transition(unsettled, heartbeat(0, 101))), ledger, network), []);
});
