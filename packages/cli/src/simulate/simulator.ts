/**
 * The real core on the mock network in virtual time: instantly, exactly, without sockets.
 *
 * An instant goes: the start (at 0), the lines of the trace in their order, windows that end, the decision, one plan
 * for listeners' addresses that somebody took, one plan for all that is managed.
 */
import {
  type Config,
  type ConfigReading,
  type InstantRecord,
  type InterfaceName,
  type Ledger,
  type Listener,
  type ListenerId,
  type ListenerStatus,
  type MonitorEvent,
  type MonitorState,
  type ObservedState,
  type Plan,
  type PlanRecord,
  type ReloadRecord,
  desiredState,
  emptyLedger,
  endpointOf,
  failedCount,
  forgetRemoved,
  formatInterfaceAddress,
  initialState,
  isFaultless,
  isLaunched,
  isQuietStep,
  isSettled,
  isWildcard,
  learn,
  listeners,
  nextDeadline,
  nextVerdict,
  planListenerAddresses,
  planManaged,
  planRecord,
  readConfig,
  record,
  reloadLedger,
  statusOf,
  transition,
} from '@fastbypass/core';
import { MockNetwork } from '@fastbypass/driver-mock';
import * as O from 'fp-ts/lib/Option.js';
import { match, P } from 'ts-pattern';
import type { Trace, TraceLine, WorldInterface } from './trace.js';

type Timed<A> = { readonly at: number } & A;

export interface FinalRecord {
  readonly final: {
    readonly mode: string;
    readonly settled: boolean;
    readonly listeners: readonly ListenerStatus[];
    readonly world: { readonly interfaces: readonly { readonly name: string; readonly up: boolean; readonly addresses: readonly string[] }[] };
  };
}

export type SimulationRecord = Timed<InstantRecord> | Timed<FinalRecord>;

/** All that is told from the start to the end of the trace. */
export function* simulate(reading: ConfigReading & { readonly outcome: 'configured' }, trace: Trace): Generator<SimulationRecord> {
  const world: readonly WorldInterface[] = trace.world ?? reading.interfaces.map((name) => ({ name }));
  const simulation = new Simulation(new MockNetwork(world), reading.config, reading.file);
  const { lines, end } = trace;
  // What cannot be launched at 0 could not at the start, though the start comes before all lines.
  for (const line of lines) if (line.at === 0 && 'unlaunchable' in line) simulation.take(line);
  let next = 0;
  let at = 0;
  for (;;) {
    const first = next;
    while (lines[next]?.at === at) next++;
    for (const told of simulation.instant(at, lines.slice(first, next))) yield { at, ...told };
    if (at === end) break;
    const until = Math.min(lines[next]?.at ?? end, end);
    at = simulation.nextBy(until);
  }
  yield { at: end, final: simulation.final };
}

class Simulation {
  private state: MonitorState;
  private ledger: Ledger = emptyLedger;
  private started = false;
  private readonly told = new Map<ListenerId, ListenerStatus>();
  /** Indices of listeners that cannot be launched any more. */
  private readonly unlaunchable = new Set<number>();
  /** Endpoints on which a socket is open. */
  private sockets: ReadonlySet<string> = new Set();
  /** Listeners by index, as of the configuration that {@link indexed} belongs to. */
  private ids: ReadonlyMap<number, ListenerId> = new Map();
  private indexed: MonitorState['positions'] | null = null;
  /** Whether a status, the mode or the configuration has changed since the last plan. */
  private stirred = true;
  /** The network after the last plan. */
  private calm: ObservedState | null = null;
  /** Of the running instant. */
  private reloads: ReloadRecord[] = [];
  private plans: PlanRecord[] = [];

  constructor(
    private readonly network: MockNetwork,
    config: Config,
    private readonly file: string,
  ) {
    this.state = initialState(config, 0);
  }

  /** The next instant at which time alone may change what is told, or `until`, whichever comes first. */
  nextBy(until: number): number {
    const mayStir = O.exists((deadline: number) => deadline < until)(nextDeadline(this.state, until));
    return mayStir ? Math.min(nextVerdict(this.state), until) : until;
  }

  instant(at: number, lines: readonly TraceLine[]): readonly InstantRecord[] {
    const before = this.state.mode.name;
    this.reloads = [];
    this.plans = [];
    if (!this.started) {
      this.started = true;
      this.launchAll(at);
    }
    // Windows that ended on the way only counted; what happens at an instant happens before those that end with it.
    this.step({ type: 'expired', at: at - 1, late: 0 });
    for (const line of lines) this.take(line);
    this.step({ type: 'expired', at, late: 0 });
    this.step({ type: 'decided', at });
    // Where nothing has changed since the last instant, nothing is to be done or told.
    if (!this.stirred && this.network.state === this.calm) return this.reloads;
    if (this.network.state !== this.calm) this.repairListenerAddresses();
    this.manage();
    this.stirred = false;
    this.calm = this.network.state;
    const { name } = this.state.mode;
    const mode: readonly InstantRecord[] = name === before ? [] : [{ mode: name, failed: failedCount(this.state) }];
    return [...this.reloads, ...this.changedListeners(), ...mode, ...this.plans];
  }

