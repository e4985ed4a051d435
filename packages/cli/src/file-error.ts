/** What the operating system refused, in words. */

/** `ENOENT` and its like; null where the error has none. */
export function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOSPC: 'no space left on the device',
  EIO: 'input/output error',
  EADDRNOTAVAIL: 'no interface of this host has that address',
  EADDRINUSE: 'the address is in use',
  ECONNREFUSED: 'nobody listens there',
  ENETUNREACH: 'the network is unreachable',
  EHOSTUNREACH: 'the host is unreachable',
};

/** For a person, without a stack. */
export function reasonOf(error: unknown): string {
  const code = errorCode(error);
  return WORDS[code ?? ''] ?? code ?? (error instanceof Error ? error.message : String(error));
}

export const isRefusal = (error: unknown): boolean => ['EACCES', 'EPERM'].includes(errorCode(error) ?? '');
