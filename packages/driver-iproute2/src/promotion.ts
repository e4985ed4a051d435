import type { DriverError, InterfaceName } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type IpCommand, refusalOf } from './ip-command.js';

/**
 * Whether secondaries outlive their primary. `ip` neither shows nor sets it: it stands under /proc/sys, which shows each
 * process the network namespace of its own.
 */
export interface Promotion {
  /**
   * Which of `names` have it on, through the interface or `all`. What cannot be read counts as off: then a plan turns it
   * on before it relies on it.
   */
  readonly read: (names: readonly string[]) => Promise<E.Either<DriverError, ReadonlySet<string>>>;
  /** @returns right: whether that changed anything */
  readonly turnOn: (name: InterfaceName) => Promise<E.Either<DriverError, boolean>>;
}

const ROOT = '/proc/sys/net/ipv4/conf';
const FILE = 'promote_secondaries';

/** How many files are read before the event loop has its turn: about 1 ms. */
const READ_AT_ONCE = 64;

const missing = (name: InterfaceName): DriverError => ({
  kind: 'no-such-interface',
  interface: name,
  message: `promote-secondaries ${name}: there is no such interface.`,
});

/** That of the namespace in which this process is. */
export const promotionHere: Promotion = {
  read: async (names) => {
    const isOn = (name: string): boolean => {
      try {
        return Number(readFileSync(`${ROOT}/${name}/${FILE}`, 'utf8')) !== 0;
      } catch {
        return false;
      }
    };
    if (isOn('all')) return E.right(new Set(names));
    const on = new Set<string>();
    for (const [place, name] of names.entries()) {
      if (isOn(name)) on.add(name);
      if (place % READ_AT_ONCE === READ_AT_ONCE - 1) await setImmediate();
    }
    return E.right(on);
  },
  turnOn: async (name) => {
    const path = `${ROOT}/${name}/${FILE}`;
    try {
      if (Number(readFileSync(path, 'utf8')) !== 0) return E.right(false);
      writeFileSync(path, '1');
      return E.right(true);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return E.left(missing(name));
      if (code === 'EACCES' || code === 'EPERM') return E.left({ kind: 'not-permitted', message: `${message}. Run as root or with CAP_NET_ADMIN.` });
      return E.left({ kind: 'refused', message: `promote-secondaries ${name}: ${message}.` });
    }
  },
};

/** That of where the prefix leads, through commands that run there. */
export const promotionThere = (ip: IpCommand): Promotion => ({
  read: async (names) => {
    // Prints PATH:VALUE; fails where one of the interfaces goes meanwhile, and has printed the others.
    const found = await ip.runOther(['find', ROOT, '-name', FILE, '-exec', 'grep', '-sH', '.', '{}', '+']);
    if (E.isLeft(found)) return found;
    if (found.right.ending !== 'exited') return E.left(ip.failure(['(reading promote_secondaries)'], found.right));
    const on = new Set<string>();
    for (const [, name, value] of found.right.stdout.matchAll(/^.*\/([^/]+)\/promote_secondaries:(\d+)$/gm)) {
      if (name !== undefined && Number(value) !== 0) on.add(name);
    }
    return E.right(on.has('all') ? new Set(names) : on);
  },
  turnOn: async (name) => {
    const path = `${ROOT}/${name}/${FILE}`;
    const script = 'test -e "$0" || exit 3; test "$(cat "$0")" = 0 || exit 4; echo 1 > "$0"';
    const written = await ip.runOther(['sh', '-c', script, path]);
    if (E.isLeft(written)) return written;
    const { ending, status, stderr } = written.right;
    if (ending !== 'exited') return E.left(ip.failure([`(promote-secondaries ${name})`], written.right));
    if (status === 0) return E.right(true);
    if (status === 3) return E.left(missing(name));
    if (status === 4) return E.right(false);
    return E.left(refusalOf(`promote-secondaries ${name}`, stderr.replace(/permission denied/i, 'Operation not permitted')));
  },
});
