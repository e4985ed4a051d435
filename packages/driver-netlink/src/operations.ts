import { type Operation, familyOf } from '@fastbypass/core';
import { writeAddition, writeRemoval } from './address.js';
import { writeLinkState, writePromotion } from './link.js';
import type { MessageWriter } from './message-writer.js';

/** An operation on the interface of this index. */
export interface Request {
  readonly operation: Operation;
  readonly index: number;
}

/** Writes the request that makes the kernel carry it out. */
export function writeOperation(writer: MessageWriter, sequence: number, { operation, index }: Request): void {
  switch (operation.op) {
    case 'address-add':
      writeAddition(writer, sequence, index, operation.address, operation.attributes ?? {}, renews(operation) && familyOf(operation.address.address) === 4);
      return;
    case 'address-del':
      writeRemoval(writer, sequence, index, operation.address);
      return;
    case 'link-up':
    case 'link-down':
      writeLinkState(writer, sequence, index, operation.op === 'link-up');
      return;
    case 'promote-secondaries':
      writePromotion(writer, sequence, index);
  }
}

/**
 * Whether an address that is there already is to get the lifetime of this operation. IPv4 renews only what is there under
 * the same prefix; IPv6 would under any, so there it has to be looked first.
 */
export const renews = (operation: Operation): boolean => operation.op === 'address-add' && operation.attributes?.validLifetime !== undefined;
