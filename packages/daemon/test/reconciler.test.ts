import {
  type Config,
  type Difference,
  type InterfaceName,
  type IpAddress,
  type MonitorState,
  type NetworkDriver,
  type Operation,
  type OperationResult,
  type Plan,
  emptyLedger,
  formatOperation,
  initialState,
  listeners,
  readConfig,
  reloadLedger,
  transition,
} from '@fastbypass/core';
import { MockNetwork, type MockDriverOptions, mockDriver } from '@fastbypass/driver-mock';
import { until as waitUntil } from '@fastbypass/test-fixtures';
import test, { type ExecutionContext } from 'ava';
import { setImmediate as pass } from 'node:timers/promises';
import { Reconciler } from '../dist/reconciler.js';

const TEXT = `
LISTEN_HEARTBEAT_IFS=eth0
BYPASS_CARD_IFS=eth0
LISTEN_HEARTBEAT_TIMEOUT=1000
LISTEN_HB_HOST[0]=10.0.0.1
LISTEN_HB_PORT[0]=3000
BYPASS_CARD_HOST[0]=10.0.0.100
BYPASS_CARD_HOST[1]=10.0.0.101
LISTEN_CUBRO_IFS=e1
LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1
`;
const eth0 = 'eth0' as InterfaceName;
const e1 = 'e1' as InterfaceName;
const card = '10.0.0.100' as IpAddress;
const cardInstance = { address: card, prefix: 32 };

function configOf(text: string): Config {
  const reading = readConfig(text, 'test.env');
  if (reading.outcome !== 'configured') throw new Error('the test has a bad configuration');
  return reading.config;
}

const until = (holds: () => boolean): Promise<void> => waitUntil('the reconciler has done it', holds);

/** A reconciler on a mock network, with the listener's status in the test's hands. */
class Bench {
  readonly network = new MockNetwork([{ name: eth0 }, { name: e1 }]);
  readonly plans: string[][] = [];
  readonly foreign: ReadonlyMap<InterfaceName, ReadonlySet<Difference>>[] = [];
  readonly watch: (string | null)[] = [];
  readonly applied: (readonly Operation[])[] = [];
  /** What the driver was told to be ready for, the newest last. */
  readonly prepared: (readonly Operation[])[] = [];
  firstSights = 0;
  /** Looks that were begun. */
  looks = 0;
  /** What looks wait for. */
  view: Promise<void> = Promise.resolve();
  /** What gives way waits for it. */
  way: Promise<void> = Promise.resolve();
  readonly reconciler: Reconciler;
  state: MonitorState;

  constructor(t: ExecutionContext, options: MockDriverOptions = {}, dryRun = false) {
    this.state = transition(initialState(configOf(TEXT), 0), { type: 'launched', at: 0, listener: 0, awaited: true });
    this.reconciler = new Reconciler(this.driver(options), emptyLedger, dryRun, {
      now: () => performance.now(),
      makeWay: () => this.way,
      state: () => this.state,
      listeners: () => listeners(this.state),
      onIdle: () => undefined,
      onBegin: () => undefined,
      onPlan: (plan, results) => this.plans.push(dryRun ? plan.map(({ operation }) => formatOperation(operation)) : done(plan, results)),
      onLedger: () => undefined,
      onForeignChange: (differing) => this.foreign.push(differing),
      onWatch: (trouble) => this.watch.push(trouble),
      onFirstSight: () => this.firstSights++,
    });
    t.teardown(async () => {
      await this.reconciler.stop();
    });
  }

  private driver(options: MockDriverOptions): NetworkDriver {
    const driver = mockDriver(this.network, options);
    const apply: NetworkDriver['apply'] = (operations, cancellation) => {
      this.applied.push(operations);
      return driver.apply(operations, cancellation);
    };
    const observe: NetworkDriver['observe'] = async () => {
      this.looks++;
      await this.view;
      return driver.observe();
    };
    return { ...driver, apply, observe, prepare: (operations) => void this.prepared.push(operations) };
  }

