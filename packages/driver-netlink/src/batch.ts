import type { InterfaceName, Operation, OperationResult } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { Verdict } from './message.js';
import { type Request, writeOperation } from './operations.js';
import type { Resolver, Target } from './resolver.js';
import { ALREADY, DONE, failed, meaningOf, noSuchInterface } from './results.js';
import type { Transactor } from './transactor.js';

/** What became of an operation, as far as the kernel's answer tells. */
export type Finding =
  | { readonly sure: true; readonly result: OperationResult }
  /** What the answer means depends on what is there. Null: it was lost. */
  | { readonly sure: false; readonly verdict: Verdict | null; readonly index: number };

const sure = (result: OperationResult): Finding => ({ sure: true, result });

/**
 * Carries out a batch, without waiting.
 *
 * @param operations at most `BATCH`
 * @throws AddonError
 */
export function runBatch(transactor: Transactor, resolver: Resolver, operations: readonly Operation[]): readonly Finding[] {
  const targets = resolver.resolve(operations);
  const requests: Request[] = [];
  for (const operation of operations) {
    const target = targets.get(operation.interface);
    if (target !== undefined && E.isRight(target) && target.right !== null) requests.push({ operation, index: target.right.index });
  }
  const answers = requests.length === 0 ? [] : transactor.ask(requests, writeOperation, unexpected);

  const states = new Map<InterfaceName, Target>();
  let place = 0;
  return operations.map((operation): Finding => {
    const { interface: name } = operation;
    const target = targets.get(name);
    if (target !== undefined && E.isLeft(target)) return sure(failed(target.left));
    const link = target?.right ?? null;
    if (link === null) return sure(noSuchInterface(name));
    const verdict = answers[place++] ?? null;
    if (verdict === null) return { sure: false, verdict, index: link.index };
    if (verdict.errno !== 0) {
      const result = meaningOf(operation, verdict);
      return result === null ? { sure: false, verdict, index: link.index } : sure(result);
    }
    if ('address' in operation) return sure(DONE);
    const [result, after] = linkChanged(operation.op, states.get(name) ?? link);
    states.set(name, after);
    return sure(result);
  });
}

/** Changes are answered by verdicts alone. */
const unexpected = (): null => null;

/** The kernel agrees too where a link is already as it is to be, so what it was is carried along. */
function linkChanged(op: 'link-up' | 'link-down' | 'promote-secondaries', before: Target): readonly [OperationResult, Target] {
  if (op === 'promote-secondaries') return [before.promoteSecondaries === true ? ALREADY : DONE, { ...before, promoteSecondaries: true }];
  const up = op === 'link-up';
  return [before.up === up ? ALREADY : DONE, { ...before, up }];
}
