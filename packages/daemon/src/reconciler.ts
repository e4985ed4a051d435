/**
 * Makes the network as it should be, and keeps it so.
 *
 * ```
 *   look     observe the network (a dump), learn from it            put off while changes come in; skipped where there are none, cut short by a decision
 *   act      plan on what is known, carry the plan out, record      a newer decision cuts it short
 *   again    until a fresh look needs no operation, or all that is needed waits for its next try
 * ```
 *
 * One pass runs at a time. A decision is planned on what is known, at once; only where somebody has just changed
 * something it waits a moment for a look of its own. It is looked at afterwards. The plan is made anew from the state each time, so an order that was dropped is not lost.
 */
import {
  type DesiredState,
  type Difference,
  type DriverError,
  type InterfaceName,
  type Ledger,
  type Listener,
  type ListenerId,
  type MonitorState,
  type NetworkDriver,
  type ObservedState,
  type OperationResult,
  type Place,
  type Plan,
  afterDeeds,
  desiredState,
  differences,
  isLaunched,
  planListenerAddresses,
  planManaged,
  record,
  sameNetwork,
  sparingLowerDevices,
  unmetDesires,
} from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { Attempts } from './attempts.js';
import { REPAIR_BACKOFF, pauseAfter } from './backoff.js';
import { type Carried, afterSuccess, carryOut, deedOf } from './carry-out.js';
import { type Ground, Foresight, learnedOn } from './foresight.js';
import { LeaseKeeper } from './lease-keeper.js';
import { type LookoutHooks, Lookout } from './lookout.js';
import { type MakeWay, shared } from './right-of-way.js';

/** ms that a decision waits at most for a look where somebody has just changed something. */
const HASTE = 50;

export interface ReconcilerHooks extends Pick<LookoutHooks, 'onWatch'> {
  readonly now: () => number;
  /** Of what can wait. */
  readonly makeWay: MakeWay;
  /** The state as it was last decided. */
  readonly state: () => MonitorState;
  /** Listeners as they are now. */
  readonly listeners: () => readonly Listener[];
  /** A plan is about to be carried out; `ledger` as it will be if all of it succeeds. */
  readonly onBegin: (plan: Plan, ledger: Ledger) => void;
  /**
   * A plan was carried out, wholly or in part: null where an operation was not begun.
   * `tookMs`: from the decision, or from when a change was seen, to the last answer.
   */
  readonly onPlan: (plan: Plan, results: readonly (OperationResult | null)[], tookMs: number) => void;
  readonly onLedger: (ledger: Ledger) => void;
  /** Somebody else changed these interfaces. */
  readonly onForeignChange: (differing: ReadonlyMap<InterfaceName, ReadonlySet<Difference>>) => void;
  /** All that can be done at once has been done. */
  readonly onIdle: () => void;
  /** The network has been seen for the first time, later than at the beginning. */
  readonly onFirstSight: () => void;
}

export class Reconciler {
  private known: ObservedState | null = null;
  private memory: Ledger;
  /** What is known may be out of date: somebody has just changed something. */
  private stale = true;
  /** Nobody has, but what is known is to be verified. */
  private resync = false;
  /** A decision has been taken that no plan was made for yet. */
  private hasty = false;
  /** Operations are under way: what is known is about to change. */
  private carrying = false;
  private wanted = false;
  private running: Promise<void> | null = null;
  private interrupt = new AbortController();
  private launching: ReadonlySet<ListenerId> = new Set();
  /** The instant of the decision or change that no plan has answered yet. */
  private askedAt: number | null = null;
  /** Whether all was as desired since the last decision: what is done from then on is repair. */
  private repairing = false;
  private begun = false;
  private stopped = false;
  private lookFailures = 0;
  private lookFailure: DriverError | null = null;
  private retryTimer: NodeJS.Timeout | null = null;
  private retryAt = Infinity;
  private waiters: (() => void)[] = [];
  private readonly foresight = new Foresight();
  private readonly attempts: Attempts;
  private readonly leases: LeaseKeeper;
  private readonly lookout: Lookout;
  /** Gets ready for the other mode, which holds the loop up for 20 ms where a plan has 2000 operations. */
  private readonly foreseeTurn: () => Promise<void>;

