import { type IpAddress, familyOf, numberOf, parseIpAddress } from '@fastbypass/core';
import type { MessageWriter } from './message-writer.js';

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

/** @returns undefined where it has not the size of an address */
export function readIpAddress(bytes: Buffer, start: number, end: number): IpAddress | undefined {
  const size = end - start;
  if (size !== IPV4_BYTES && size !== IPV6_BYTES) return undefined;
  return parseIpAddress(size === IPV4_BYTES ? dotted(bytes, start) : hextets(bytes, start)) ?? undefined;
}

const dotted = (bytes: Buffer, at: number): string =>
  `${bytes.readUInt8(at)}.${bytes.readUInt8(at + 1)}.${bytes.readUInt8(at + 2)}.${bytes.readUInt8(at + 3)}`;

function hextets(bytes: Buffer, start: number): string {
  let text = '';
  for (let at = start; at < start + IPV6_BYTES; at += 2) text += `${text === '' ? '' : ':'}${bytes.readUInt16BE(at).toString(16)}`;
  return text;
}

/** In network byte order, as everywhere. */
export function writeIpAddress(writer: MessageWriter, address: IpAddress): void {
  if (familyOf(address) === 4) {
    for (const octet of address.split('.')) writer.u8(Number(octet));
    return;
  }
  const number = numberOf(address);
  for (let shift = 120n; shift >= 0n; shift -= 8n) writer.u8(Number((number >> shift) & 0xffn));
}
