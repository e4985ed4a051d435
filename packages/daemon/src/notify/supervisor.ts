import { hrtime } from 'node:process';
import { type Notify, notifySocket } from './notify-socket.js';

/** Who has started the daemon and wants to know how it fares. */
export interface Supervisor {
  /** The control socket answers and launches have been tried; or a reload is over, whatever came of it. */
  readonly ready: () => void;
  readonly reloading: () => void;
  readonly stopping: () => void;
  /** @param sentence one line for a person; told where it differs from the last one */
  readonly status: (sentence: string) => void;
}

const nobody: Supervisor = { ready: () => undefined, reloading: () => undefined, stopping: () => undefined, status: () => undefined };

const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];

/**
 * systemd, where it has started this process (NOTIFY_SOCKET); otherwise nobody.
 *
 * Where it keeps a watchdog (WATCHDOG_USEC), the event loop feeds that from now on, three times in its time: a loop that
 * hangs feeds nothing, and the process is killed and started anew. Children do not inherit any of it.
 *
 * @param environment is relieved of these variables
 * @param onTrouble is told why systemd cannot be told
 */
export function systemdSupervisor(environment: NodeJS.ProcessEnv, onTrouble: (why: string) => void): Supervisor {
  const [address = '', watchdogUsec, watchdogPid] = VARIABLES.map((name) => environment[name]);
  for (const name of VARIABLES) Reflect.deleteProperty(environment, name);
  if (address === '') return nobody;
  const notify = notifySocket(address, onTrouble);
  feedWatchdog(notify, Number(watchdogUsec ?? 0), watchdogPid);
  let told = '';
  return {
    ready: () => notify('READY=1'),
    reloading: () => notify('RELOADING=1', `MONOTONIC_USEC=${String(hrtime.bigint() / 1000n)}`),
    stopping: () => notify('STOPPING=1'),
    status: (sentence) => {
      if (sentence === told) return;
      told = sentence;
      notify(`STATUS=${sentence}`);
    },
  };
}

/** @param usec µs within which systemd wants to hear something; @param pid of the process that it wants to hear, any without one */
function feedWatchdog(notify: Notify, usec: number, pid: string | undefined): void {
  if (!(usec > 0) || (pid !== undefined && pid !== String(process.pid))) return;
  const feed = (): void => notify('WATCHDOG=1');
  feed();
  setInterval(feed, usec / 1000 / 3).unref();
}