  /** A heartbeat, or a silence of two windows: normal or bypass. */
  turn(mode: 'normal' | 'bypass'): void {
    const [listener] = listeners(this.state);
    const at = (listener?.lastHeartbeat ?? 0) + 5000;
    if (mode === 'normal') this.state = transition(this.state, { type: 'heartbeat', at, listener: 0, source: null });
    else this.state = transition(this.state, { type: 'expired', at, late: 0 });
    this.state = transition(this.state, { type: 'decided', at });
    this.reconciler.decided();
  }

  get addresses(): readonly string[] {
    return (this.network.state.get(eth0)?.addresses ?? []).map(({ address }) => address);
  }

  get operations(): readonly string[] {
    return this.plans.flat();
  }
}

const done = (plan: Plan, results: readonly (OperationResult | null)[]): string[] =>
  plan.flatMap(({ operation }, position) => (results[position]?.outcome === 'done' ? [formatOperation(operation)] : []));

/** What resolves when it is opened. */
function gate(): readonly [Promise<void>, () => void] {
  let open = (): void => undefined;
  return [new Promise<void>((resolve) => (open = resolve)), () => { open(); }];
}

const removal: Operation = { op: 'address-del', interface: eth0, address: cardInstance };

test('a decision is carried out, verified, and nothing more is done', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.reconciler.unmet().length === 0);
  t.deepEqual(bench.operations, ['address-add eth0 10.0.0.1/32', 'address-add eth0 10.0.0.100/32', 'address-add eth0 10.0.0.101/32']);
  bench.turn('bypass');
  await until(() => bench.reconciler.unmet().length === 0);
  t.deepEqual(bench.operations.slice(3), ['address-del eth0 10.0.0.100/32', 'address-del eth0 10.0.0.101/32', 'link-down e1']);
  t.deepEqual(bench.addresses, ['10.0.0.1']);
});

test('the driver is made ready for the other mode, and is asked for these very operations when it comes', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.prepared.at(-1)?.some(({ op }) => op === 'address-del') === true);
  t.deepEqual(bench.addresses, ['10.0.0.1', '10.0.0.100', '10.0.0.101']);
  const removals = bench.prepared.at(-1) ?? [];
  t.deepEqual(removals.map(formatOperation), ['address-del eth0 10.0.0.100/32', 'address-del eth0 10.0.0.101/32', 'link-down e1']);
  bench.turn('bypass');
  await until(() => bench.reconciler.unmet().length === 0);
  t.is(bench.applied.at(-1)?.[0], removals[0]);
  await until(() => bench.prepared.at(-1)?.some(({ op }) => op === 'address-add') === true);
  t.deepEqual(bench.prepared.at(-1)?.map(formatOperation), ['link-up e1', 'address-add eth0 10.0.0.100/32', 'address-add eth0 10.0.0.101/32']);
});

test('getting ready for the other mode gives way, and is not done for one that has come meanwhile', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  const [way, open] = gate();
  bench.way = way;
  bench.turn('normal');
  await until(() => bench.reconciler.unmet().length === 0);
  bench.turn('bypass');
  await until(() => bench.reconciler.unmet().length === 0);
  t.deepEqual([bench.addresses, bench.prepared], [['10.0.0.1'], []]);
  open();
  await until(() => bench.prepared.length > 0);
  t.deepEqual(bench.prepared[0]?.map(formatOperation), ['link-up e1', 'address-add eth0 10.0.0.100/32', 'address-add eth0 10.0.0.101/32']);
});

test('a decision waits for no look that nobody asked for, and is verified by one', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  bench.turn('normal');
  // All that its own changes gave rise to is over: the next look is one that nobody asked for.
  await until(() => bench.prepared.length > 0);
  const [view, open] = gate();
  t.teardown(open);
  const { looks } = bench;
  bench.view = view;
  await until(() => bench.looks > looks);
  bench.turn('bypass');
  await pass();
  t.deepEqual(bench.applied.at(-1)?.map(formatOperation), ['address-del eth0 10.0.0.100/32', 'address-del eth0 10.0.0.101/32', 'link-down e1']);
  open();
  await until(() => bench.reconciler.unmet().length === 0 && bench.looks > looks + 1);
});

