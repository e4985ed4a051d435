import type { Cancellation, InterfaceName, Operation, OperationResult } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { runAlone } from './apply-alone.js';
import { runBatch } from './apply-batch.js';
import type { IpCommand } from './ip-command.js';
import type { Observe } from './observe.js';
import { type IpOperation, fitsBatch, mayBeIndex, wordsOf } from './operation-words.js';
import { ALREADY, CANCELLED, DONE, failed } from './outcome.js';
import { CLOSED } from './processes.js';
import type { Promotion } from './promotion.js';

export interface Tools {
  readonly ip: IpCommand;
  readonly promotion: Promotion;
  readonly observe: Observe;
}

/** Carries out `operations` in their order, as many as possible in one run of `ip`. */
export async function applyOperations(
  { ip, promotion, observe }: Tools,
  operations: readonly Operation[],
  cancellation?: Cancellation,
): Promise<readonly OperationResult[]> {
  const results: OperationResult[] = [];
  for (const step of stepsOf(operations)) {
    const stop = ip.processes.closed ? CLOSED : cancellation?.aborted === true ? CANCELLED : null;
    if (stop !== null) return [...results, ...operations.slice(results.length).map(() => failed(stop))];
    switch (step.by) {
      case 'batch':
        results.push(...(await runBatch(ip, observe, step.operations, cancellation)));
        break;
      case 'own-run':
        results.push(await runAlone(ip, observe, step.operation, cancellation));
        break;
      case 'promotion': {
        const turned = await promotion.turnOn(step.name);
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
