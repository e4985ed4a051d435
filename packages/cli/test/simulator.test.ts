/** What holds for every simulation, whatever happens in it. Single cases are golden traces. */
import assert from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { type Config, InterfaceAddress, type InterfaceName, type Operation, formatInterfaceAddress, readConfig } from '@fastbypass/core';
import { MockNetwork } from '@fastbypass/driver-mock';
import { type SimulationRecord, simulate } from '../dist/simulate/simulator.js';
import { type Trace, type TraceLine, readTrace } from '../dist/simulate/trace.js';

// -------------------------------------------------------------------------------------
// configurations and traces
// -------------------------------------------------------------------------------------

const COMMON = 'LISTEN_HEARTBEAT_IFS=eth0\nBYPASS_CARD_IFS=eth0\nLISTEN_HEARTBEAT_TIMEOUT=20\nLISTEN_HB_HOST[0]=10.0.0.1\nLISTEN_HB_PORT[0]=3000\nBYPASS_CARD_HOST[0]=10.0.0.100\n';
const CONFIGS = [
  `${COMMON}LISTEN_HB_HOST[1]=10.0.0.2\nLISTEN_HB_PORT[1]=3000\nLISTEN_HEARTBEAT_RECOVER[1]=2\nBYPASS_CARD_HOST[1]=fd00::100/64\nLISTEN_CUBRO_IFS=m0\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1\n`,
  `${COMMON}LISTEN_HEARTBEAT_ATTEMPTS=2\nBYPASS_HOLD_TIME=30\nLISTEN_CUBRO_IFS[0]=m0,m1\nLISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS[0]=1\nBYPASS_CARD_HOST[1]=10.0.0.101/24\n`,
  `${COMMON}LISTEN_HB_HOST[2]=10.0.0.2\nLISTEN_HB_PORT[2]=3000\nLISTEN_HEARTBEAT_FAILED=2\nBYPASS_CARD_HOST[1]=10.0.0.101\n`,
  `${COMMON}LISTEN_HEARTBEAT_FAILED=never\n`,
] as const;

const WORLD = '{"world":{"interfaces":[{"name":"eth0","addresses":["10.0.0.100/24","10.0.0.5/24"]},{"name":"m0","addresses":["fd01::7/64"]},{"name":"m1","up":false}]}}';

/** Reloads at even instants, what somebody else does at odd ones: so a replay knows which came first. */
const at = (parity: 0 | 1): fc.Arbitrary<number> => fc.nat(99).map((n) => 2 * n + 2 + parity);
const heartbeat = fc.record({ at: fc.integer({ min: 0, max: 200 }), heartbeat: fc.constantFrom(0, 0, 1, 2) });
const reload = fc.record({ at: at(0), reload: fc.constantFrom(...CONFIGS) });
const unlaunchable = fc.record({ at: fc.nat(200), unlaunchable: fc.nat(2) });
const link = fc.record({ op: fc.constantFrom('link-up', 'link-down'), interface: fc.constantFrom('eth0', 'm0', 'm1') });
const address = fc.record({
  op: fc.constantFrom('address-add', 'address-del'),
  interface: fc.constantFrom('eth0', 'm0'),
  address: fc.constantFrom('10.0.0.100/32', '10.0.0.100/24', '10.0.0.101/24', '10.0.0.1/32', '10.0.0.6/24', 'fd00::100/128', 'fd01::8/64'),
});
const external = fc.record({ at: at(1), external: fc.oneof(link, address) });

type Event = { readonly at: number };

const written = (events: readonly Event[]): string =>
  [WORLD, ...[...events].sort((a, b) => a.at - b.at).map((it) => JSON.stringify(it)), '{"at":210,"end":true}'].join('\n');

const events = (...kinds: readonly fc.Arbitrary<Event>[]): fc.Arbitrary<readonly Event[]> =>
  fc.array(fc.oneof({ weight: 6, arbitrary: heartbeat }, ...kinds), { maxLength: 40, size: 'max' });

function traceOf(happening: readonly Event[]): Trace {
  const trace = readTrace(written(happening));
  assert(E.isRight(trace));
  return trace.right;
}

function run(happening: readonly Event[], config: string): readonly SimulationRecord[] {
  const reading = readConfig(config, 'a.env');
  assert(reading.outcome === 'configured');
  return JSON.parse(JSON.stringify([...simulate(reading, traceOf(happening))])) as readonly SimulationRecord[];
}

const good = fc.constantFrom(...CONFIGS.slice(0, 3));
const anything = events(reload, external, unlaunchable);

const holds = (title: string, body: (happening: readonly Event[], config: string) => void, kinds = anything): void => {
  test(title, (t) => {
    fc.assert(fc.property(kinds, good, body), { numRuns: 150 });
    t.pass();
  });
};

// -------------------------------------------------------------------------------------
// properties
// -------------------------------------------------------------------------------------

holds('the same again is told the same', (happening, config) => assert.deepEqual(run(happening, config), run(happening, config)));

