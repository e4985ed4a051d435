/**
 * Makes the network as a mode asks, without the daemon:
 *
 * ```
 *   look, plan      all is so: done           the time is over: said what is not so
 *   carry out       what it takes to undo it is on record before anything is taken away
 *   pause, again    until a look needs no operation
 * ```
 */
import { type Config, type Ledger, type NetworkDriver, type ObservedState, type OperationResult, type Plan, record } from '@fastbypass/core';
import { type Carried, type Persistence, afterSuccess, carryOut, deedOf } from '@fastbypass/daemon';
import * as E from 'fp-ts/lib/Either.js';
import { setTimeout } from 'node:timers/promises';
import { type ForcedMode, type Outlook, operationText, outlook } from './outlook.js';
import type { Teller } from './teller.js';

/** ms between two rounds: none before the first look at what was done, then doubling while something fails. */
const PAUSE = { first: 100, most: 1000 } as const;

export interface Enforcement {
  readonly mode: ForcedMode;
  readonly config: Config;
  readonly driver: NetworkDriver;
  readonly ledger: Ledger;
  readonly persistence: Pick<Persistence, 'beforeRemoval' | 'save'>;
  readonly teller: Teller;
  /** ms for all of it; a round that has begun ends. */
  readonly limit: number;
}

export interface Enforced {
  /** Operations that changed something. */
  readonly changes: number;
  /** What is not as the mode asks; empty: the kernel agrees. */
  readonly unmet: readonly string[];
  /** It lacks the permission, and trying again cannot help. */
  readonly notPermitted: boolean;
}

export async function enforce(enforcement: Enforcement): Promise<Enforced> {
  const { mode, config, driver, persistence, teller, limit } = enforcement;
  const end = performance.now() + limit;
  let { ledger } = enforcement;
  let changes = 0;
  for (let pause = 0; ; pause = Math.min(Math.max(PAUSE.first, 2 * pause), PAUSE.most)) {
    const seen = await driver.observe();
    const over = performance.now() >= end;
    let failing = true;
    if (E.isLeft(seen)) {
      const notPermitted = seen.left.kind === 'not-permitted';
      if (over || notPermitted) return { changes, notPermitted, unmet: [`the network cannot be seen: ${seen.left.message}`] };
    } else {
      const found = outlook(mode, config, ledger, seen.right);
      ledger = found.ledger;
      if (found.plan.length === 0) persistence.save(ledger);
      if (over || isSo(found)) return { changes, notPermitted: false, unmet: unmetOf(found) };
      if (found.plan.length === 0) teller.waiting(found.unmet);
      const carried = await carryOutOnRecord(enforcement, found, seen.right);
      ledger = record(ledger, carried.done.map(deedOf), seen.right);
      persistence.save(ledger);
      await teller.operations(found.plan, carried.results);
      changes += carried.results.filter((result) => result?.outcome === 'done').length;
      failing = found.plan.length === 0 || carried.results.some((result) => result?.outcome === 'failed');
      if (isRefusedAltogether(found.plan, carried.results)) return { changes, notPermitted: true, unmet: unmetOf(found) };
    }
    await setTimeout(failing ? pause : Math.min(pause, PAUSE.first));
  }
}

const isSo = ({ plan, unmet }: Outlook): boolean => plan.length === 0 && unmet.length === 0;

/** An operation that is still needed is unmet too, even if no sentence speaks of it. */
const unmetOf = ({ plan, unmet }: Outlook): readonly string[] =>
  unmet.length > 0 ? unmet : plan.map(({ operation }) => `still to be done: ${operationText(operation)}`);

/** Promotion may be forbidden (a /proc/sys that cannot be written) to who may do all else; the next plan does without. */
function isRefusedAltogether(plan: Plan, results: readonly (OperationResult | null)[]): boolean {
  const begun = results.filter((result, position) => result !== null && plan[position]?.operation.op !== 'promote-secondaries');
  return begun.length > 0 && begun.every((result) => result?.outcome === 'failed' && result.error.kind === 'not-permitted');
}

interface CarriedOut {
  readonly done: readonly Carried[];
  readonly results: readonly (OperationResult | null)[];
}

async function carryOutOnRecord({ driver, persistence }: Enforcement, { plan, ledger }: Outlook, observed: ObservedState): Promise<CarriedOut> {
  if (plan.length === 0) return { done: [], results: [] };
  persistence.beforeRemoval(afterSuccess(plan, ledger, observed));
  const done: Carried[] = [];
  const results = await carryOut(driver, plan, new AbortController().signal, (carried) => done.push(...carried));
  return { done, results };
}
