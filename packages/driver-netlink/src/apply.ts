import type { Cancellation, Operation, OperationResult } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { setImmediate } from 'node:timers/promises';
import { type BatchTools, runBatch } from './batch.js';
import type { Observe } from './observe.js';
import { CANCELLED, CLOSED, failed, unavailable } from './results.js';
import { settle } from './settle.js';
import { BATCH } from './transactor.js';

export interface Tools extends BatchTools {
  readonly observe: Observe;
  readonly isClosed: () => boolean;
}

/**
 * Carries out `operations` in their order. The first batch is carried out before this returns for the first time; between
 * batches the event loop has its turn.
 */
export async function applyOperations(tools: Tools, operations: readonly Operation[], cancellation?: Cancellation): Promise<readonly OperationResult[]> {
  const results: OperationResult[] = [];
  while (results.length < operations.length) {
    if (results.length > 0) await setImmediate();
    const stop = tools.isClosed() ? CLOSED : cancellation?.aborted === true ? CANCELLED : null;
    if (stop !== null) return [...results, ...operations.slice(results.length).map(() => failed(stop))];
    results.push(...(await applyBatch(tools, operations.slice(results.length, results.length + BATCH))));
  }
  return results;
}

async function applyBatch(tools: Tools, batch: readonly Operation[]): Promise<readonly OperationResult[]> {
  const begun = E.tryCatch(
    () => runBatch(tools, batch),
    unavailable,
  );
  if (E.isLeft(begun)) return batch.map(() => failed(begun.left));
  const findings = begun.right;
  if (findings.every((finding) => finding.sure)) return findings.map(({ result }) => result);
  const look = await tools.observe();
  return batch.map((_, place) => settle(tools.transactor, batch, findings, place, look));
}
