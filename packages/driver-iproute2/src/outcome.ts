import {
  type DriverError,
  type InterfaceName,
  type ObservedAddress,
  type ObservedState,
  type Operation,
  type OperationResult,
  formatOperation,
  sameAddress,
} from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { refusalOf } from './ip-command.js';
import type { IpOperation } from './operation-words.js';

/** The network after something went wrong, or why it cannot be looked at. */
export type Look = E.Either<DriverError, ObservedState>;

export const DONE: OperationResult = { outcome: 'done' };
export const ALREADY: OperationResult = { outcome: 'already' };
export const CANCELLED: DriverError = { kind: 'cancelled', message: 'The caller cancelled before this operation was begun.' };

export const failed = (error: DriverError): OperationResult => ({ outcome: 'failed', error });

export const noSuchInterface = (name: InterfaceName): OperationResult =>
  failed({ kind: 'no-such-interface', interface: name, message: `There is no interface ${name}.` });

/** What became of an operation that succeeded; `ip` succeeds too where a link is already as it is to be. */
export function succeeded(operation: Operation, wasUp: boolean | undefined, took?: readonly ObservedAddress[]): OperationResult {
  if (!('address' in operation) && wasUp === (operation.op === 'link-up')) return ALREADY;
  return took === undefined ? DONE : { outcome: 'done', took };
}

/** What became of an operation that `ip` called failed, in the words `reason`. */
export function judge(operation: IpOperation, reason: string, look: Look): OperationResult {
  if (E.isRight(look)) {
    if (!look.right.has(operation.interface)) return noSuchInterface(operation.interface);
    if (isAsAsked(look.right, operation)) return ALREADY;
  }
  return failed(refusalOf(formatOperation(operation), reason));
}

/** What became of an operation that a killed `ip` may or may not have carried out. */
export const afterKill = (operation: IpOperation, look: Look, error: DriverError): OperationResult =>
  E.isRight(look) && isAsAsked(look.right, operation) ? DONE : failed(error);

/** Whether the network is as `operation` would have it. */
export function isAsAsked(state: ObservedState, operation: IpOperation): boolean {
  const it = state.get(operation.interface);
  if (it === undefined) return false;
  switch (operation.op) {
    case 'address-add':
      return instanceOf(state, operation) !== undefined;
    case 'address-del':
      return instanceOf(state, operation) === undefined;
    case 'link-up':
      return it.up;
    case 'link-down':
      return !it.up;
  }
}

/** The address that `operation` is about, where it stands. */
export function instanceOf(state: ObservedState, operation: IpOperation): ObservedAddress | undefined {
  if (!('address' in operation)) return undefined;
  return state.get(operation.interface)?.addresses.find((other) => sameAddress(other, operation.address));
}
