import {
  type Cancellation,
  type DriverError,
  type InterfaceName,
  type ObservedState,
  type Operation,
  type OperationResult,
  formatOperation,
  sameAddress,
} from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { type BatchReport, readBatchReport } from './batch-report.js';
import { type IpCommand, refusalOf } from './ip-command.js';
import type { Observe } from './observe.js';
import { type IpOperation, deletionWithPeer, fitsBatch, mayBeIndex, wordsOf } from './operation-words.js';
import { CLOSED, type Finished } from './processes.js';
import type { Promotion } from './promotion.js';

export interface Tools {
  readonly ip: IpCommand;
  readonly promotion: Promotion;
  readonly observe: Observe;
}

type Look = E.Either<DriverError, ObservedState>;

const BATCH_WORDS = ['-force', '-batch', '-'];

const DONE: OperationResult = { outcome: 'done' };
const ALREADY: OperationResult = { outcome: 'already' };
const CANCELLED: DriverError = { kind: 'cancelled', message: 'The caller cancelled before this operation was begun.' };

const failed = (error: DriverError): OperationResult => ({ outcome: 'failed', error });

const noSuchInterface = (name: InterfaceName): OperationResult =>
  failed({ kind: 'no-such-interface', interface: name, message: `There is no interface ${name}.` });

/**
 * Carries out `operations` in their order, as many as possible in one run of `ip`.
 *
 * A batch tells no more than which lines failed and in what words, and the words change from version to version. So
 * what became of an operation that failed is decided by looking at the network again.
 */
export async function applyOperations(
  tools: Tools,
  operations: readonly Operation[],
  cancellation?: Cancellation,
): Promise<readonly OperationResult[]> {
  const results: OperationResult[] = [];
  for (const step of stepsOf(operations)) {
    const stop = tools.ip.processes.closed ? CLOSED : cancellation?.aborted === true ? CANCELLED : null;
    if (stop !== null) return [...results, ...operations.slice(results.length).map(() => failed(stop))];
    switch (step.by) {
      case 'batch':
        results.push(...(await runBatch(tools, step.operations, cancellation)));
        break;
      case 'own-run':
        results.push(await runAlone(tools, step.operation, cancellation));
        break;
      case 'promotion': {
        const turned = await tools.promotion.turnOn(step.name);
        results.push(E.isLeft(turned) ? failed(turned.left) : turned.right ? DONE : ALREADY);
      }
    }
  }
  return results;
}

type Step =
  | { readonly by: 'batch'; readonly operations: readonly IpOperation[] }
  | { readonly by: 'own-run'; readonly operation: IpOperation }
  | { readonly by: 'promotion'; readonly name: InterfaceName };

/** Neighbours share a batch, unless one of them cannot stand in a batch. */
function stepsOf(operations: readonly Operation[]): readonly Step[] {
  const steps: Step[] = [];
  let batch: IpOperation[] = [];
  const endBatch = (): void => {
    if (batch.length > 0) steps.push({ by: 'batch', operations: batch });
    batch = [];
  };
  for (const operation of operations) {
    if (operation.op === 'promote-secondaries') {
      endBatch();
      steps.push({ by: 'promotion', name: operation.interface });
    } else if (mayBeIndex(operation.interface) || !fitsBatch(wordsOf(operation))) {
      endBatch();
      steps.push({ by: 'own-run', operation });
    } else {
      batch.push(operation);
    }
  }
  endBatch();
  return steps;
}

// -------------------------------------------------------------------------------------
// one operation by itself
// -------------------------------------------------------------------------------------

async function runAlone(tools: Tools, operation: IpOperation, cancellation?: Cancellation): Promise<OperationResult> {
  const { ip, observe } = tools;
  if (cancellation?.aborted === true) return failed(CANCELLED);
  if (mayBeIndex(operation.interface)) {
    const look = await observe();
    if (E.isLeft(look)) return failed(look.left);
    if (!look.right.has(operation.interface)) return noSuchInterface(operation.interface);
  }
  const words = wordsOf(operation);
  const run = await ip.run(words, { cancellation });
  if (E.isLeft(run)) return failed(run.left);
  if (run.right.ending === 'exited' && run.right.status === 0) return DONE;
  const look = await observe();
  if (run.right.ending !== 'exited') return afterKill(operation, look, ip.failure(words, run.right));
  return judge(tools, operation, run.right.stderr, look);
}

