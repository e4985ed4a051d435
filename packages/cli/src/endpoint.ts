/** `HOST:PORT` of a command line. */
import { type IpAddress, familyOf, parseIpAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';

export interface Endpoint {
  readonly host: IpAddress;
  /** UDP, 1..65535. */
  readonly port: number;
}

const ACCEPTED = 'an IPv4 address and a port, 192.168.1.202:3000, or an IPv6 address in brackets and a port, [2001:db8::1]:3000';

export function readEndpoint(text: string): E.Either<string, Endpoint> {
  const [, bracketed, bare, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = parseIpAddress(bracketed ?? bare ?? '');
  const port = Number(digits);
  if (host === null || familyOf(host) !== (bracketed === undefined ? 4 : 6)) return E.left(ACCEPTED);
  return port >= 1 && port <= 65535 ? E.right({ host, port }) : E.left('a port from 1 to 65535');
}

export const formatEndpoint = (host: string, port: number): string => (host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`);
