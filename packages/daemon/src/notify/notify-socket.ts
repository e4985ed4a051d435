/** The socket on which systemd listens to the daemon (sd_notify(3)). */
import * as E from 'fp-ts/lib/Either.js';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type UnixDatagram, loadUnixDatagram } from '../unix-datagram.js';

/** `KEY=value`, as sd_notify(3) lists them. */
export type Assignment = `${string}=${string}`;

/** Sends one message of these lines. Never waits and never throws. */
export type Notify = (...lines: readonly Assignment[]) => void;

/** ms that a `systemd-notify` may take. */
const CHILD_LIMIT = 5000;

/**
 * @param address value of NOTIFY_SOCKET: a path, or `@` and an abstract name
 * @param onTrouble is told once why messages do not arrive, and again after one that did
 * @param addon without it each message is a `systemd-notify` child, which the unit must allow (NotifyAccess=all)
 */
export function notifySocket(address: string, onTrouble: (why: string) => void, addon: E.Either<string, Pick<UnixDatagram, 'send'>> = loadUnixDatagram()): Notify {
  let troubled = false;
  const failed = (error: unknown): void => {
    if (!troubled) onTrouble(`systemd cannot be told how this service fares, at ${address}: ${error instanceof Error ? error.message : String(error)}`);
    troubled = true;
  };
  const arrived = (): void => {
    troubled = false;
  };
  if (E.isRight(addon)) {
    const path = address.replace(/^@/, '\0');
    return (...lines) => {
      try {
        addon.right.send(path, lines.join('\n'));
        arrived();
      } catch (error) {
        failed(error);
      }
    };
  }
  onTrouble(`systemd is told by systemd-notify, for the addon that would do it cannot be loaded: ${addon.left}`);
  // One after the other: READY must not overtake RELOADING.
  let last: Promise<void> = Promise.resolve();
  return (...lines) => {
    last = last.then(() => notifyByChild(address, lines)).then(arrived, failed);
  };
}

async function notifyByChild(address: string, lines: readonly Assignment[]): Promise<void> {
  await promisify(execFile)('systemd-notify', lines, { env: { ...process.env, NOTIFY_SOCKET: address }, timeout: CHILD_LIMIT });
}
