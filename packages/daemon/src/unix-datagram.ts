import * as E from 'fp-ts/lib/Either.js';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

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
}

const ADDON = fileURLToPath(new URL(`../prebuilds/linux-${process.arch}/unix-datagram.node`, import.meta.url));

/** Left: why there is none, in one line. */
export const loadUnixDatagram = (path: string = ADDON): E.Either<string, UnixDatagram> =>
  E.tryCatch(
    () => createRequire(import.meta.url)(path) as UnixDatagram,
    (error) => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '',
  );
