/** Addresses of others that come after the last look before a decision: no operation of ours may lose them. */
import {
  type InterfaceName,
  type MonitorState,
  type NetworkDriver,
  type Operation,
  emptyLedger,
  formatInterfaceAddress,
  formatOperation,
  initialState,
  isIpv6LinkLocal,
  listeners,
  readConfig,
  transition,
} from '@fastbypass/core';
import { iproute2Driver } from '@fastbypass/driver-iproute2';
import { MockNetwork, mockDriver } from '@fastbypass/driver-mock';
import { loadAddon, netlinkDriver } from '@fastbypass/driver-netlink';
import { Namespace, until, whyNoNamespaces, words } from '@fastbypass/test-fixtures';
import test, { type ExecutionContext } from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { execFileSync } from 'node:child_process';
import { setImmediate as turn } from 'node:timers/promises';
import { Reconciler } from '../dist/reconciler.js';

const { add } = words;
const [eth0, e1] = ['eth0', 'e1'] as InterfaceName[] as [InterfaceName, InterfaceName];

const TEXT = `
LISTEN_HEARTBEAT_IFS=eth0
BYPASS_CARD_IFS=eth0
LISTEN_HEARTBEAT_TIMEOUT=1000
LISTEN_HB_HOST[0]=10.0.0.1
LISTEN_HB_PORT[0]=3000
BYPASS_CARD_HOST[0]=10.0.0.100/24
BYPASS_CARD_HOST[1]=10.0.0.101/24
LISTEN_CUBRO_IFS=e1
LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS=1
`;

/** A network with eth0 and e1, and somebody else who works on it at once, while nobody else can. */
interface Stage {
  readonly driver: NetworkDriver;
  readonly foreign: (operation: Operation) => void;
  readonly stop: () => Promise<void>;
}

function onMock(): Stage {
  const network = new MockNetwork([{ name: eth0 }, { name: e1 }]);
  const driver = mockDriver(network);
  return { driver, foreign: (operation) => network.external(operation), stop: () => driver.close() };
}

const onKernel = (driverIn: (namespace: Namespace) => NetworkDriver) => async (): Promise<Stage> => {
  const namespace = await Namespace.create();
  for (const name of [eth0, e1]) await namespace.addPair(name);
  const driver = driverIn(namespace);
  const foreign = (operation: Operation): void => {
    if (operation.op !== 'address-add') throw new Error('nobody else does that here');
    const nodad = operation.address.address.includes(':') ? ['nodad'] : [];

    execFileSync('ip', ['-n', namespace.name, 'address', 'add', formatInterfaceAddress(operation.address), 'dev', operation.interface, ...nodad]);
  };
  const stop = async (): Promise<void> => {
    await driver.close();
    await namespace.delete();
  };
  return { driver, foreign, stop };
};

const noNamespaces = await whyNoNamespaces();
const addon = loadAddon();
const noNetlink = noNamespaces ?? (E.isLeft(addon) ? addon.left.message : null);

function netlinkIn(namespace: Namespace): NetworkDriver {
  const driver = netlinkDriver({ netns: `/run/netns/${namespace.name}` });
  if (E.isLeft(driver)) throw new Error(driver.left.message);
  return driver.right;
}

const STAGES = [
  { name: 'mock', lacking: null, start: () => Promise.resolve(onMock()) },
  { name: 'netlink', lacking: noNetlink, start: onKernel(netlinkIn) },
  { name: 'iproute2', lacking: noNamespaces, start: onKernel((namespace) => iproute2Driver({ prefix: namespace.prefix })) },
];

/** A reconciler; `meanwhile` is done once, after it has looked and planned and before its next removal or link-down. */
class Bench {
  meanwhile: Operation[] = [];
  readonly operations: string[] = [];
  readonly reconciler: Reconciler;
  state: MonitorState;