holds('the final world is what the plans and what somebody did make of the first one', (happening, config) => {
  const { world, lines } = traceOf(happening);
  const network = new MockNetwork(world ?? []);
  const externals = lines.filter((line): line is Extract<TraceLine, { external: Operation }> => 'external' in line);
  const records = run(happening, config);
  const instants = [...new Set([...externals, ...records].map((it) => it.at))].sort((a, b) => a - b);
  for (const instant of instants) {
    for (const line of externals) if (line.at === instant) network.external(line.external);
    for (const record of records) {
      if (record.at !== instant || !('plan' in record)) continue;
      for (const told of record.plan) {
        const operation = { ...told, ...('address' in told ? { address: decoded(told.address) } : {}) } as Operation;
        assert.equal(network.apply(operation).outcome, 'done', 'an operation of a plan changes something');
      }
    }
  }
  const last = records.at(-1);
  assert(last !== undefined && 'final' in last);
  for (const { name, up, addresses } of last.final.world.interfaces) {
    const it = network.state.get(name as InterfaceName);
    assert.deepEqual({ up: it?.up, addresses: it?.addresses.map(formatInterfaceAddress).sort() }, { up, addresses });
  }
});

function decoded(text: unknown): InterfaceAddress {
  const read = InterfaceAddress.decode(text);
  assert(E.isRight(read));
  return read.right;
}

const ORDER = ['reload', 'listener', 'mode', 'plan', 'final'] as const;

holds('records come in the order of time, and within an instant in that of the contract', (happening, config) => {
  const keys = run(happening, config).map((it) => [it.at, ORDER.findIndex((kind) => kind in it), 'listener' in it ? it.listener : 0] as const);
  const sorted = [...keys].sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]);
  assert.deepEqual(keys, sorted);
});

holds('a mode is told when it changes, once in an instant, with the failed of that instant', (happening, config) => {
  const records = run(happening, config);
  const modes = records.filter((it) => 'mode' in it);
  let before = 'unknown';
  for (const { mode } of modes) {
    assert.notEqual(mode, before);
    before = mode;
  }
  assert.equal(new Set(modes.map((it) => it.at)).size, modes.length);
  const last = records.at(-1);
  assert(last !== undefined && 'final' in last);
  assert.equal(last.final.mode, before);
});

holds(
  'a listener is told when its status changes, and no plan is empty',
  (happening, config) => {
    const last = new Map<number, string>();
    for (const record of run(happening, config)) {
      if ('plan' in record) assert.ok(record.plan.length > 0);
      if (!('listener' in record)) continue;
      assert.notEqual(record.status, last.get(record.listener) ?? 'unknown');
      last.set(record.listener, record.status);
    }
  },
  events(external, unlaunchable),
);

holds(
  'a reload of the same text is accepted and changes nothing',
  (happening, config) => {
    const again = happening.flatMap((it, position) => (position % 3 === 0 ? [it, { at: it.at, reload: config }] : [it]));
    const others = run(again, config).filter((it) => !('reload' in it));
    assert.deepEqual(others, run(happening, config));
  },
  events(external),
);

holds('in bypass, once settled, no card stands anywhere', (happening, config) => {
  const records = run(happening, config);
  const accepted = [config, ...happening.flatMap((it) => ('reload' in it && it.reload !== CONFIGS[3] ? [it] : [])).sort((a, b) => a.at - b.at).map((it) => String(it.reload))];
  const reading = readConfig(accepted.at(-1) ?? '', 'a.env');
  const last = records.at(-1);
  assert(last !== undefined && 'final' in last && reading.outcome === 'configured');
  if (!last.final.settled || last.final.mode !== 'bypass') return;
  const standing = last.final.world.interfaces.flatMap(({ name, addresses }) => addresses.map((it) => `${name} ${it.split('/')[0] ?? ''}`));
  for (const card of reading.config.cards) assert.ok(!standing.includes(`${card.interface} ${card.address}`), `card ${card.address}`);
});

// -------------------------------------------------------------------------------------
// against a model
// -------------------------------------------------------------------------------------

/** What sections 3 and 4 of the contract say of listeners and mode, ms by ms, for a configuration without reloads and sources. */
function modelled(config: Config, beats: readonly { readonly at: number; readonly heartbeat: number }[], end: number): readonly unknown[] {
  const records: unknown[] = [];
  const all = config.listeners.map((it) => ({ ...it, status: 'unknown', last: 0, row: 0 }));
  let [mode, since] = ['unknown', 0];
  for (let now = 0; now <= end; now++) {
    for (const it of all) {
      const before = it.status;
      for (const _ of beats.filter((beat) => beat.at === now && beat.heartbeat === it.index)) {
        [it.last, it.row] = [now, it.row + 1];
        if (it.status !== 'failed' || it.row >= it.recover) [it.status, it.row] = ['active', 0];
      }
      if (now > it.last && (now - it.last) % it.timeout === 0) it.row = 0;
      if (now - it.last >= it.attempts * it.timeout) it.status = 'failed';
      if (it.status !== before) records.push({ at: now, listener: it.index, status: it.status });
    }
    const failed = all.filter(({ status }) => status === 'failed').length;
    const wanted = failed >= config.threshold ? 'bypass' : 'normal';
    const held = mode === 'bypass' && now < since + config.holdTime;
    if (all.some(({ status }) => status === 'unknown') || wanted === mode || held) continue;
    [mode, since] = [wanted, now];
    records.push({ at: now, mode, failed });
  }
  return records;
}

holds(
  'listeners and mode are those of a model that counts every ms',
  (happening, config) => {
    const reading = readConfig(config, 'a.env');
    assert(reading.outcome === 'configured');
    const beats = happening.filter((it): it is { at: number; heartbeat: number } => 'heartbeat' in it);
    const records = run(happening, config).filter((it) => 'listener' in it || ('mode' in it && 'failed' in it));
    assert.deepEqual(records, modelled(reading.config, beats, 210));
  },
  events(external),
);
