/** Which drivers there are. The one file that knows them. */
import { type ConfigReading, type DriverName, type NetworkDriver } from '@fastbypass/core';
import { iproute2Driver } from '@fastbypass/driver-iproute2';
import { MockNetwork, mockDriver } from '@fastbypass/driver-mock';
import * as E from 'fp-ts/lib/Either.js';
import { match } from 'ts-pattern';

export interface ChosenDriver {
  readonly driver: NetworkDriver;
  /** What a person should know about the choice; null where it is as asked. */
  readonly note: string | null;
}

/**
 * @param wanted from the command line or the file; null: nobody named one, so what works is taken
 * @param reading the configuration: the mock's network has the interfaces that it names
 */
export function chooseDriver(wanted: DriverName | null, reading: ConfigReading): E.Either<string, ChosenDriver> {
  return match(wanted)
    .returnType<E.Either<string, ChosenDriver>>()
    .with('iproute2', () => E.right({ driver: iproute2Driver(), note: null }))
    .with('mock', () =>
      E.right({
        driver: mockDriver(new MockNetwork(reading.interfaces.map((name) => ({ name })))),
        note: 'the driver is mock: a network in memory, nothing on this machine is changed',
      }),
    )
    .with('netlink', () => E.left('the netlink driver is not part of this version; accepted: DRIVER=iproute2, DRIVER=mock, or no DRIVER at all'))
    .with(null, () => E.right({ driver: iproute2Driver(), note: 'the netlink driver is not part of this version: iproute2 is used in its place' }))
    .exhaustive();
}
