import type { DriverError } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

declare const socket: unique symbol;

/** A socket of the addon. One that is forgotten is closed when it is collected. */
export interface AddonSocket {
  readonly [socket]: never;
}

/** The calls of addon/netlink.c. Each throws an {@link AddonError} where the system refuses. */
export interface Addon {
  /** @param groups mask of multicast groups; @param receiveBuffer bytes */
  readonly open: (groups: number, receiveBuffer: number) => AddonSocket;
  /** Sends the first `length` of `bytes` to the kernel. */
  readonly send: (socket: AddonSocket, bytes: Uint8Array, length: number) => void;
  /** @returns how many bytes of one datagram stand in `into` now; 0: there is none */
  readonly receive: (socket: AddonSocket, into: Uint8Array) => number;
  /** `IFF_UP` and the like of the interface of this index, in the namespace of the socket; undefined: it does not have this name. */
  readonly flags: (socket: AddonSocket, index: number, name: string) => number | undefined;
  /** Calls `onReadable` as long as there is something to receive, or an error to be met by it. Until then the process stays. */
  readonly watch: (socket: AddonSocket, onReadable: () => void) => void;
  readonly close: (socket: AddonSocket) => void;
  /** What `body` returns, run while this thread is in the network namespace of the file `path`. */
  readonly inNamespace: <A>(path: string, body: () => A) => A;
}

export interface AddonError extends Error {
  /** `ENOBUFS` and the like. */
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
}

export const isAddonError = (error: unknown): error is AddonError => error instanceof Error && 'syscall' in error;

const PREBUILDS = fileURLToPath(new URL('../prebuilds', import.meta.url));

const unavailable = (message: string): E.Either<DriverError, never> => E.left({ kind: 'driver-unavailable', message });

/** What decides which addon fits, as Node names it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly endianness: 'BE' | 'LE';
}

const THIS_MACHINE: Machine = { platform: process.platform, arch: process.arch, endianness: endianness() };

/**
 * The addon for this machine. The published package carries those for x64 and arm64; a clone has the one that it has compiled.
 *
 * @param folder holds `linux-x64/netlink.node` and the like; default: that of this package
 * @param machine another one, to ask what would be said there
 * @returns left: why it cannot be had, in one line
 */
export function loadAddon(folder: string = PREBUILDS, machine: Machine = THIS_MACHINE): E.Either<DriverError, Addon> {
  const { platform, arch } = machine;
  if (platform !== 'linux') return unavailable(`The netlink driver needs Linux; this is ${platform}.`);
  if (machine.endianness !== 'LE') return unavailable(`The netlink driver needs a little-endian machine; ${arch} is none.`);
  const path = join(folder, `linux-${arch}`, 'netlink.node');
  if (!existsSync(path)) {
    return unavailable(`The netlink driver's addon was not built for linux-${arch}: there is no ${path} (it takes a C compiler and Node's headers).`);
  }
  try {
    return E.right(createRequire(import.meta.url)(path) as Addon);
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return unavailable(`The netlink driver's addon ${path} cannot be loaded: ${line}.`);
  }
}
