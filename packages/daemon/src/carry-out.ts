/** Takes a plan to a driver, in stages: an operation that needs another one's success waits for its result. */
import { type Cancellation, type Deed, type Ledger, type NetworkDriver, type ObservedState, type OperationResult, type Plan, type Step, record } from '@fastbypass/core';

/** A step that was begun, and what came of it. */
export interface Carried {
  readonly step: Step;
  readonly result: OperationResult;
}

/**
 * @param cancellation once aborted, the running operation ends and no other is begun
 * @param onStage is told what each stage has carried out, before the next one begins
 * @returns by position in the plan; null where an operation was not begun
 */
export async function carryOut(
  driver: NetworkDriver,
  plan: Plan,
  cancellation: Cancellation,
  onStage: (carried: readonly Carried[]) => void = () => undefined,
): Promise<readonly (OperationResult | null)[]> {
  const results: (OperationResult | null)[] = plan.map(() => null);
  for (let begin = 0; begin < plan.length && !cancellation.aborted; ) {
    const stage: number[] = [];
    let at = begin;
    for (; at < plan.length && !plan[at]?.needs.some((need) => stage.includes(need)); at++) {
      if (plan[at]?.needs.every((need) => results[need]?.outcome !== 'failed' && results[need] !== null) === true) stage.push(at);
    }
    begin = at;
    onStage(await carryOutStage(driver, plan, stage, results, cancellation));
  }
  return results;
}

async function carryOutStage(
  driver: NetworkDriver,
  plan: Plan,
  stage: readonly number[],
  results: (OperationResult | null)[],
  cancellation: Cancellation,
): Promise<readonly Carried[]> {
  const operations = stage.flatMap((position) => plan[position]?.operation ?? []);
  const outcomes = await driver.apply(operations, cancellation)();
  const carried: Carried[] = [];
  for (const [place, position] of stage.entries()) {
    const step = plan[position];
    const result = outcomes[place];
    if (step === undefined || result === undefined) continue;
    if (result.outcome === 'failed' && result.error.kind === 'cancelled') continue;
    results[position] = result;
    carried.push({ step, result });
  }
  return carried;
}

/** For the ledger. */
export const deedOf = ({ step, result }: Carried): Deed => ({
  operation: step.operation,
  purpose: step.purpose,
  outcome: result.outcome,
  ...(result.outcome === 'done' && result.took !== undefined && { took: result.took }),
});

/** The ledger as it will be if all of the plan succeeds: what must be on record before anything is taken away. */
export const afterSuccess = (plan: Plan, ledger: Ledger, observed: ObservedState): Ledger =>
  record(
    ledger,
    plan.map((step) => ({ ...step, outcome: 'done' })),
    observed,
  );