test('many changes are looked at together, and a decision in between waits for no end of them', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.prepared.length > 0);
  const { looks } = bench;
  const changes = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++) {
      bench.network.external({ op: 'address-add', interface: eth0, address: { address: `10.0.1.${String(n)}` as IpAddress, prefix: 32 } });
      await pass();
    }
  };
  await changes(0, 20);
  t.true(bench.looks - looks < 3, `${String(bench.looks - looks)} looks`);
  bench.turn('bypass');
  await changes(20, 25);
  t.deepEqual(bench.applied.at(-1)?.map(formatOperation), ['address-del eth0 10.0.0.100/32', 'address-del eth0 10.0.0.101/32', 'link-down e1']);
  await until(() => bench.reconciler.unmet().length === 0 && bench.reconciler.observed?.get(eth0)?.addresses.length === 26);
});

test('what was foreseen is foreseen anew when somebody has changed the network', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.prepared.at(-1)?.some(({ op }) => op === 'address-del') === true);
  bench.network.external({ op: 'address-add', interface: eth0, address: { address: card, prefix: 24 } });
  await until(() => bench.prepared.at(-1)?.length === 4);
  bench.turn('bypass');
  await until(() => bench.reconciler.unmet().length === 0 && bench.addresses.length === 1);
  t.deepEqual(bench.operations.slice(3), ['address-del eth0 10.0.0.100/24', 'address-del eth0 10.0.0.100/32', 'address-del eth0 10.0.0.101/32', 'link-down e1']);
});

test('what somebody else undoes is repaired at once', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.reconciler.unmet().length === 0);
  bench.network.external(removal);
  await until(() => bench.addresses.includes(card));
  t.deepEqual([...(bench.foreign.at(-1) ?? [])], [[eth0, new Set([card])]]);
});

test('a watch that has gone blind is made up for by looking every second', async (t) => {
  const bench = new Bench(t);
  const lift = bench.network.failCalls({ call: 'watch', error: { kind: 'refused', message: 'no watch today' } });
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.addresses.includes(card));
  bench.network.external(removal);
  await until(() => bench.addresses.includes(card));
  t.regex(bench.watch[0] ?? '', /^the network is not watched, only looked at every 800 ms: no watch today$/);
  lift();
  await until(() => bench.watch.at(-1) === null);
});

test('a failing operation is named, stops no other, and is tried until it succeeds', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  const lift = bench.network.failOn({ op: 'address-add', address: card, error: { kind: 'refused', message: 'not today' } });
  bench.turn('normal');
  await until(() => bench.reconciler.problems().some((problem) => /address-add eth0 10\.0\.0\.100\/32 fails \([2-9] times/.test(problem)));
  t.true(bench.addresses.includes('10.0.0.101'));
  t.deepEqual(bench.reconciler.unmet(), ['card 0 (10.0.0.100) is not on eth0']);
  lift();
  await until(() => bench.reconciler.unmet().length === 0);
  t.deepEqual(bench.reconciler.problems(), []);
});

test('a repair that is undone again and again is named, and wins when the other stops', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.reconciler.unmet().length === 0);
  let fighting = true;
  const unsubscribe = bench.network.subscribe(() => {
    if (!fighting || !bench.addresses.includes(card)) return;
    setImmediate(() => {
      if (fighting) bench.network.external(removal);
    });
  });
  bench.network.external(removal);
  await until(() => bench.reconciler.problems().some((problem) => problem.startsWith('somebody undoes address-add eth0 10.0.0.100/32 again and again')));
  fighting = false;
  unsubscribe();
  await until(() => bench.addresses.includes(card));
  t.deepEqual(bench.reconciler.unmet(), []);
});

