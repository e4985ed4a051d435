/** Which drivers there are. The one file that knows them. */
import { type ConfigReading, type DriverName, type NetworkDriver } from '@fastbypass/core';
import { iproute2Driver } from '@fastbypass/driver-iproute2';
import { MockNetwork, mockDriver } from '@fastbypass/driver-mock';
import { netlinkDriver } from '@fastbypass/driver-netlink';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { match } from 'ts-pattern';

/** ms: a bypass must not wait long for an `ip` that hangs; the largest plans take some 50 ms. */
const IP_TIME_LIMIT = 2000;

export interface ChosenDriver {
  readonly driver: NetworkDriver;
  /** What a person should know about the choice; null where it is as asked. */
  readonly note: string | null;
}

/**
 * @param wanted from the command line or the file; null: nobody named one, so netlink is taken, or else what works
 * @param reading the configuration: the mock's network has the interfaces that it names
 * @returns Left: why the driver that was named cannot be used
 */
export function chooseDriver(wanted: DriverName | null, reading: ConfigReading): E.Either<string, ChosenDriver> {
  return match(wanted)
    .returnType<E.Either<string, ChosenDriver>>()
    .with('iproute2', () => E.right({ driver: iproute2Driver({ timeLimitMs: IP_TIME_LIMIT }), note: null }))
    .with('mock', () =>
      E.right({
        driver: mockDriver(new MockNetwork(reading.interfaces.map((name) => ({ name })))),
        note: 'the driver is mock: a network in memory, nothing on this machine is changed',
      }),
    )
    .with('netlink', () =>
      pipe(
        netlinkDriver(),
        E.bimap(
          ({ message }) => `the driver netlink cannot be used: ${message}; accepted instead: DRIVER=iproute2, or no DRIVER at all`,
          (driver) => ({ driver, note: null }),
        ),
      ),
    )
    .with(null, () =>
      pipe(
        netlinkDriver(),
        E.match(
          ({ message }): E.Either<string, ChosenDriver> => E.right({ driver: iproute2Driver({ timeLimitMs: IP_TIME_LIMIT }), note: `iproute2 is used in place of netlink: ${message}` }),
          (driver) => E.right({ driver, note: null }),
        ),
      ),
    )
    .exhaustive();
}
