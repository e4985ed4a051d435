import { type DriverError, type ObservedState, type Operation, type OperationResult, familyOf, formatOperation, sameAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { type SeenAddress, writeAddition, writeRemoval } from './address.js';
import { type Finding, type Removal, besides, noteRemoved } from './batch.js';
import { EADDRNOTAVAIL, EEXIST } from './constants.js';
import type { Verdict } from './message.js';
import { renews } from './operations.js';
import { ALREADY, CLOSED, DONE, failed, instancesAsked, judge, judgeUnanswered, refusalOf, unavailable } from './results.js';
import type { Transactor, Write } from './transactor.js';

type Addition = Extract<Operation, { readonly op: 'address-add' }>;

/**
 * What became of the operation at `place` of a batch that has been sent.
 *
 * @param look the network after the batch, or why it cannot be looked at
 */
export function settle(
  transactor: Transactor,
  batch: readonly Operation[],
  findings: readonly Finding[],
  place: number,
  look: E.Either<DriverError, ObservedState>,
): OperationResult {
  const operation = batch[place];
  const finding = findings[place];
  if (operation === undefined || finding === undefined) return failed(CLOSED);
  if (finding.sure) return finding.result;
  const { verdict, index } = finding;
  if (E.isLeft(look)) return failed(verdict === null ? look.left : refusalOf(formatOperation(operation), verdict));
  if (verdict === null) return judgeUnanswered(operation, look.right);

  const later = batch.filter((_, at) => at > place && succeeded(findings[at]));
  if (operation.op === 'address-add' && verdict.errno === EEXIST) return settleAddition(transactor, operation, index, verdict, later, look.right);
  if (operation.op === 'address-del' && verdict.errno === EADDRNOTAVAIL) return settleRemoval(transactor, operation, index, later, look.right);
  return judge(operation, verdict, look.right);
}

const succeeded = (finding: Finding | undefined): boolean => finding?.sure === true && finding.result.outcome === 'done';

/** IPv6: the address is there, perhaps under another prefix. */
function settleAddition(transactor: Transactor, operation: Addition, index: number, verdict: Verdict, later: readonly Operation[], state: ObservedState): OperationResult {
  const { address, attributes = {} } = operation;
  // Under which prefix it was there shows what the batch itself has removed after it.
  const removed = later.find((other): other is Removal => other.op === 'address-del' && other.interface === operation.interface && other.address.address === address.address);
  if (removed !== undefined) return sameAddress(removed.address, address) ? ALREADY : failed(refusalOf(formatOperation(operation), verdict));
  const result = judge(operation, verdict, state);
  if (result.outcome !== 'already' || !renews(operation)) return result;
  return alone(transactor, operation, (writer, sequence) => writeAddition(writer, sequence, index, address, attributes, true));
}

/** IPv4: it is not there, or it has a peer and has to be named with it. */
function settleRemoval(transactor: Transactor, operation: Removal, index: number, later: readonly Operation[], state: ObservedState): OperationResult {
  if (familyOf(operation.address.address) === 6) return ALREADY;
  // What the batch itself has added after it was not meant.
  const added = new Set(later.flatMap((other) => (other.op === 'address-add' && other.interface === operation.interface ? (other.attributes?.peer?.address ?? []) : [])));
  const peer = instancesAsked(state, operation)
    .map(({ attributes }) => attributes.peer?.address)
    .find((it) => it !== undefined && !added.has(it));
  if (peer === undefined) return ALREADY;
  return alone(transactor, operation, (writer, sequence) => writeRemoval(writer, sequence, index, operation.address, peer));
}

/** One more request for an operation of which it is known now how it has to be put. */
function alone(transactor: Transactor, operation: Addition | Removal, write: Write<null>): OperationResult {
  try {
    const removed: SeenAddress[] = [];
    const [verdict] = transactor.ask([null], write, noteRemoved([removed]));
    if (verdict === null || verdict === undefined) return failed({ kind: 'refused', message: `${formatOperation(operation)}: the kernel's answer was lost.` });
    if (verdict.errno !== 0) return failed(refusalOf(formatOperation(operation), verdict));
    return operation.op === 'address-del' ? { outcome: 'done', took: besides(operation, removed) } : DONE;
  } catch (error) {
    return failed(unavailable(error));
  }
}
