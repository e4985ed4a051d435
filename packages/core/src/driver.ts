/**
 * The port to the network: what a driver must do, in types alone. Three adapters come with the product; another one
 * can be written outside of it against this file.
 *
 * A driver has no policy, no retries and no memory. It looks, carries out, and tells what happened.
 */
import type * as T from 'fp-ts/lib/Task.js';
import type * as TE from 'fp-ts/lib/TaskEither.js';
import type { InterfaceName } from './interface-name.js';
import type { ObservedAddress, ObservedState, Operation } from './network.js';

/** Why a driver could not do what it was asked; `message` is for a person and names what to do. */
export type DriverError =
  /** The driver cannot work here at all: no `ip` command, no addon, closed. */
  | { readonly kind: 'driver-unavailable'; readonly message: string }
  /** It did not answer within its time limit. */
  | { readonly kind: 'timed-out'; readonly message: string }
  | { readonly kind: 'not-permitted'; readonly message: string }
  | { readonly kind: 'no-such-interface'; readonly interface: InterfaceName; readonly message: string }
  /** The kernel refused for another reason; its words are in `message`. */
  | { readonly kind: 'refused'; readonly message: string }
  /** The caller cancelled before this operation was begun. */
  | { readonly kind: 'cancelled'; readonly message: string };

/** What became of one operation. */
export type OperationResult =
  /**
   * It changed the network. `took`, of a removal or a link-down: the addresses that the kernel took from the interface besides the one that
   * was named, each as it was, in an order in which they can be put back. Absent: it could not be heard.
   */
  | { readonly outcome: 'done'; readonly took?: readonly ObservedAddress[] }
  /** The network was already so: an address to add was there, one to remove was not. */
  | { readonly outcome: 'already' }
  | { readonly outcome: 'failed'; readonly error: DriverError };

export type WatchEvent =
  /** Something about this interface or its addresses changed, through whomever; what is not observed need not be told. */
  | { readonly type: 'changed'; readonly interface: InterfaceName }
  /** Notices were lost, or the watch had to begin anew: observe again. */
  | { readonly type: 'overflow' }
  /** The watch ended by itself and will tell nothing more. */
  | { readonly type: 'ended'; readonly error: DriverError };

export interface Watch {
  /** No event comes after this returns. */
  readonly stop: () => void;
}

/** What of an `AbortSignal` a driver uses; every `AbortSignal` fits. */
export interface Cancellation {
  readonly aborted: boolean;
  readonly addEventListener: (type: 'abort', listener: () => void) => void;
  readonly removeEventListener: (type: 'abort', listener: () => void) => void;
}

export interface NetworkDriver {
  /** As `DRIVER` names it. */
  readonly name: string;
  /** All interfaces with their addresses of both families, as they are now. */
  readonly observe: TE.TaskEither<DriverError, ObservedState>;
  /**
   * Carries out `operations` in order. A failing one stops no other. Addresses are added without DAD. An add that
   * names a lifetime renews that of an address which is there (`Infinity`: for ever), and is `done`.
   *
   * @param cancellation once aborted, the running operation ends and no other is begun
   * @returns as many results as operations, in their order
   */
  readonly apply: (operations: readonly Operation[], cancellation?: Cancellation) => T.Task<readonly OperationResult[]>;
  /**
   * Tells which operations may be asked for next, and soon: a driver that can be got ready for them makes itself so. Nothing in the network
   * changes by it, and it promises nothing: what is asked for then is judged by what is there then.
   */
  readonly prepare?: (operations: readonly Operation[]) => void;
  /** Tells of changes of links and addresses of both families, from the moment the task has resolved. */
  readonly watch: (tell: (event: WatchEvent) => void) => TE.TaskEither<DriverError, Watch>;
  /** Ends everything that the driver has begun; what it has done to the network stays. Calls after it fail. */
  readonly close: T.Task<void>;
}