  constructor(
    private readonly driver: NetworkDriver,
    ledger: Ledger,
    private readonly dryRun: boolean,
    private readonly hooks: ReconcilerHooks,
  ) {
    this.memory = ledger;
    this.attempts = new Attempts(hooks.now);
    this.leases = new LeaseKeeper(driver, () => {
      this.wake();
    });
    this.lookout = new Lookout(driver, {
      onDoubt: () => {
        this.stale = true;
        this.wake();
      },
      onResync: () => {
        this.resync = true;
        this.wake();
      },
      onWatch: hooks.onWatch,
    });
    this.foreseeTurn = shared(hooks.makeWay, () => {
      const { mode } = hooks.state();
      // What is being done may change the ground; afterwards there is another occasion.
      if (mode.name === 'unknown' || this.running !== null) return;
      this.foresee({ ...hooks.state(), mode: { ...mode, name: mode.name === 'bypass' ? 'normal' : 'bypass' } });
    });
  }

  // -------------------------------------------------------------------------------------
  // what others see
  // -------------------------------------------------------------------------------------

  /** The network as last seen, or as it must be after what was done since; null before the first look. */
  get observed(): ObservedState | null {
    return this.known;
  }

  /** A decision or its operations are under way. */
  get isBusy(): boolean {
    return this.hasty || this.carrying;
  }

  get ledger(): Ledger {
    return this.memory;
  }

  /** What keeps the network from being as desired, in sentences. Empty: it has converged. */
  unmet(): readonly string[] {
    if (this.known === null) return [`the network has not been seen yet${this.lookFailure === null ? '' : `: ${this.lookFailure.message}`}`];
    const state = this.hooks.state();
    const desired = wishesOf(state, this.known);
    const unmet = unmetDesires(state, desired, this.memory, this.known);
    if (this.carrying && unmet.length === 0) return ['operations are being carried out'];
    return this.lookFailure === null ? unmet : [...unmet, `the network cannot be seen: ${this.lookFailure.message}`];
  }

  /** Why an address could not be added of late; null where nothing is known against it. */
  whyNotAdded(place: Place): string | null {
    return this.attempts.whyNotAdded(place);
  }

  problems(): readonly string[] {
    return [...this.attempts.problems(), ...this.leases.problems(this.hooks.state(), this.memory, this.known ?? new Map())];
  }

  // -------------------------------------------------------------------------------------
  // what moves it
  // -------------------------------------------------------------------------------------

  /** Begins to watch and to look; resolves after the first look, however it went. */
  async begin(): Promise<void> {
    await this.lookout.begin();
    await this.look();
    this.begun = true;
  }

  /**
   * Gets ready for a state that may be decided: makes the plan for it and prepares the driver. Code and memory that have lain idle for days
   * are slow to wake, too: what was gone through a moment ago takes a third of the time.
   *
   * @param limit ms that a plan may take to make
   */
  foresee(state: MonitorState, limit = Infinity): void {
    if (this.known === null || this.stopped) return;
    const prospect = this.foresight.foresee(this.groundOf(state, this.known), limit);
    if (prospect !== null && !this.dryRun) this.driver.prepare?.(prospect.operations);
  }

  /** A decision was taken: it is carried out at once, whatever is running. */
  decided(): void {
    this.attempts.reset();
    this.repairing = false;
    this.leases.touch();
    this.askedAt = this.hooks.now();
    this.hasty = true;
    if (this.running !== null) this.interrupt.abort();
    this.wake();
  }

  /** Something changed that asks nothing new of cards and interfaces, perhaps of listeners' addresses. */
  reconsider(): void {
    this.wake();
  }

  /** The configuration changed: what is to be remembered with it. */
  replaceLedger(change: (ledger: Ledger) => Ledger): void {
    this.memory = change(this.memory);
    this.leases.touch();
    this.hooks.onLedger(this.memory);
  }

  /** Puts the addresses of listeners there that are about to be bound; resolves when that was tried. */
  async prepare(launching: ReadonlySet<ListenerId>): Promise<void> {
    if (this.stopped) return;
    this.launching = launching;
    const acted = new Promise<void>((resolve) => this.waiters.push(resolve));
    this.wake();
    await acted;
    this.launching = new Set();
  }

