import { loadAddon } from '@fastbypass/driver-netlink';
import { DaemonHome, DaemonProcess, type DaemonStart } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import type { Contender, Subject, Task } from '../contender.js';
import type { Monitor } from '../native.js';
import { inRealTime } from '../real-time.js';
import { INTERFACE, NEAR, PORT, type Stage } from '../stage.js';
import { heartbeatContender } from './heartbeat-contender.js';

/** Memory, as `/run` of a broker: beside the control socket lies the state file, and the daemon waits for its writing. */
const MEMORY = '/dev/shm';

/** Address of a card, counted from 1: 10.8.0.1 and the following. */
export const cardAddress = (card: number): string => `10.8.${card >> 8}.${card & 255}`;

/** Further lines go last. */
export function configOf({ listeners, cards, window }: Task, driver: string, further: readonly string[] = []): string {
  return [
    `DRIVER=${driver}`,
    `LISTEN_HEARTBEAT_IFS=${INTERFACE}`,
    'LISTEN_HEARTBEAT_ATTEMPTS=3',
    `LISTEN_HEARTBEAT_TIMEOUT=${window}`,
    `BYPASS_CARD_IFS=${INTERFACE}`,
    ...Array.from({ length: listeners }, (_, index) => `LISTEN_HB_HOST[${index}]=${NEAR}\nLISTEN_HB_PORT[${index}]=${PORT + index}`),
    ...Array.from({ length: cards }, (_, index) => `BYPASS_CARD_HOST[${index}]=${cardAddress(index + 1)}`),
    ...further,
    '',
  ].join('\n');
}

/**
 * A running daemon that answers, and its folder, which goes with it.
 *
 * @param furnish is handed the folder before the daemon begins
 */
export async function startDaemon(
  stage: Stage,
  program: Monitor,
  config: string,
  furnish: (home: DaemonHome) => void = () => undefined,
  env: DaemonStart['env'] = {},
): Promise<{ readonly daemon: DaemonProcess; readonly subject: Subject }> {
  const home = new DaemonHome(MEMORY);
  home.configure(config);
  furnish(home);
  const daemon = await DaemonProcess.start(home, { namespace: stage.near, program, env });
  await inRealTime(daemon.pid);
  const end = async (): Promise<void> => {
    await daemon.stop();
    home.remove();
  };
  return { daemon, subject: { pid: daemon.pid, end } };
}

const ours = (driver: 'netlink' | 'iproute2', lacking: () => string | null): Contender =>
  heartbeatContender(`fastbypass_monitor, ${driver}`, async (stage, { monitor }, task) => (await startDaemon(stage, monitor, configOf(task, driver))).subject, lacking);

export const oursNetlink = ours('netlink', () => {
  const addon = loadAddon();
  return E.isLeft(addon) ? addon.left.message : null;
});

export const oursIproute2 = ours('iproute2', () => null);
