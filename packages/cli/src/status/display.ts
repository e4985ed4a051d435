import type { StatusReport } from '@fastbypass/core';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ControlError } from '../control-error.js';

export type Sight = Either<ControlError, StatusReport>;

/** Where what is seen is shown. */
export interface Display {
  /** `now`: ms since 1970. */
  readonly show: (sight: Sight, now: number) => Promise<void>;
  /** Leaves the terminal as it was. */
  readonly close: () => Promise<void>;
}
