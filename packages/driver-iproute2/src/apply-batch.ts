import { type Cancellation, type OperationResult, sameAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { runAlone, withPeer } from './apply-alone.js';
import { type BatchReport, readBatchReport } from './batch-report.js';
import { batchLines } from './batch-lines.js';
import { BATCH_WORDS, type IpCommand } from './ip-command.js';
import type { Observe } from './observe.js';
import type { IpOperation } from './operation-words.js';
import { tookBy } from './took.js';
import { ALREADY, CANCELLED, type Look, afterKill, failed, isAsAsked, judge, succeeded } from './outcome.js';

/**
 * Carries out `batch` in one run of `ip`.
 *
 * It tells no more than which lines failed and in what words, and the words change from version to version. So what
 * became of an operation that failed is decided by looking at the network again.
 */
export async function runBatch(
  ip: IpCommand,
  observe: Observe,
  batch: readonly IpOperation[],
  cancellation?: Cancellation,
): Promise<readonly OperationResult[]> {
  const lines = batchLines(batch);
  const run = await ip.runBatch(lines.map(({ text }) => `${text}\n`).join(''), cancellation);
  if (E.isLeft(run)) return batch.map(() => failed(run.left));
  const { ending, status, stdout, stderr } = run.right;
  const report = readBatchReport(lines, stdout, stderr);
  const took = tookBy(batch, report);
  const success = (operation: IpOperation, place: number): OperationResult => succeeded(operation, report.before.get(place)?.up, took.get(place));
  if (ending === 'exited' && status === 0) return batch.map(success);

  const look = await observe();
  const result = async (operation: IpOperation, place: number, otherwise: OperationResult): Promise<OperationResult> => {
    const reason = report.failed.get(place);
    if (reason === undefined) return otherwise;
    if (provedByLater(batch, place, report)) return ALREADY;
    return (await withPeer(ip, operation, look)) ?? judge(operation, reason, look);
  };
  const results: OperationResult[] = [];
  if (ending !== 'exited') {
    const error = ending === 'cancelled' ? CANCELLED : ip.failure(BATCH_WORDS, run.right);
    for (const [place, operation] of batch.entries()) results.push(await result(operation, place, afterKill(operation, look, error)));
    return results;
  }
  const end = status !== null && report.complete ? batch.length : reached(batch, report, look);
  for (const [place, operation] of batch.slice(0, end).entries()) results.push(await result(operation, place, success(operation, place)));
  // A batch that broke off stopped at one operation; it must stop no other.
  for (const operation of batch.slice(end)) results.push(await runAlone(ip, observe, operation, cancellation));
  return results;
}

/** How many operations of a batch that broke off have certainly been carried out or refused. */
function reached(batch: readonly IpOperation[], report: BatchReport, look: Look): number {
  const open = batch.findIndex((operation, place) => !report.failed.has(place) && !(E.isRight(look) && isAsAsked(look.right, operation)));
  return open < 0 ? batch.length : open;
}

/**
 * Whether a later operation that succeeded proves that the failed one at `place` found the network as it asked:
 * an address that could be removed was there, one that could be added was not.
 */
function provedByLater(batch: readonly IpOperation[], place: number, report: BatchReport): boolean {
  const operation = batch[place];
  if (operation === undefined || !('address' in operation)) return false;
  const later = batch.findIndex(
    (other, at) =>
      at > place &&
      !report.failed.has(at) &&
      'address' in other &&
      other.interface === operation.interface &&
      sameAddress(other.address, operation.address),
  );
  return later > place && batch[later]?.op !== operation.op;
}

