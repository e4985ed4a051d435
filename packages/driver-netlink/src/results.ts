import {
  type DriverError,
  type InterfaceName,
  type ObservedAddress,
  type ObservedState,
  type Operation,
  type OperationResult,
  familyOf,
  formatOperation,
  sameAddress,
} from '@fastbypass/core';
import { getSystemErrorMap } from 'node:util';
import { isAddonError } from './addon.js';
import { EADDRNOTAVAIL, EEXIST, ENODEV, ENXIO, EPERM } from './constants.js';
import type { Verdict } from './message.js';

export const DONE: OperationResult = { outcome: 'done' };
export const ALREADY: OperationResult = { outcome: 'already' };
export const CANCELLED: DriverError = { kind: 'cancelled', message: 'The caller cancelled before this operation was begun.' };
export const CLOSED: DriverError = { kind: 'driver-unavailable', message: 'The netlink driver was closed.' };

export const failed = (error: DriverError): OperationResult => ({ outcome: 'failed', error });

export const noSuchInterface = (name: InterfaceName): OperationResult =>
  failed({ kind: 'no-such-interface', interface: name, message: `There is no interface ${name}.` });

// -------------------------------------------------------------------------------------
// words
// -------------------------------------------------------------------------------------

const SYSTEM_ERRORS = getSystemErrorMap();

/** @param errno positive */
function wordsOf({ errno, words }: Verdict): string {
  const [name = `errno ${errno}`, description = 'the kernel gave no reason'] = SYSTEM_ERRORS.get(-errno) ?? [];
  return `${words ?? description} (${name})`;
}

/** The kernel's refusal of `what` in our words. */
export function refusalOf(what: string, verdict: Verdict): DriverError {
  const message = `${what}: ${wordsOf(verdict)}.`;
  // EACCES is the kernel's word for IPv6 being disabled.
  if (verdict.errno === EPERM) return { kind: 'not-permitted', message: `${message} Run as root or with CAP_NET_ADMIN.` };
  return { kind: 'refused', message };
}

/**
 * The system refused a call that is none of the network's: no memory, no descriptor, no such namespace.
 *
 * @param error what was caught; any other than an AddonError is a bug and thrown again
 */
export function unavailable(error: unknown): DriverError {
  if (!isAddonError(error)) throw error;
  const { message, code, syscall } = error;
  return { kind: 'driver-unavailable', message: `The netlink driver cannot work: ${syscall}: ${message} (${code}).` };
}

// -------------------------------------------------------------------------------------
// meaning
// -------------------------------------------------------------------------------------

/** What the kernel's refusal means by itself; null: that depends on what is there. */
export function meaningOf(operation: Operation, { errno }: Verdict): OperationResult | null {
  if (!('address' in operation)) return null;
  const six = familyOf(operation.address.address) === 6;
  // IPv4 tells instances with different prefixes apart. IPv6 does not: it may be there under another one.
  if (operation.op === 'address-add') return errno === EEXIST && !six ? ALREADY : null;
  // An IPv4 address is not found either where it has a peer that was not named. ENXIO: no IPv6 at all on the interface.
  return six && (errno === EADDRNOTAVAIL || errno === ENXIO) ? ALREADY : null;
}

/** What became of an operation whose refusal says too little, judged by the network as it is after it. */
export function judge(operation: Operation, verdict: Verdict, state: ObservedState): OperationResult {
  if (!state.has(operation.interface)) return noSuchInterface(operation.interface);
  if (isAsAsked(state, operation)) return ALREADY;
  // The interface went between two messages, and another one came under its name.
  if (verdict.errno === ENODEV) return noSuchInterface(operation.interface);
  return failed(refusalOf(formatOperation(operation), verdict));
}

/** What became of an operation whose acknowledgement was lost. */
export function judgeUnanswered(operation: Operation, state: ObservedState): OperationResult {
  if (!state.has(operation.interface)) return noSuchInterface(operation.interface);
  if (isAsAsked(state, operation)) return DONE;
  return failed({ kind: 'refused', message: `${formatOperation(operation)}: the kernel's answer was lost, and it is not so.` });
}

/** Whether the network is as `operation` would have it. */
function isAsAsked(state: ObservedState, operation: Operation): boolean {
  const it = state.get(operation.interface);
  if (it === undefined) return false;
  switch (operation.op) {
    case 'address-add':
      return instancesAsked(state, operation).length > 0;
    case 'address-del':
      return instancesAsked(state, operation).length === 0;
    case 'link-up':
      return it.up;
    case 'link-down':
      return !it.up;
    case 'promote-secondaries':
      return it.promoteSecondaries;
  }
}

/** The addresses that `operation` is about, where they stand: one, and those that differ from it by their peer. */
export function instancesAsked(state: ObservedState, operation: Operation): readonly ObservedAddress[] {
  if (!('address' in operation)) return [];
  return state.get(operation.interface)?.addresses.filter((other) => sameAddress(other, operation.address)) ?? [];
}
