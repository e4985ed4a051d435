import type { InterfaceName, Operation, OperationResult } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { Link } from './link.js';
import { type Verdict } from './message.js';
import { type Request, writeOperation } from './operations.js';
import { resolve } from './resolve.js';
import { ALREADY, DONE, failed, meaningOf, noSuchInterface } from './results.js';
import type { Transactor } from './transactor.js';

/** What became of an operation, as far as the kernel's answer tells. */
export type Finding =
  | { readonly sure: true; readonly result: OperationResult }
  /** What the answer means depends on what is there. Null: it was lost. */
  | { readonly sure: false; readonly verdict: Verdict | null; readonly index: number };

const sure = (result: OperationResult): Finding => ({ sure: true, result });

/**
 * Carries out a batch: two exchanges with the kernel, without waiting.
 *
 * @param operations at most `BATCH`
 * @throws AddonError
 */
export function runBatch(transactor: Transactor, operations: readonly Operation[]): readonly Finding[] {
  const links = resolve(transactor, new Set(operations.map((operation) => operation.interface)));
  const requests: Request[] = [];
  for (const operation of operations) {
    const link = linkOf(links, operation.interface);
    if (link !== null) requests.push({ operation, index: link.index });
  }
  const answers = requests.length === 0 ? [] : transactor.ask(requests, writeOperation, unexpected);

  const states = new Map<InterfaceName, LinkState>();
  let place = 0;
  return operations.map((operation): Finding => {
    const { interface: name } = operation;
    const resolved = links.get(name);
    if (resolved === undefined || (E.isRight(resolved) && resolved.right === null)) return sure(noSuchInterface(name));
    if (E.isLeft(resolved)) return sure(failed(resolved.left));
    const link = resolved.right;
    if (link === null) return sure(noSuchInterface(name));
    const verdict = answers[place++] ?? null;
    if (verdict === null) return { sure: false, verdict, index: link.index };
    if (verdict.errno === 0) {
      const [result, after] = succeeded(operation, states.get(name) ?? link);
      states.set(name, after);
      return sure(result);
    }
    const result = meaningOf(operation, verdict);
    return result === null ? { sure: false, verdict, index: link.index } : sure(result);
  });
}

function linkOf(links: ReturnType<typeof resolve>, name: InterfaceName): Link | null {
  const resolved = links.get(name);
  return resolved !== undefined && E.isRight(resolved) ? resolved.right : null;
}

/** Changes are answered by verdicts alone. */
const unexpected = (): null => null;

type LinkState = Pick<Link, 'up' | 'promoteSecondaries'>;

/** The kernel agrees too where a link is already as it is to be, so what it was is carried along. */
function succeeded(operation: Operation, before: LinkState): readonly [OperationResult, LinkState] {
  switch (operation.op) {
    case 'address-add':
    case 'address-del':
      return [DONE, before];
    case 'link-up':
    case 'link-down': {
      const up = operation.op === 'link-up';
      return [before.up === up ? ALREADY : DONE, { ...before, up }];
    }
    case 'promote-secondaries':
      return [before.promoteSecondaries ? ALREADY : DONE, { ...before, promoteSecondaries: true }];
  }
}
