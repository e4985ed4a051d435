import { type IpAddress, addressOfBytes, familyOf, numberOf } from '@fastbypass/core';
import type { MessageWriter } from './message-writer.js';
import { octetsOf } from './view.js';

/** @returns undefined where it has not the size of an address */
export const readIpAddress = (bytes: DataView, start: number, end: number): IpAddress | undefined => addressOfBytes(octetsOf(bytes, start, end)) ?? undefined;

/** In network byte order, as everywhere. */
export function writeIpAddress(writer: MessageWriter, address: IpAddress): void {
  if (familyOf(address) === 4) {
    for (const octet of address.split('.')) writer.u8(Number(octet));
    return;
  }
  const number = numberOf(address);
  for (let shift = 120n; shift >= 0n; shift -= 8n) writer.u8(Number((number >> shift) & 0xffn));
}
