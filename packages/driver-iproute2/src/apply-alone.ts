import type { Cancellation, OperationResult } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { IpCommand } from './ip-command.js';
import type { Observe } from './observe.js';
import { type IpOperation, deletionWithPeer, mayBeIndex, wordsOf } from './operation-words.js';
import { CANCELLED, type Look, afterKill, failed, instanceOf, judge, noSuchInterface, succeeded } from './outcome.js';

/** Carries out one operation by a run of `ip` of its own. */
export async function runAlone(ip: IpCommand, observe: Observe, operation: IpOperation, cancellation?: Cancellation): Promise<OperationResult> {
  if (cancellation?.aborted === true) return failed(CANCELLED);
  let wasUp: boolean | undefined;
  if (mayBeIndex(operation.interface) || operation.op === 'link-up' || operation.op === 'link-down') {
    const before = await observe();
    if (E.isLeft(before)) return failed(before.left);
    const it = before.right.get(operation.interface);
    if (it === undefined) return noSuchInterface(operation.interface);
    if (!('address' in operation)) wasUp = it.up;
  }
  const words = wordsOf(operation);
  const run = await ip.run(words, { cancellation });
  if (E.isLeft(run)) return failed(run.left);
  if (run.right.ending === 'exited' && run.right.status === 0) return succeeded(operation, wasUp);
  const look = await observe();
  if (run.right.ending !== 'exited') return afterKill(operation, look, ip.failure(words, run.right));
  return (await withPeer(ip, operation, look)) ?? judge(operation, run.right.stderr, look);
}

/**
 * Deletes an address that has a peer, which takes naming the peer.
 *
 * @returns null where `operation` is no deletion of such an address
 */
export async function withPeer(ip: IpCommand, operation: IpOperation, look: Look): Promise<OperationResult | null> {
  if (operation.op !== 'address-del' || E.isLeft(look)) return null;
  const peer = instanceOf(look.right, operation)?.attributes.peer;
  if (peer === undefined) return null;
  const words = deletionWithPeer(operation.address, peer.address, operation.interface);
  const run = await ip.run(words);
  if (E.isLeft(run)) return failed(run.left);
  if (run.right.ending !== 'exited') return failed(ip.failure(words, run.right));
  return run.right.status === 0 ? succeeded(operation, undefined) : judge(operation, run.right.stderr, look);
}