  get final(): FinalRecord['final'] {
    const interfaces = [...this.network.state.values()]
      .map(({ name, up, addresses }) => ({ name, up, addresses: addresses.map(formatInterfaceAddress).sort() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      mode: this.state.mode.name,
      settled: isSettled(this.state),
      listeners: listeners(this.state).map(statusOf),
      world: { interfaces },
    };
  }

  take(line: TraceLine): void {
    match(line)
      .with({ heartbeat: P.number }, ({ at, heartbeat, source }) => {
        const id = this.idOf(heartbeat);
        if (id !== undefined) this.step({ type: 'heartbeat', at, listener: id, source: source ?? null });
      })
      .with({ reload: P.string }, ({ at, reload }) => {
        this.reload(at, readConfig(reload, this.file));
      })
      .with({ external: P.any }, ({ external }) => {
        this.network.external(external);
        this.ledger = forgetRemoved(this.ledger, this.network.state);
      })
      .with({ unlaunchable: P.number }, ({ unlaunchable }) => {
        this.unlaunchable.add(unlaunchable);
      })
      .exhaustive();
  }

  private idOf(index: number): ListenerId | undefined {
    if (this.indexed !== this.state.positions) {
      this.indexed = this.state.positions;
      this.ids = new Map(listeners(this.state).map(({ config, id }) => [config.index, id]));
    }
    return this.ids.get(index);
  }

  private step(event: MonitorEvent): void {
    const before = this.state;
    this.state = transition(before, event);
    if (!isQuietStep(before, this.state)) this.stirred = true;
  }

  private reload(at: number, reading: ConfigReading): void {
    if (reading.outcome !== 'configured' || !isFaultless(reading)) {
      this.reloads.push({ reload: 'rejected' });
      return;
    }
    this.reloads.push({ reload: 'accepted' });
    this.ledger = reloadLedger(this.ledger, this.state.config, reading.config);
    this.step({ type: 'reloaded', at, config: reading.config });
    this.launchAll(at);
  }

  /** Launches what is not launched, and puts the addresses of listeners right. */
  private launchAll(at: number): void {
    const launching: Listener[] = [];
    for (const listener of listeners(this.state).filter((it) => !isLaunched(it))) {
      const reason = this.whyNot(listener);
      if (reason === null) launching.push(listener);
      else this.step({ type: 'unavailable', at, listener: listener.id, reason });
    }
    const ids = new Set(launching.map(({ id }) => id));
    const wanted = listeners(this.state).filter((listener) => isLaunched(listener) || ids.has(listener.id));
    this.carryOut(planListenerAddresses(wanted.map(({ config }) => config), this.ledger, this.network.state));
    for (const { id } of launching) this.step({ type: 'launched', at, listener: id, awaited: true });
    this.sockets = new Set(listeners(this.state).filter(isLaunched).map(({ config }) => endpointOf(config)));
  }

  private whyNot({ config }: Listener): string | null {
    const name: InterfaceName | null = isWildcard(config) ? null : config.interface;
    if (name !== null && !this.network.state.has(name)) return `no such interface: ${name}`;
    // The open socket of the same host and port is taken over: nothing is left to fail.
    if (this.sockets.has(endpointOf(config))) return null;
    return this.unlaunchable.has(config.index) ? 'unlaunchable' : null;
  }

  private repairListenerAddresses(): void {
    const launched = listeners(this.state).filter(isLaunched);
    this.carryOut(planListenerAddresses(launched.map(({ config }) => config), this.ledger, this.network.state));
  }

  private manage(): void {
    const desired = desiredState(this.state);
    this.ledger = learn(this.ledger, this.state.config, desired, this.network.state);
    const plan = planManaged(desired, this.ledger, this.network.state);
    if (plan.length === 0) return;
    this.carryOut(plan);
    this.ledger = learn(this.ledger, this.state.config, desired, this.network.state);
  }

  private carryOut(plan: Plan): void {
    if (plan.length === 0) return;
    const observed = this.network.state;
    const deeds = plan.map(({ operation, purpose }) => ({ operation, purpose, outcome: this.network.apply(operation).outcome }));
    this.ledger = record(this.ledger, deeds, observed);
    this.ledger = forgetRemoved(this.ledger, this.network.state);
    this.plans.push(planRecord(plan));
  }

  private changedListeners(): readonly InstantRecord[] {
    return listeners(this.state).flatMap((listener) => {
      const status = statusOf(listener);
      if (status === (this.told.get(listener.id) ?? 'unknown')) return [];
      this.told.set(listener.id, status);
      return [{ listener: listener.config.index, status }];
    });
  }
}
