import type { Cancellation, DriverError, NetworkDriver, Operation, OperationResult, Watch, WatchEvent } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { MockNetwork } from './mock-network.js';

export interface MockDriverOptions {
  /** How long an operation takes before it has its effect, ms. Default: 0, one turn of the event loop. */
  readonly delayMs?: (operation: Operation) => number;
  /** Resolves after so many ms; 0: after a turn of the event loop. To be replaced where time is virtual. */
  readonly pause?: (ms: number) => Promise<void>;
}

const realPause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    if (ms > 0) setTimeout(resolve, ms);
    else setImmediate(resolve);
  });

const CLOSED: DriverError = { kind: 'driver-unavailable', message: 'The mock driver was closed.' };
const CANCELLED: DriverError = { kind: 'cancelled', message: 'The caller cancelled before this operation was begun.' };

/** A driver on `network`, asynchronous as real ones are. Several may work on one network. */
export function mockDriver(network: MockNetwork, { delayMs = () => 0, pause = realPause }: MockDriverOptions = {}): NetworkDriver {
  const life = { closed: false };
  const running = new Set<Promise<unknown>>();
  const watches = new Set<Watch>();

  /** A call that `close` waits for. */
  const call = <A>(body: () => Promise<A>): Promise<A> => {
    const promise = body();
    running.add(promise);
    void promise.finally(() => running.delete(promise));
    return promise;
  };

  const ask = <A>(name: 'observe' | 'watch', answer: () => A) => (): Promise<E.Either<DriverError, A>> =>
    call(async () => {
      if (!life.closed) await pause(0);
      // Looked at after the pause: a watch must not outlive a driver that was closed meanwhile.
      const error = life.closed ? CLOSED : network.takeCallFault(name);
      return error === null ? E.right(answer()) : E.left(error);
    });

  const begin = (tell: (event: WatchEvent) => void): Watch => {
    let stopped = false;
    const unsubscribe = network.subscribe((event) => {
      // Later than the change, as from a kernel; the order stays.
      void call(() => pause(0)).then(() => {
        if (!stopped) tell(event);
      });
    });
    const watch: Watch = {
      stop: () => {
        stopped = true;
        unsubscribe();
        watches.delete(watch);
      },
    };
    watches.add(watch);
    return watch;
  };

  const apply = (operations: readonly Operation[], cancellation?: Cancellation) => (): Promise<readonly OperationResult[]> =>
    call(async () => {
      const results: OperationResult[] = [];
      for (const operation of operations) {
        const reason = life.closed ? CLOSED : cancellation?.aborted === true ? CANCELLED : null;
        if (reason !== null) {
          results.push({ outcome: 'failed', error: reason });
          continue;
        }
        await pause(delayMs(operation));
        results.push(network.apply(operation));
      }
      return results;
    });

  return {
    name: 'mock',
    observe: ask('observe', () => network.state),
    apply,
    watch: (tell) => ask('watch', () => begin(tell)),
    close: async () => {
      life.closed = true;
      for (const watch of [...watches]) watch.stop();
      await Promise.all(running);
    },
  };
}
