import type { DriverError, NetworkDriver, Watch, WatchEvent } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { applyOperations } from './apply.js';
import { IpCommand, type Iproute2Options } from './ip-command.js';
import { observer } from './observe.js';
import { promotionHere, promotionThere } from './promotion.js';
import { beginWatch } from './watch.js';

/**
 * A driver that runs `ip` of iproute2: a new one for each observation and each plan (a long-lived one would go on to use
 * the index that a name once had), started beforehand where somebody watches, and a lasting `ip monitor` for each watch.
 *
 * An address that is added with a lifetime has its lifetime renewed where it is there already, and counts as done.
 */
export function iproute2Driver(options: Iproute2Options = {}): NetworkDriver {
  const ip = new IpCommand(options);
  const promotion = ip.isHere ? promotionHere : promotionThere(ip);
  const observe = observer(ip, promotion);
  const running = new Set<Promise<unknown>>();
  /** A call that `close` waits for. */
  const call = <A>(promise: Promise<A>): Promise<A> => {
    running.add(promise);
    void promise.finally(() => running.delete(promise));
    return promise;
  };
  return {
    name: 'iproute2',
    observe: () => call(observe()),
    apply: (operations, cancellation) => () => call(applyOperations({ ip, promotion, observe }, operations, cancellation)),
    watch: (tell) => () => call(watchReady(ip, tell)),
    close: async () => {
      await ip.processes.close();
      await Promise.all(running);
    },
  };
}

/** Whoever watches means to act when something happens, and soon. */
async function watchReady(ip: IpCommand, tell: (event: WatchEvent) => void): Promise<E.Either<DriverError, Watch>> {
  const release = ip.keepStandby();
  let released = false;
  const releaseOnce = (): void => {
    if (!released) release();
    released = true;
  };
  const begun = await beginWatch(ip, (event) => {
    if (event.type === 'ended') releaseOnce();
    tell(event);
  });
  if (E.isLeft(begun)) {
    releaseOnce();
    return begun;
  }
  const stop = (): void => {
    releaseOnce();
    begun.right.stop();
  };
  return E.right({ stop });
}
