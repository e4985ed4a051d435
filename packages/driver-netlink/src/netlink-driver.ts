import type { DriverError, NetworkDriver, Watch, WatchEvent } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { loadAddon } from './addon.js';
import { applyOperations } from './apply.js';
import { type Sockets, socketsOf } from './netlink-socket.js';
import { observer } from './observe.js';
import { PreparedRequests } from './prepared.js';
import { Resolver } from './resolver.js';
import { CLOSED, unavailable } from './results.js';
import { Transactor } from './transactor.js';
import { beginWatch } from './watch.js';

export interface NetlinkOptions {
  /** Folder that holds `linux-x64/netlink.node`. Default: that of this package. */
  readonly prebuilds?: string;
  /** File of the network namespace to work in, `/run/netns/blue`. Default: that of the calling thread. */
  readonly netns?: string;
  /** Receive buffer of each watch, bytes. Default: 4 MiB, some 4000 notices. */
  readonly watchBuffer?: number;
}

const WATCH_BUFFER = 4 * 1024 * 1024;

/**
 * A driver that speaks rtnetlink with the kernel.
 *
 * An address that is added with a lifetime has its lifetime renewed where it is there already, and counts as done;
 * `validLifetime: Infinity` makes it permanent in this way.
 *
 * @returns left: why it cannot work on this machine, in one line
 */
export function netlinkDriver({ prebuilds, netns, watchBuffer = WATCH_BUFFER }: NetlinkOptions = {}): E.Either<DriverError, NetworkDriver> {
  const addon = loadAddon(prebuilds);
  if (E.isLeft(addon)) return addon;
  const sockets = socketsOf(addon.right, netns);
  return E.tryCatch(() => driverOn(sockets, watchBuffer), unavailable);
}

/** @throws AddonError */
function driverOn(sockets: Sockets, watchBuffer: number): NetworkDriver {
  const transactor = new Transactor(sockets);
  const resolver = new Resolver(transactor);
  const observe = observer(sockets, (links) => resolver.learn(links));
  const prepared = new PreparedRequests();
  const life = { closed: false };
  const running = new Set<Promise<unknown>>();
  const watches = new Set<Watch>();
  /** A call that `close` waits for. */
  const call = <A>(promise: Promise<A>): Promise<A> => {
    running.add(promise);
    const forget = (): void => void running.delete(promise);
    promise.then(forget, forget);
    return promise;
  };
  const unlessClosed = <A>(body: () => Promise<E.Either<DriverError, A>>): Promise<E.Either<DriverError, A>> =>
    life.closed ? Promise.resolve(E.left(CLOSED)) : call(body());

  const watch = async (tell: (event: WatchEvent) => void): Promise<E.Either<DriverError, Watch>> => {
    const begun = await beginWatch(sockets, transactor, watchBuffer, tell);
    if (E.isLeft(begun)) return begun;
    const stop = (): void => {
      watches.delete(it);
      begun.right.stop();
    };
    const it: Watch = { stop };
    if (life.closed) {
      stop();
      return E.left(CLOSED);
    }
    watches.add(it);
    return E.right(it);
  };

  return {
    name: 'netlink',
    observe: () => unlessClosed(observe),
    apply: (operations, cancellation) => () => call(applyOperations({ sockets, transactor, resolver, prepared, observe, isClosed: () => life.closed }, operations, cancellation)),
    prepare: (operations) => {
      if (life.closed) return;
      prepared.prepare(operations, (name) => resolver.guess(name));
      try {
        transactor.rouse();
      } catch (error) {
        // What keeps it from working is told where work is asked for.
        unavailable(error);
      }
    },
    watch: (tell) => () => unlessClosed(() => watch(tell)),
    close: async () => {
      life.closed = true;
      for (const it of watches) it.stop();
      await Promise.allSettled(running);
      transactor.close();
    },
  };
}
