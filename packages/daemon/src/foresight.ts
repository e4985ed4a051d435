/**
 * A plan that is made before it is asked for.
 *
 * A plan is made of values alone. So one that was made ahead is the very plan that would be made later, as long as it would be made
 * of the same values; of others it is made anew.
 */
import {
  type Config,
  type DesiredState,
  type Ledger,
  type ListenerConfig,
  type ObservedState,
  type Operation,
  type Plan,
  asksTheSame,
  forgetRemoved,
  learn,
  operationsOf,
  planListenerAddresses,
  planManaged,
} from '@fastbypass/core';
import { afterSuccess } from './carry-out.js';

/** All that plans are made of. */
export interface Ground {
  readonly config: Config | null;
  readonly desired: DesiredState;
  /** Those whose addresses are to be there. */
  readonly listeners: readonly ListenerConfig[];
  readonly ledger: Ledger;
  readonly observed: ObservedState;
}

/** What follows from a ground on which listeners' addresses ask for nothing. */
export interface Prospect {
  /** With what the ground has taught. */
  readonly ledger: Ledger;
  readonly plan: Plan;
  readonly operations: readonly Operation[];
  /** As it will be if all of the plan succeeds. */
  readonly after: Ledger;
}

export const learnedOn = ({ config, desired, ledger, observed }: Ground): Ledger => learn(forgetRemoved(ledger, observed), config, desired, observed);

export class Foresight {
  private ground: Ground | null = null;
  private prospect: Prospect | null = null;
  /** ms that it took to make the last one. */
  private cost = 0;

  /**
   * @param limit ms; where the last one took longer than that to make, none is made
   * @returns null: none, or listeners' addresses come first
   */
  foresee(ground: Ground, limit = Infinity): Prospect | null {
    if (!this.isOn(ground) && this.cost <= limit) {
      const begun = performance.now();
      this.prospect = prospectOn(ground);
      this.ground = ground;
      this.cost = performance.now() - begun;
    }
    return this.recall(ground);
  }

  /** What was foreseen for this very ground. */
  recall(ground: Ground): Prospect | null {
    return this.isOn(ground) ? this.prospect : null;
  }

  private isOn({ config, desired, listeners, ledger, observed }: Ground): boolean {
    const it = this.ground;
    if (it === null || it.config !== config || it.ledger !== ledger || it.observed !== observed) return false;
    return listeners.length === it.listeners.length && listeners.every((listener, place) => listener === it.listeners[place]) && asksTheSame(desired, it.desired);
  }
}

function prospectOn(ground: Ground): Prospect | null {
  const { desired, listeners, observed } = ground;
  const ledger = learnedOn(ground);
  if (planListenerAddresses(listeners, ledger, observed).length > 0) return null;
  const plan = planManaged(desired, ledger, observed);
  return { ledger, plan, operations: operationsOf(plan), after: afterSuccess(plan, ledger, observed) };
}