  /** Resolves when all that can be done at once has been done, at the latest after `limit` ms. */
  async quiet(limit: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limit);
    });
    await Promise.race([this.running ?? Promise.resolve(), expired]);
    clearTimeout(timer);
  }

  /** Ends the running operation and begins no other, but that leases become permanent. Resolves to why one did not, in sentences. */
  async stop(): Promise<readonly string[]> {
    this.stopped = true;
    this.interrupt.abort();
    this.lookout.stop();
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    await this.running;
    this.leases.stop();
    await this.releaseLeases();
    for (const resolve of this.waiters.splice(0)) resolve();
    return this.leases.failures;
  }

  private async releaseLeases(): Promise<void> {
    const state = this.hooks.state();
    if (this.dryRun || state.config === null) return;
    const seen = await this.driver.observe();
    const known = E.isRight(seen) ? seen.right : (this.known ?? new Map());
    const deeds = await this.leases.release(state, this.memory, known);
    this.memory = record(this.memory, deeds, known);
    this.hooks.onLedger(this.memory);
  }

  private wake(): void {
    this.wanted = true;
    if (this.stopped || this.running !== null) return;
    this.running = this.run().finally(() => {
      this.running = null;
      if (this.stopped) return;
      if (this.wanted) this.wake();
      else {
        this.hooks.onIdle();
        void this.foreseeTurn();
      }
    });
  }

  private async run(): Promise<void> {
    while (this.wanted && !this.stopped) {
      this.wanted = false;
      if (this.interrupt.signal.aborted) this.interrupt = new AbortController();
      const inHurry = this.hasty && this.known !== null;
      this.hasty = false;
      // Even in a hurry it is worth a moment to see what somebody has just changed: it must not be lost.
      const isLookDue = this.stale || (this.resync && !inHurry);
      if (isLookDue && this.canWait(inHurry) && !(await this.lull())) continue;
      if (isLookDue && !(await this.look(inHurry ? HASTE : Infinity)) && !inHurry) continue;
      if (this.known !== null) await this.act(this.known);
      // What was decided in a hurry is verified by a look.
      if (inHurry && !this.isFresh()) this.wanted = true;
    }
  }

  // -------------------------------------------------------------------------------------
  // looking
  // -------------------------------------------------------------------------------------

  /** Nobody waits for the look, neither a decision nor a launch. */
  private canWait(inHurry: boolean): boolean {
    return !inHurry && this.known !== null && this.waiters.length === 0;
  }

  /** Waits while changes come in. False where a decision came in between. */
  private async lull(): Promise<boolean> {
    if ((await unless(this.interrupt.signal, this.lookout.lull())) === null) return false;
    // All that has woken it meanwhile is served by the look that follows, but a decision.
    this.wanted = this.hasty;
    return true;
  }

  /** False where a decision came in between, `limit` ms were over, or the network could not be seen. */
  private async look(limit = Infinity): Promise<boolean> {
    const { stale } = this;
    this.stale = false;
    this.resync = false;
    const seen = await unless(this.interrupt.signal, this.driver.observe(), limit);
    if (seen === null) {
      // A doubt remains a doubt; a decision waits for no look that nobody asked for.
      this.stale ||= stale;
      this.resync = true;
      return false;
    }
    if (E.isLeft(seen)) {
      this.lookFailure = seen.left;
      this.lookFailures++;
      this.stale = true;
      this.wakeIn(pauseAfter(REPAIR_BACKOFF, this.lookFailures));
      for (const resolve of this.waiters.splice(0)) resolve();
      return false;
    }
    this.lookFailure = null;
    this.lookFailures = 0;
    const before = this.known;
    // The very same network stays the very same value: what was foreseen on it holds.
    if (before !== null && sameNetwork(before, seen.right)) return true;
    this.known = seen.right;
    if (before === null && this.begun) this.hooks.onFirstSight();
    if (before !== null) {
      const differing = differences(before, seen.right);
      if (differing.size > 0) {
        this.attempts.changed(differing);
        this.leases.touch();
        this.askedAt ??= this.hooks.now();
        this.hooks.onForeignChange(differing);
      }
    }
    return true;
  }

  // -------------------------------------------------------------------------------------
  // acting
  // -------------------------------------------------------------------------------------

  /** Where nothing is to be done for listeners, all from here to the driver is one stretch: a bypass waits for no turn of the loop. */
  private async act(observed: ObservedState): Promise<void> {
    const state = this.hooks.state();
    const waiters = this.waiters.splice(0);
    const ground = this.groundOf(state, observed);
    const foreseen = this.foresight.recall(ground);
    this.memory = foreseen?.ledger ?? learnedOn(ground);
    const listenerPlan = foreseen === null ? planListenerAddresses(ground.listeners, this.memory, observed) : [];
    if (listenerPlan.length > 0) await this.carryOut(listenerPlan);
    if (this.isCutShort()) {
      // Whoever waits for these addresses goes on waiting: they have not all been tried.
      this.waiters.unshift(...waiters);
      return;
    }
    for (const resolve of waiters) resolve();

    const known = this.known ?? observed;
    const plan = foreseen?.plan ?? planManaged(wishesOf(state, known), this.memory, known);
    this.attempts.retain([listenerPlan, plan]);
    const acted = await this.carryOut(plan, foreseen?.after);
    // Nothing was left to do at once: what is done from now on puts right what somebody else did.
    if (!acted && !this.isCutShort() && this.isFresh()) this.repairing = true;
    // Lifetimes are no drift, so nothing would come back to those that an old look does not show.
    if (!this.isCutShort() && this.isFresh()) await this.keepLeases(state, this.known ?? known);
    this.hooks.onLedger(this.memory);
  }

  private async keepLeases(state: MonitorState, known: ObservedState): Promise<void> {
    if (this.dryRun) return;
    const deeds = await this.leases.keep(state, this.memory, known, this.interrupt.signal);
    if (deeds.length === 0) return;
    // A reload may have changed it meanwhile.
    this.memory = record(this.memory, deeds, known);
    this.stale = true;
    this.wanted = true;
  }

  /** Whether what is known was seen, and nothing speaks against it. */
  private isFresh(): boolean {
    return !this.stale && !this.resync;
  }

  private isCutShort(): boolean {
    return this.hasty || this.stopped;
  }

  private groundOf(state: MonitorState, observed: ObservedState): Ground {
    const launched = this.hooks.listeners().filter((listener) => isLaunched(listener) || this.launching.has(listener.id));
    return { config: state.config, desired: wishesOf(state, observed), listeners: launched.map(({ config }) => config), ledger: this.memory, observed };
  }

  /** What of the plan is due. @param afterwards the ledger as it will be if all of it succeeds, where that is known */
  private async carryOut(whole: Plan, afterwards?: Ledger): Promise<boolean> {
    const plan = this.dueSteps(whole);
    if (plan.length === 0) return false;
    const observed = this.known ?? new Map();
    const from = this.askedAt ?? this.hooks.now();
    this.askedAt = null;
    this.hooks.onBegin(plan, plan === whole && afterwards !== undefined ? afterwards : afterSuccess(plan, this.memory, observed));
    let results: readonly (OperationResult | null)[] = plan.map(() => null);
    // Told after what was decided, as where a driver is waited for.
    if (this.dryRun) await Promise.resolve();
    else {
      this.carrying = true;
      results = await carryOut(this.driver, plan, this.interrupt.signal, (carried) => {
        this.recordStage(carried, observed);
      });
      this.carrying = false;
      this.stale = true;
      this.wanted = true;
      this.leases.touch();
    }
    this.hooks.onPlan(plan, results, this.hooks.now() - from);
    this.hooks.onLedger(this.memory);
    return true;
  }

  /** @param planned the network on which the plan was made */
  private recordStage(carried: readonly Carried[], planned: ObservedState): void {
    const before = this.known ?? planned;
    for (const { step, result } of carried) {
      if (result.outcome === 'failed') this.attempts.failed(step.operation, result.error.message);
      else this.attempts.succeeded(step.operation, this.repairing && result.outcome === 'done');
    }
    // What must be known of the network until the next look.
    const deeds = carried.map(deedOf);
    this.known = afterDeeds(before, deeds.filter(({ outcome }) => outcome !== 'failed'));
    this.memory = record(this.memory, deeds, before);
  }

  /** Without operations whose next try is not due, and what needs them; they are come back to in time. */
  private dueSteps(plan: Plan): Plan {
    if (this.attempts.isClear) return plan;
    const now = this.hooks.now();
    let earliest = Infinity;
    const places = new Map<number, number>();
    const due: Plan[number][] = [];
    for (const [position, step] of plan.entries()) {
      const notBefore = this.attempts.notBefore(step.operation);
      if (notBefore > now) earliest = Math.min(earliest, notBefore);
      if (notBefore > now || step.needs.some((need) => !places.has(need))) continue;
      places.set(position, due.length);
      due.push({ ...step, needs: step.needs.flatMap((need) => places.get(need) ?? []) });
    }
    if (earliest < Infinity) this.wakeIn(earliest - now);
    return due;
  }

  /** The earliest of what is asked for counts. */
  private wakeIn(ms: number): void {
    const at = this.hooks.now() + ms;
    if (this.stopped || at >= this.retryAt) return;
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.retryAt = at;
    this.retryTimer = setTimeout(() => {
      this.retryAt = Infinity;
      this.wake();
    }, Math.ceil(ms));
  }
}

const wishesOf = (state: MonitorState, observed: ObservedState): DesiredState => sparingLowerDevices(desiredState(state), state.config, observed);

/** The value, or null where `signal` or the end of `limit` ms came first. */
function unless<A>(signal: AbortSignal, value: Promise<A>, limit = Infinity): Promise<A | null> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      resolve(null);
    };
    if (signal.aborted) give();
    signal.addEventListener('abort', give);
    const timer = limit === Infinity ? undefined : setTimeout(give, limit);
    value.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', give);
    });
  });
}