/** What became of an operation that `ip` called failed, in the words `reason`, when the network looks like `look`. */
async function judge({ ip }: Tools, operation: IpOperation, reason: string, look: Look): Promise<OperationResult> {
  const refusal = failed(refusalOf(formatOperation(operation), reason));
  if (E.isLeft(look)) return refusal;
  if (!look.right.has(operation.interface)) return noSuchInterface(operation.interface);
  if (isAsAsked(look.right, operation)) return ALREADY;
  const peer = operation.op === 'address-del' ? peerOf(look.right, operation) : undefined;
  if (operation.op !== 'address-del' || peer === undefined) return refusal;
  const again = await ip.run(deletionWithPeer(operation.address, peer.address, operation.interface));
  if (E.isLeft(again)) return failed(again.left);
  if (again.right.ending !== 'exited') return failed(ip.failure(wordsOf(operation), again.right));
  return again.right.status === 0 ? DONE : failed(refusalOf(formatOperation(operation), again.right.stderr));
}

/** What became of an operation that a killed `ip` may or may not have carried out. */
function afterKill(operation: IpOperation, look: Look, error: DriverError): OperationResult {
  return E.isRight(look) && isAsAsked(look.right, operation) ? DONE : failed(error);
}

function isAsAsked(state: ObservedState, operation: IpOperation): boolean {
  const it = state.get(operation.interface);
  if (it === undefined) return false;
  switch (operation.op) {
    case 'address-add':
      return it.addresses.some((other) => sameAddress(other, operation.address));
    case 'address-del':
      return !it.addresses.some((other) => sameAddress(other, operation.address));
    case 'link-up':
      return it.up;
    case 'link-down':
      return !it.up;
  }
}

const peerOf = (state: ObservedState, { interface: name, address }: Operation & { op: 'address-del' }): typeof address | undefined =>
  state.get(name)?.addresses.find((other) => sameAddress(other, address))?.attributes.peer;

// -------------------------------------------------------------------------------------
// a batch
// -------------------------------------------------------------------------------------

async function runBatch(tools: Tools, batch: readonly IpOperation[], cancellation?: Cancellation): Promise<readonly OperationResult[]> {
  const { ip, observe } = tools;
  const input = batch.map((operation) => `${wordsOf(operation).join(' ')}\n`).join('');
  const run = await ip.run(BATCH_WORDS, { input, cancellation });
  if (E.isLeft(run)) return batch.map(() => failed(run.left));
  if (run.right.ending === 'exited' && run.right.status === 0) return batch.map(() => DONE);

  const report = readBatchReport(run.right.stderr);
  const look = await observe();
  const judgeLine = async (place: number, otherwise: OperationResult): Promise<OperationResult> => {
    const operation = batch[place];
    const reason = report.failed.get(place + 1);
    if (operation === undefined || reason === undefined) return otherwise;
    return provedByLater(batch, place, report) ? ALREADY : judge(tools, operation, reason, look);
  };
  const results: OperationResult[] = [];
  const { ending } = run.right;
  if (ending !== 'exited') {
    const error = ending === 'cancelled' ? CANCELLED : ip.failure(BATCH_WORDS, run.right);
    for (const [place, operation] of batch.entries()) results.push(await judgeLine(place, afterKill(operation, look, error)));
    return results;
  }
  const end = wentThrough(run.right, report) ? batch.length : reached(batch, report, look);
  for (let place = 0; place < end; place++) results.push(await judgeLine(place, DONE));
  // A batch that broke off stopped at one operation; it must stop no other.
  for (const operation of batch.slice(end)) results.push(await runAlone(tools, operation, cancellation));
  return results;
}

/** Whether `ip` came to the end of its batch: then it failed for the sake of lines that it named, and said no more. */
const wentThrough = ({ status }: Finished, { failed: lines, trailing }: BatchReport): boolean =>
  status !== null && lines.size > 0 && trailing === '';

/** How many operations of a batch that broke off have certainly been carried out or refused. */
function reached(batch: readonly IpOperation[], report: BatchReport, look: Look): number {
  const open = batch.findIndex((operation, place) => !report.failed.has(place + 1) && !(E.isRight(look) && isAsAsked(look.right, operation)));
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
      !report.failed.has(at + 1) &&
      'address' in other &&
      other.interface === operation.interface &&
      sameAddress(other.address, operation.address),
  );
  return later > place && batch[later]?.op !== operation.op;
}
