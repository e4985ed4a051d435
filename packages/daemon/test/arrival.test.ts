/** From which instant a heartbeat counts, with a clock and sockets that do as the test says. */
import type { InterfaceName, IpAddress } from '@fastbypass/core';
import { MockNetwork, mockDriver } from '@fastbypass/driver-mock';
import { DaemonHome } from '@fastbypass/test-fixtures';
import test, { type ExecutionContext } from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { readConfigFile } from '../dist/config-file.js';
import { Daemon } from '../dist/daemon.js';
import type { HeartbeatSockets } from '../dist/heartbeats/heartbeat-sockets.js';

const TEXT = `
LISTEN_HEARTBEAT_IFS=eth0
BYPASS_CARD_IFS=eth0
BYPASS_CARD_HOST[0]=10.1.0.1
LISTEN_HEARTBEAT_TIMEOUT=60000
LISTEN_HB_HOST[0]=0.0.0.0
LISTEN_HB_PORT[0]=3000
`;
/** The end of the first window: all listeners are launched at 0. */
const FIRST_END = 60_000;

interface Stage {
  /** Lets the clock show `at`. */
  readonly go: (at: number) => void;
  /** A datagram is read that has waited so many ms. @returns for how many ms nothing has been heard, as the status says */
  readonly hear: (waited: number) => number | null | undefined;
}

async function staged(t: ExecutionContext): Promise<Stage> {
  const home = new DaemonHome();
  home.configure(TEXT);
  let now = 0;
  let tell: (source: IpAddress | null, waited: number) => void = () => t.fail('nobody listens');
  const sockets: HeartbeatSockets = {
    bind: (_endpoint, { onDatagram }) => {
      tell = onDatagram;
      return Promise.resolve({ receiveBuffer: Infinity, attach: (heir) => (tell = heir.onDatagram), close: () => undefined });
    },
    readEmpty: (_inQuestion, then) => {
      then();
    },
  };
  const quiet = (): void => undefined;
  const daemon = new Daemon({
    clock: { now: () => now, iso: String },
    log: { error: quiet, warning: quiet, info: quiet, debug: quiet, isDebug: () => false, setLevel: quiet, problems: () => [], close: () => Promise.resolve(true) },
    supervisor: { ready: quiet, reloading: quiet, stopping: quiet, status: quiet },
    driver: mockDriver(new MockNetwork([{ name: 'eth0' as InterfaceName }])),
    sockets,
    reading: readConfigFile(home.config),
    socket: home.socket,
    dryRun: false,
  });
  t.teardown(async () => {
    await daemon.stop('the test is over');
    home.remove();
  });
  t.true(E.isRight(await daemon.start()));
  return {
    go: (at) => {
      now = at;
    },
    hear: (waited) => {
      tell(null, waited);
      return daemon.status().listeners[0]?.lastHeartbeatMsAgo;
    },
  };
}

test('a heartbeat counts from its arrival', async (t) => {
  const { go, hear } = await staged(t);
  go(1000);
  t.is(hear(4), 4);
  go(2000);
  t.is(hear(0), 0);
});

test('no heartbeat counts from before what was already taken', async (t) => {
  const { go, hear } = await staged(t);
  go(1000);
  t.is(hear(0), 0);
  go(1002);
  t.is(hear(9), 2);
});

test('what is read after a deadline that was slept through counts from waking', async (t) => {
  const { go, hear } = await staged(t);
  go(FIRST_END - 1);
  t.is(hear(5), 5);
  go(3 * FIRST_END);
  t.is(hear(9), 0);
});

test('what is read a little after a deadline counts from its arrival', async (t) => {
  const { go, hear } = await staged(t);
  go(FIRST_END + 5);
  t.is(hear(3), 3);
});
