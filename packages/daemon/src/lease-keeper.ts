/** Keeps the leases of cards' addresses: renews them every third of their time. */
import { type Deed, type Ledger, type MonitorState, type NetworkDriver, type ObservedState, type Plan, formatOperation, planLease, planRelease, withoutLease } from '@fastbypass/core';
import { type Carried, carryOut, deedOf } from './carry-out.js';

/** ms until what failed is tried again. */
const RETRY = 1000;

export class LeaseKeeper {
  /** Whether what stands must be looked through: at a renewal, and after any change. */
  private due = true;
  private timer: NodeJS.Timeout | null = null;
  private failed: readonly string[] = [];

  /** @param onDue a renewal is due */
  constructor(
    private readonly driver: NetworkDriver,
    private readonly onDue: () => void,
  ) {}

  /** Why what was last to be done could not be, in sentences. */
  get failures(): readonly string[] {
    return this.failed;
  }

  problems({ config }: MonitorState, ledger: Ledger, observed: ObservedState): readonly string[] {
    const without = [...withoutLease(config, ledger, observed)];
    return [...this.failed, ...without.map((name) => `cards on ${name} have no lease: promote_secondaries cannot be turned on there, and what expires would take other addresses along`)];
  }

  /** Something changed: what stands may lack its lease, or have one that it needs no more. */
  touch(): void {
    this.due = true;
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Renews what is due, and gives what came of it, for the ledger as it will be then. */
  async keep(state: MonitorState, ledger: Ledger, observed: ObservedState, cancellation: AbortSignal): Promise<readonly Deed[]> {
    if (!this.due) return [];
    this.due = false;
    const { cardLease = 0 } = state.config ?? {};
    const renewal = cardLease === 0 ? Infinity : (cardLease * 1000) / 3;
    this.arm(renewal);
    const deeds = await this.carryOut(planLease(state.config, state.mode.name, ledger, observed), cancellation);
    // What was cut short is come back to at once.
    if (cancellation.aborted) this.due = true;
    if (this.failed.length > 0) this.arm(Math.min(renewal, RETRY));
    return deeds;
  }

  /** Makes permanent what must not expire when nobody is there to renew it, and gives what came of it. */
  release(state: MonitorState, ledger: Ledger, observed: ObservedState): Promise<readonly Deed[]> {
    return this.carryOut(planRelease(state.config, state.mode.name, ledger, observed), new AbortController().signal);
  }

  private async carryOut(plan: Plan, cancellation: AbortSignal): Promise<readonly Deed[]> {
    this.failed = [];
    if (plan.length === 0) return [];
    const carried: Carried[] = [];
    await carryOut(this.driver, plan, cancellation, (stage) => {
      carried.push(...stage);
    });
    this.failed = carried.flatMap(({ step, result }) =>
      result.outcome === 'failed' ? [`the lease of a card is not as it should be: ${formatOperation(step.operation)} fails: ${result.error.message}`] : [],
    );
    return carried.map(deedOf);
  }

  /** @param ms Infinity: not at all */
  private arm(ms: number): void {
    this.stop();
    if (ms === Infinity) return;
    this.timer = setTimeout(() => {
      this.due = true;
      this.onDue();
    }, ms);
  }
}
