import { type Config, type MonitorState, applyOperations, desiredState, emptyLedger, formatOperation, initialState, isInterfaceName, listeners, readConfig, transition } from '@fastbypass/core';
import { MockNetwork } from '@fastbypass/driver-mock';
import test from 'ava';
import { type Ground, Foresight } from '../dist/foresight.js';

function configOf(cards: number): Config {
  const lines = Array.from({ length: cards }, (_, n) => `BYPASS_CARD_HOST[${n}]=10.1.${n >> 8}.${n & 255}`);
  const reading = readConfig(`LISTEN_HEARTBEAT_IFS=eth0\nBYPASS_CARD_IFS=eth0\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=3000\n${lines.join('\n')}\n`, 'test.env');
  if (reading.outcome !== 'configured') throw new Error('the test has a bad configuration');
  return reading.config;
}

/** One listener that is alive, on a network with no address of a card. */
function groundOf(cards = 1): Ground & { readonly state: MonitorState } {
  const config = configOf(cards);
  const events = [{ type: 'launched', at: 0, listener: 0, awaited: true }, { type: 'heartbeat', at: 1, listener: 0, source: null }, { type: 'decided', at: 1 }] as const;
  const state = events.reduce(transition, initialState(config, 0));
  const name = 'eth0';
  if (!isInterfaceName(name)) throw new Error('no name');
  const observed = applyOperations(new MockNetwork([{ name }]).state, listeners(state).map(({ config: { host } }) => ({ op: 'address-add', interface: name, address: { address: host, prefix: 32 } })));
  return { config, desired: desiredState(state), listeners: config.listeners, ledger: emptyLedger, observed, state };
}

test('what was foreseen is recalled on the very same ground alone', (t) => {
  const foresight = new Foresight();
  const ground = groundOf();
  t.is(foresight.recall(ground), null);
  const prospect = foresight.foresee(ground);
  t.deepEqual(prospect?.operations.map(formatOperation), ['address-add eth0 10.1.0.0/32']);
  // A desired state is made anew with each decision: what it says counts.
  t.is(foresight.recall({ ...ground, desired: desiredState(ground.state) }), prospect);
  t.is(foresight.foresee(ground), prospect);
  const [card] = ground.desired.cards;
  for (const other of [
    { ...ground, config: configOf(1) },
    { ...ground, ledger: { ...ground.ledger } },
    { ...ground, observed: new Map(ground.observed) },
    { ...ground, listeners: [] },
    { ...ground, desired: { ...ground.desired, settled: false } },
    { ...ground, desired: { ...ground.desired, cards: [] } },
    { ...ground, desired: { ...ground.desired, cards: card === undefined ? [] : [{ ...card, presence: 'absent' as const }] } },
  ]) {
    t.is(foresight.recall(other), null);
  }
});

test('where addresses of listeners come first nothing is foreseen', (t) => {
  const ground = groundOf();
  const bare = new MockNetwork([...ground.observed.keys()].map((name) => ({ name }))).state;
  t.is(new Foresight().foresee({ ...ground, observed: bare }), null);
});

test('what takes too long to make is not made in a hurry', (t) => {
  const foresight = new Foresight();
  const ground = groundOf(2000);
  const prospect = foresight.foresee(ground);
  t.is(prospect?.plan.length, 2000);
  const other = { ...ground, ledger: { ...ground.ledger } };
  t.is(foresight.foresee(other, 0), null);
  // It does not push out what is there.
  t.is(foresight.foresee(ground, 0), prospect);
  t.not(foresight.foresee(other), null);
});