test('a decision cuts a running plan short: what was not begun is dropped', async (t) => {
  const bench = new Bench(t, { delayMs: ({ op }) => (op === 'address-add' ? 100 : 0) });
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.addresses.includes('10.0.0.1'));
  bench.turn('bypass');
  await until(() => bench.network.state.get(e1)?.up === false);
  await until(() => bench.reconciler.unmet().length === 0);
  t.false(bench.operations.includes('address-add eth0 10.0.0.101/32'));
  t.deepEqual(bench.addresses, ['10.0.0.1']);
});

test('a decision in the middle of a launch does not leave the launch without its address', async (t) => {
  const bench = new Bench(t, { delayMs: () => 30 });
  bench.state = initialState(configOf(TEXT.replace('_PORT[0]=3000', '_PORT[0]=3000\nLISTEN_HB_HOST[1]=10.0.0.2\nLISTEN_HB_PORT[1]=3000')), 0);
  await bench.reconciler.begin();
  const prepared = bench.reconciler.prepare(new Set([0, 1]));
  await until(() => bench.addresses.includes('10.0.0.1'));
  bench.reconciler.decided();
  await prepared;
  t.deepEqual([...bench.addresses].sort(), ['10.0.0.1', '10.0.0.2']);
});

test('a launch that comes after the stop is not waited for', async (t) => {
  const bench = new Bench(t);
  await bench.reconciler.begin();
  await bench.reconciler.stop();
  await bench.reconciler.prepare(new Set([0]));
  t.deepEqual(bench.addresses, []);
});

test('why an address could not be added is known while it is wanted', async (t) => {
  const bench = new Bench(t);
  bench.network.failOn({ op: 'address-add', error: { kind: 'not-permitted', message: 'Operation not permitted' } });
  await bench.reconciler.begin();
  await bench.reconciler.prepare(new Set([0]));
  t.is(bench.reconciler.whyNotAdded({ interface: eth0, address: '10.0.0.1' as IpAddress }), 'Operation not permitted');
  t.is(bench.reconciler.whyNotAdded({ interface: e1, address: '10.0.0.1' as IpAddress }), null);
});

test('a missing interface is waited for, and taken when it appears', async (t) => {
  const bench = new Bench(t);
  bench.network.deleteInterface(eth0);
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.reconciler.unmet().some((text) => text.includes('interface eth0 is missing')));
  bench.network.createInterface({ name: eth0 });
  await until(() => bench.reconciler.unmet().length === 0);
  t.deepEqual([...bench.addresses].sort(), ['10.0.0.1', '10.0.0.100', '10.0.0.101']);
});

test('where promotion is refused, what is lost is put back, and nothing goes before that is known', async (t) => {
  const bench = new Bench(t);
  const add = (text: string): void => {
    bench.network.external({ op: 'address-add', interface: eth0, address: { address: text as IpAddress, prefix: 24 } });
  };
  for (const text of ['10.0.0.100', '10.0.0.5', '10.0.0.6']) add(text);
  bench.network.failOn({ op: 'promote-secondaries', error: { kind: 'not-permitted', message: 'read-only file system' } });
  await bench.reconciler.begin();
  bench.turn('bypass');
  await until(() => bench.operations.includes('address-add eth0 10.0.0.6/24'));
  t.deepEqual(bench.operations.slice(1, 4), ['link-down e1', 'address-del eth0 10.0.0.100/24', 'address-add eth0 10.0.0.5/24']);
  t.deepEqual([...bench.addresses].sort(), ['10.0.0.1', '10.0.0.5', '10.0.0.6']);
  // What is not needed any more is no problem.
  await until(() => bench.reconciler.problems().length === 0);
});

test('a network that cannot be seen is a problem, and is looked at again', async (t) => {
  const bench = new Bench(t);
  bench.network.failCalls({ call: 'observe', times: 3, error: { kind: 'timed-out', message: 'ip did not answer within 5 s' } });
  await bench.reconciler.begin();
  t.deepEqual(bench.reconciler.unmet(), ['the network has not been seen yet: ip did not answer within 5 s']);
  bench.turn('normal');
  await until(() => bench.reconciler.unmet().length === 0);
  t.is(bench.firstSights, 1);
});

