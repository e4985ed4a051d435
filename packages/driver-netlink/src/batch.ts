import { type InterfaceName, type ObservedAddress, type Operation, type OperationResult, sameAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { type SeenAddress, readAddress } from './address.js';
import { RTM_DELADDR } from './constants.js';
import type { Message, Verdict } from './message.js';
import type { Sockets } from './netlink-socket.js';
import { observedAddress } from './observed-state.js';
import type { Request } from './operations.js';
import type { PreparedRequests } from './prepared.js';
import type { Resolver, Target } from './resolver.js';
import { ALREADY, DONE, failed, meaningOf, noSuchInterface } from './results.js';
import type { Transactor } from './transactor.js';
import { witnessing } from './witness.js';

export type Removal = Extract<Operation, { readonly op: 'address-del' }>;

/** What became of an operation, as far as the kernel's answer tells. */
export type Finding =
  | { readonly sure: true; readonly result: OperationResult }
  /** What the answer means depends on what is there. Null: it was lost. */
  | { readonly sure: false; readonly verdict: Verdict | null; readonly index: number };

const sure = (result: OperationResult): Finding => ({ sure: true, result });

export interface BatchTools {
  readonly sockets: Sockets;
  readonly transactor: Transactor;
  readonly resolver: Resolver;
  readonly prepared: PreparedRequests;
}

/**
 * Carries out a batch, without waiting.
 *
 * @param operations at most `BATCH`
 * @throws AddonError
 */
export function runBatch({ sockets, transactor, resolver, prepared }: BatchTools, operations: readonly Operation[]): readonly Finding[] {
  const targets = resolver.resolve(operations);
  const requests: Request[] = [];
  for (const operation of operations) {
    const target = targets.get(operation.interface);
    if (target !== undefined && E.isRight(target) && target.right !== null) requests.push({ operation, index: target.right.index });
  }
  const removed = requests.map((): SeenAddress[] => []);
  const ask = (): readonly (Verdict | null)[] => (requests.length === 0 ? [] : transactor.ask(requests, (writer, sequence, request) => prepared.write(writer, sequence, request), noteRemoved(removed)));
  const isWitnessed = requests.some(({ operation }) => operation.op === 'link-down');
  const { value: answers, dropped } = isWitnessed ? witnessing(sockets, ask) : { value: ask(), dropped: null };

  const states = new Map<InterfaceName, Target>();
  let place = 0;
  return operations.map((operation): Finding => {
    const { interface: name } = operation;
    const target = targets.get(name);
    if (target !== undefined && E.isLeft(target)) return sure(failed(target.left));
    const link = target?.right ?? null;
    if (link === null) return sure(noSuchInterface(name));
    const gone = removed[place] ?? [];
    const verdict = answers[place++] ?? null;
    if (verdict === null) return { sure: false, verdict, index: link.index };
    if (verdict.errno !== 0) {
      const result = meaningOf(operation, verdict);
      return result === null ? { sure: false, verdict, index: link.index } : sure(result);
    }
    if (operation.op === 'address-add') return sure(DONE);
    if (operation.op === 'address-del') return sure({ outcome: 'done', took: besides(operation, gone) });
    const [result, after] = linkChanged(operation.op, states.get(name) ?? link);
    states.set(name, after);
    if (operation.op !== 'link-down' || result.outcome !== 'done' || dropped === null) return sure(result);
    return sure({ outcome: 'done', took: (dropped.get(link.index) ?? []).map((seen) => observedAddress(name, seen)) });
  });
}

/** Changes are answered by verdicts alone; what else the kernel tells of one is noted by its place. */
export const noteRemoved =
  (removed: readonly SeenAddress[][]) =>
  (message: Message, place: number): null => {
    const seen = message.type === RTM_DELADDR ? readAddress(message) : null;
    if (seen !== null) removed[place]?.push(seen);
    return null;
  };

/** What a removal has taken away besides the address that it names. */
export const besides = ({ interface: name, address }: Removal, removed: readonly SeenAddress[]): readonly ObservedAddress[] =>
  removed.filter((seen) => !sameAddress(seen.address, address)).map((seen) => observedAddress(name, seen));

/** The kernel agrees too where a link is already as it is to be, so what it was is carried along. */
function linkChanged(op: 'link-up' | 'link-down' | 'promote-secondaries', before: Target): readonly [OperationResult, Target] {
  if (op === 'promote-secondaries') return [before.promoteSecondaries === true ? ALREADY : DONE, { ...before, promoteSecondaries: true }];
  const up = op === 'link-up';
  return [before.up === up ? ALREADY : DONE, { ...before, up }];
}
