import * as E from 'fp-ts/lib/Either.js';
import { addonPath, loadAddon } from './addon.js';

/** addon/unix-datagram.c. */
export interface UnixDatagram {
  /**
   * Sends one datagram, and never waits.
   *
   * @param path of the receiver's socket; one that begins with NUL is an abstract name
   * @throws where the system refuses, with its words
   */
  readonly send: (path: string, text: string) => void;
  /** Ends the process at once: Node's own exit waits for threads that write, and one may be stuck in a log that nobody reads. */
  readonly leave: (status: number) => void;
  /** Has V8's locks measure the processor's clock now, on another thread: whoever is the first to wait for one sleeps 3 ms for it otherwise. */
  readonly measureClock: () => void;
}

/** Left: why there is none, in one line. */
export const loadUnixDatagram = (path = addonPath('unix-datagram')): E.Either<string, UnixDatagram> => E.map((addon) => addon as UnixDatagram)(loadAddon(path));