  constructor(
    t: ExecutionContext,
    private readonly stage: Stage,
  ) {
    const reading = readConfig(TEXT, 'test.env');
    if (reading.outcome !== 'configured') throw new Error('the test has a bad configuration');
    this.state = transition(initialState(reading.config, 0), { type: 'launched', at: 0, listener: 0, awaited: true });
    this.reconciler = new Reconciler(this.lateFor(stage.driver), emptyLedger, false, {
      now: () => performance.now(),
      makeWay: turn,
      state: () => this.state,
      listeners: () => listeners(this.state),
      onIdle: () => undefined,
      onBegin: () => undefined,
      onPlan: (plan, results) => this.operations.push(...plan.flatMap(({ operation }, at) => (results[at]?.outcome === 'done' ? [formatOperation(operation)] : []))),
      onLedger: () => undefined,
      onForeignChange: () => undefined,
      onWatch: () => undefined,
      onFirstSight: () => undefined,
    });
    t.teardown(async () => {
      await this.reconciler.stop();
      await stage.stop();
    });
  }

  private lateFor(driver: NetworkDriver): NetworkDriver {
    return {
      ...driver,
      apply: (operations, cancellation) => {
        if (operations.some(({ op }) => op === 'address-del' || op === 'link-down')) for (const operation of this.meanwhile.splice(0)) this.stage.foreign(operation);
        return driver.apply(operations, cancellation);
      },
    };
  }

  async turn(mode: 'normal' | 'bypass'): Promise<void> {
    const at = (listeners(this.state)[0]?.lastHeartbeat ?? 0) + 5000;
    if (mode === 'normal') this.state = transition(this.state, { type: 'heartbeat', at, listener: 0, source: null });
    else this.state = transition(this.state, { type: 'expired', at, late: 0 });
    this.state = transition(this.state, { type: 'decided', at });
    this.reconciler.decided();
    await until(`the network is as ${mode} asks`, () => this.reconciler.unmet().length === 0);
  }

  /** As the driver itself sees them now. */
  async addresses(name: InterfaceName): Promise<readonly string[]> {
    return (await words.addressesNow(this.stage.driver, name)).filter((address) => !isIpv6LinkLocal(words.hostOf(address.replace(/\/.*/, ''))));
  }
}

for (const { name, lacking, start } of STAGES) {
  const onStage = (title: string, body: (t: ExecutionContext, bench: Bench) => Promise<void>): void => {
    if (lacking !== null) {
      test.skip(`${name}: ${title} (${lacking})`, () => undefined);
      return;
    }
    test(`${name}: ${title}`, async (t) => {
      const bench = new Bench(t, await start());
      await bench.reconciler.begin();
      await bench.turn('normal');
      await body(t, bench);
    });
  };

  onStage('secondaries that came after the last look are put back, in their order and as they were', async (t, bench) => {
    bench.meanwhile = [add(eth0, '10.0.0.6/24'), add(eth0, '10.0.0.5/24')];
    await bench.turn('bypass');
    t.deepEqual(await bench.addresses(eth0), ['10.0.0.1/32', '10.0.0.6/24', '10.0.0.5/24 secondary']);
    t.deepEqual(bench.operations.slice(3), ['address-del eth0 10.0.0.100/24', 'link-down e1', 'address-add eth0 10.0.0.6/24', 'address-add eth0 10.0.0.5/24']);
    await bench.turn('normal');
    t.deepEqual(await bench.addresses(eth0), ['10.0.0.1/32', '10.0.0.6/24', '10.0.0.5/24 secondary', '10.0.0.100/24 secondary', '10.0.0.101/24 secondary']);
  });

  onStage('IPv6 addresses that came after the last look are remembered when their interface is put down', async (t, bench) => {
    bench.meanwhile = [add(e1, 'fd00::6/64'), add(e1, 'fd00::5/128')];
    await bench.turn('bypass');
    t.deepEqual(await bench.addresses(e1), []);
    await bench.turn('normal');
    t.deepEqual(await bench.addresses(e1), ['fd00::6/64', 'fd00::5/128']);
  });

  onStage('what was to go all the same does not come back', async (t, bench) => {
    await bench.turn('bypass');
    await bench.turn('normal');
    bench.operations.length = 0;
    await bench.turn('bypass');
    t.deepEqual(bench.operations, ['address-del eth0 10.0.0.100/24', 'link-down e1']);
    t.deepEqual(await bench.addresses(eth0), ['10.0.0.1/32']);
  });
}