test('a dry run does nothing and says what it would do', async (t) => {
  const bench = new Bench(t, {}, true);
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.operations.includes('address-add eth0 10.0.0.100/32'));
  t.deepEqual(bench.addresses, []);
});

test('a stop ends the running operation and begins no other', async (t) => {
  const bench = new Bench(t, { delayMs: () => 50 });
  await bench.reconciler.begin();
  bench.turn('normal');
  await until(() => bench.addresses.includes('10.0.0.1'));
  await bench.reconciler.stop();
  const before = bench.addresses;
  bench.network.external({ op: 'link-down', interface: e1 });
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(bench.addresses, before);
  t.false(bench.addresses.includes('10.0.0.101'));
});

test('what a reload leaves behind while leases are being renewed is not forgotten', async (t) => {
  const bench = new Bench(t, { delayMs: () => 30 });
  await bench.reconciler.begin();
  const before = configOf(`${TEXT}BYPASS_CARD_LEASE=60\n`);
  const after = configOf(`${TEXT.replace(/^BYPASS_CARD_HOST\[1\].*\n/m, '')}BYPASS_CARD_LEASE=60\n`);
  bench.state = { ...bench.state, config: before };
  bench.turn('normal');
  const leases = (): boolean => bench.applied.at(-1)?.some((operation) => operation.op === 'address-add' && operation.attributes?.validLifetime === 60) === true;
  await until(leases);
  bench.reconciler.replaceLedger((ledger) => reloadLedger(ledger, before, after));
  bench.state = { ...bench.state, config: after };
  bench.reconciler.decided();
  await until(() => bench.operations.includes('address-del eth0 10.0.0.101/32'));
  await until(() => bench.reconciler.unmet().length === 0);
  await until(() => [...bench.reconciler.ledger.leased.keys()].join() === 'eth0 10.0.0.100/32');
  t.deepEqual(bench.addresses, ['10.0.0.1', '10.0.0.100']);
});

test('a lease that cannot be ended is a problem, and is tried again; so is a refused promotion, for as long as it lasts', async (t) => {
  const bench = new Bench(t);
  const withLease = (seconds: number): MonitorState => ({ ...bench.state, config: configOf(`${TEXT}BYPASS_CARD_LEASE=${String(seconds)}\n`) });
  const lifetimes = (): readonly (number | undefined)[] => (bench.network.state.get(eth0)?.addresses ?? []).map(({ attributes }) => attributes.validLifetime);
  const error = { kind: 'refused', message: 'not today' } as const;
  await bench.reconciler.begin();
  bench.state = withLease(60);
  bench.turn('normal');
  await until(() => lifetimes().filter((seconds) => seconds === 60).length === 2);
  t.deepEqual(bench.reconciler.problems(), []);
  bench.network.failOn({ op: 'address-add', address: card, times: 2, error });
  bench.state = withLease(0);
  bench.reconciler.decided();
  await until(() => bench.reconciler.problems().some((problem) => problem.startsWith('the lease of a card is not as it should be: address-add eth0 10.0.0.100/32 fails')));
  await until(() => lifetimes().every((seconds) => seconds === undefined));
  await until(() => bench.reconciler.problems().length === 0);
  bench.state = withLease(60);
  bench.reconciler.decided();
  await until(() => lifetimes().filter((seconds) => seconds === 60).length === 2);
  bench.network.failOn({ op: 'address-add', address: card, error });
  t.deepEqual(await bench.reconciler.stop(), ['the lease of a card is not as it should be: address-add eth0 10.0.0.100/32 fails: not today']);
  t.deepEqual(lifetimes(), [undefined, 60, undefined]);

  const refused = new Bench(t);
  refused.network.failOn({ op: 'promote-secondaries', error });
  refused.state = { ...refused.state, config: withLease(60).config };
  await refused.reconciler.begin();
  refused.turn('normal');
  await until(() => refused.reconciler.problems().join().startsWith('cards on eth0 have no lease: '));
  refused.network.external({ op: 'promote-secondaries', interface: eth0 });
  await until(() => refused.reconciler.problems().length === 0);
});
