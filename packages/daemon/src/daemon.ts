/**
 * The daemon: where events meet effects.
 *
 * Theory of operation
 * -------------------
 * ```
 *   datagram ──┐
 *   deadline ──┤              ┌─ announcer ── log, events
 *   reload ────┼─ transition ─┤
 *   launch ────┘   (pure)     └─ reconciler ── observe, plan, apply, observe again ── driver ── kernel
 *                                   ↑
 *                                 watch ── somebody else's changes
 * ```
 * 1. A datagram is handed to the core at once. It arms no timer and looks at nothing else.
 * 2. Whatever changes more than a counter is decided once the loop has served all that is ready (setImmediate): what
 *    happens together is decided together. A verdict that is due meanwhile comes first.
 * 3. Windows end by one timer on the monotonic clock ({@link DeadlineTimer}). Before it judges, the sockets in
 *    question are read empty; it tells the core by how much the loop was late, and the core forgives its own stall.
 * 4. A decision goes to the {@link Reconciler}, which makes the plan anew from the state, and keeps the network so.
 * 5. Launches, reloads and stops run one at a time.
 *
 * The state is replaced, never changed; this file and its collaborators hold the only variables.
 */
import {
  type ConfigReading,
  type Diagnostic,
  type IpAddress,
  type ListenerId,
  type MonitorEvent,
  type MonitorState,
  type NetworkDriver,
  type OperationResult,
  type Plan,
  type ReloadReport,
  type StatusReport,
  desiredState,
  dueAt,
  emptyLedger,
  formatDiagnostic,
  formatKey,
  inQuestionAt,
  initialState,
  instancesOf,
  isError,
  isFaultless,
  isQuietStep,
  isSettled,
  listenerOf,
  listeners,
  mayBringVerdict,
  nextDeadline,
  reloadLedger,
  restoreLedger,
  standingProblems,
  transition,
} from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { Announcer } from './announcer.js';
import type { Clock } from './clock.js';
import { type ConfigFileReading, readConfigFile } from './config-file.js';
import { type ControlServer, openControlServer } from './control-server.js';
import { DeadlineTimer } from './deadline-timer.js';
import { DecisionLog } from './decision-log.js';
import { Launcher } from './launcher.js';
import { FailoverWatch } from './failover.js';
import type { HeartbeatSockets } from './heartbeats/heartbeat-sockets.js';
import type { Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { statusLine } from './notify/status-line.js';
import type { Supervisor } from './notify/supervisor.js';
import { Persistence } from './persistence.js';
import { Reconciler } from './reconciler.js';
import { rightOfWay } from './right-of-way.js';
import { oneAtATime } from './serial.js';
import { readStateFile, stateFileOf } from './state-file.js';
import { diagnosticReport, statusReport } from './status-report.js';

/** ms before a deadline that a plan may take to make: there is more, but not always. */
const SPARE = 0.5;

/** ms that LISTEN_HEARTBEAT_TIMEOUT has at least. Whoever is late by less has slept through no window. */
const SHORTEST_WINDOW = 10;

/** ms that a reload waits for the network to be as it asks before it answers. */
const RELOAD_PATIENCE = 1000;

export interface DaemonOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly supervisor: Supervisor;
  readonly driver: NetworkDriver;
  readonly sockets: HeartbeatSockets;
  /** The configuration as read at the start; its file is read again at a reload. */
  readonly reading: ConfigFileReading;
  readonly socket: string;
  readonly dryRun: boolean;
}

export class Daemon {
  private state: MonitorState;
  /** The instant of the latest event: none comes before it. */
  private latest = -Infinity;
  private reading: ConfigReading;
  private diagnostics: readonly Diagnostic[];
  private readonly startedAt: number;
  /** By the wall clock as it was then: told again and again, they must not wander with it. */
  private readonly told = { startedAt: '', loadedAt: '', since: '' };
  private readonly announcer: Announcer;
  private readonly decisions: DecisionLog;
  private readonly metrics: Metrics;
  private readonly timer: DeadlineTimer;
  private readonly launcher: Launcher;
  private readonly reconciler: Reconciler;
  private readonly persistence: Persistence;
  private readonly serial = oneAtATime();
  private readonly failovers = new FailoverWatch();
  private readonly makeWay = rightOfWay({
    now: () => this.options.clock.now(),
    listeners: () => this.state.roster.size,
    isNear: (ms) => this.ended === null && (this.reconciler.isBusy || mayBringVerdict(this.state, this.options.clock.now() + ms)),
  });
  private control: ControlServer | null = null;
  private deciding: NodeJS.Immediate | null = null;
  private watchTrouble: string | null = null;
  /** The state as it was last decided: what the network is to follow, not the middle of an instant. */
  private decidedState: MonitorState;
  private ended: Promise<void> | null = null;
  private tellEnd: () => void = () => undefined;

  constructor(private readonly options: DaemonOptions) {
    const { clock, log, driver, reading, socket, dryRun } = options;
    const now = clock.now();
    const config = reading.outcome === 'configured' ? reading.config : null;
    this.startedAt = now;
    this.told.startedAt = this.told.loadedAt = this.told.since = clock.iso(now);
    this.reading = reading;
    this.diagnostics = reading.diagnostics;
    this.state = initialState(config, now);
    this.decidedState = this.state;
    this.persistence = new Persistence(stateFileOf(socket), dryRun);
    this.decisions = new DecisionLog(log, now);
    this.decisions.started(reading.text);
    this.announcer = new Announcer(log, (event, record, at) => {
      this.decisions.told(at, record);
      if (event === 'mode') this.metrics.modeChanged();
      this.control?.publish(event, () => ({ at: Math.round(at - this.startedAt), time: clock.iso(at), ...record }));
    });
    this.metrics = new Metrics(
      () => this.state,
      () => this.reconciler.unmet().length === 0,
    );
    this.timer = new DeadlineTimer({
      now: clock.now,
      nextDeadline: () => O.toNullable(nextDeadline(this.state)),
      isUrgent: (at) => mayBringVerdict(this.state, at),
      onNear: (deadline) => {
        const facts = transition(this.state, { type: 'expired', at: deadline, late: 0 });
        const decided = transition(facts, { type: 'decided', at: deadline });
        if (decided.mode !== this.state.mode) this.reconciler.foresee(decided, SPARE);
      },
      readDue: (at, then) => {
        this.launcher.readEmpty(() => inQuestionAt(this.state, at).map(({ id }) => id), then);
      },
      judge: (at, late) => {
        if (this.decisions.isOpen) this.decisions.judged(at, dueAt(this.state, at).map(({ config: { index } }) => index), late);
        this.step({ type: 'expired', at, late });
        this.decide(clock.now(), { deadline: at - late, late });
        this.metrics.servedLate(late);
      },
    });
    options.sockets.giveWay?.(() => {
      const now = clock.now();
      return this.timer.lateBy(now) >= 0 && mayBringVerdict(this.state, now);
    });
    this.launcher = new Launcher(
      options.sockets,
      {
        listeners: () => listeners(this.state),
        listener: (id) => listenerOf(this.state, id),
        observed: () => this.reconciler.observed,
        prepare: (ids) => this.reconciler.prepare(ids),
        whyNotAdded: (place) => this.reconciler.whyNotAdded(place),
        onLaunched: (listener, awaited) => {
          const at = clock.now();
          this.decisions.launched(at, this.indexOf(listener), awaited);
          this.take({ type: 'launched', at, listener, awaited });
        },
        onUnavailable: (listener, reason) => {
          const at = clock.now();
          this.decisions.unavailable(at, this.indexOf(listener));
          this.take({ type: 'unavailable', at, listener, reason });
        },
        onDatagram: (listener, source, waited) => {
          this.hear(listener, source, waited);
        },
        oneAtATime: (task) => this.serial(task),
        onSocketTrouble: log.warning,
      },
      dryRun,
    );
    this.reconciler = new Reconciler(driver, this.remembered(config), dryRun, {
      now: clock.now,
      makeWay: this.makeWay,
      state: () => this.decidedState,
      listeners: () => listeners(this.state),
      onBegin: (_plan, ledger) => {
        this.persistence.beforeRemoval(ledger);
      },
      onPlan: (plan, results, tookMs) => {
        this.carriedOut(plan, results, tookMs);
      },
      onLedger: (ledger) => {
        this.persistence.save(ledger);
      },
      onForeignChange: (differing) => {
        this.launcher.interfacesChanged(differing);
      },
      onWatch: (trouble) => {
        if (trouble === null) log.info('the network is watched again');
        else if (trouble !== this.watchTrouble) log.warning(trouble);
        this.watchTrouble = trouble;
      },
      onIdle: () => {
        this.failovers.expect(null);
        this.announcer.problems([...this.reconciler.unmet(), ...this.reconciler.problems(), ...standingProblems(this.decidedState, this.reconciler.observed ?? new Map(), this.reading.unwatched)]);
      },
      onFirstSight: () => void this.serial(() => this.launchAll()),
    });
  }

  // -------------------------------------------------------------------------------------
  // life
  // -------------------------------------------------------------------------------------

  /** Opens the control socket, looks at the network, launches the listeners. Left: why it cannot run at all. */
  async start(): Promise<E.Either<string, void>> {
    const { log, socket, clock } = this.options;
    const opened = await openControlServer(socket, {
      status: () => this.status(),
      now: () => clock.iso(clock.now()),
      reload: () => this.reload(),
      stop: () => void this.stop('asked through the control socket'),
      metrics: async () => ({ contentType: this.metrics.contentType, text: await this.metrics.text() }),
      makeWay: this.makeWay,
    });
    if (E.isLeft(opened)) return opened;
    this.control = opened.right;
    await this.serial(async () => {
      await this.reconciler.begin();
      await this.launchAll();
    });
    this.tellSupervisor();
    this.options.supervisor.ready();
    if (this.state.config === null) log.warning(`waiting for a configuration: ${this.reading.file} names no listener and no card; fbypass_ctl reload takes it up`);
    return E.right(undefined);
  }

  /** A network that cannot be seen yet is not judged by: the launches wait for the first sight of it. */
  private async launchAll(): Promise<void> {
    if (this.reconciler.observed === null) {
      this.options.log.error(`listeners wait for the network to be seen: ${this.reconciler.unmet().join('; ')}`);
      return;
    }
    this.warnOfOtherPrefixes();
    await this.launcher.launchAll();
    this.decide(this.options.clock.now());
  }

  /** Resolves when all is closed. Nothing in the kernel is changed. */
  stop(why: string): Promise<void> {
    this.ended ??= this.end(why).finally(() => {
      this.tellEnd();
    });
    return this.ended;
  }

  /** @param tell is called once, when a stop is over, whoever asked for it */
  onEnd(tell: () => void): void {
    this.tellEnd = tell;
  }

  private async end(why: string): Promise<void> {
    const { log, driver, supervisor } = this.options;
    log.info(`stopping: ${why}`);
    supervisor.stopping();
    // A running reload ends first; what it may wait for is cut short.
    this.launcher.stop();
    const reconciled = this.reconciler.stop();
    for (const failure of await this.serial(() => reconciled)) log.error(failure);
    this.timer.stop();
    if (this.deciding !== null) clearImmediate(this.deciding);
    this.persistence.save(this.reconciler.ledger);
    this.bidFarewell();
    await this.control?.close();
    await driver.close();
  }

  /** Whom a stop leaves alone. */
  private bidFarewell(): void {
    const { log } = this.options;
    const observed = this.reconciler.observed ?? new Map();
    const cards = this.state.config?.cards ?? [];
    const standing = cards.filter((card) => instancesOf(observed, card.interface, card.address).length > 0).map(({ address }) => address);
    if (cards.length === 0) log.info('stopped; nothing in the network was changed');
    else if (standing.length === 0) log.info('stopped; nothing in the network was changed; no card has its address');
    else log.warning(`stopped; nothing in the network was changed; UNWATCHED from now on: ${standing.join(', ')} (fbypass_ctl force_on takes the addresses of cards away)`);
  }

  // -------------------------------------------------------------------------------------
  // events
  // -------------------------------------------------------------------------------------

  /** The path of every heartbeat. It counts from its arrival; whoever is late for a window counts it from waking. */
  private hear(listener: ListenerId, source: IpAddress | null, waited: number): void {
    const before = this.state;
    const now = this.options.clock.now();
    const at = this.timer.lateBy(now) > SHORTEST_WINDOW ? now : Math.max(this.latest, now - waited);
    this.latest = at;
    if (this.decisions.isOpen) this.decisions.heartbeat(at, this.indexOf(listener), source);
    this.state = transition(before, { type: 'heartbeat', at, listener, source });
    if (!isQuietStep(before, this.state)) this.decideSoon();
  }

  private indexOf(listener: ListenerId): number {
    return listenerOf(this.state, listener)?.config.index ?? NaN;
  }

  private take(event: MonitorEvent): void {
    this.step(event);
    this.decideSoon();
  }

  private step(event: MonitorEvent): void {
    this.latest = Math.max(this.latest, event.at);
    this.state = transition(this.state, event);
  }

  /** Once all that is ready now has been taken. */
  private decideSoon(): void {
    this.deciding ??= setImmediate(() => {
      this.decide(this.options.clock.now());
    });
  }

  /** @param served the deadline that brings the decision, ms, and by how much it was served late; absent: none does */
  private decide(at: number, served?: { readonly deadline: number; readonly late: number }): void {
    if (this.deciding !== null) clearImmediate(this.deciding);
    this.deciding = null;
    if (this.ended !== null) return;
    const before = this.decidedState;
    this.step({ type: 'decided', at });
    if (before.mode !== this.state.mode) {
      this.told.since = this.options.clock.iso(this.state.mode.since);
      this.failovers.expect(this.state.mode.name === 'bypass' ? (served ?? null) : null);
    }
    this.decidedState = this.state;
    if (asksTheSame(before, this.state)) this.reconciler.reconsider();
    else this.reconciler.decided();
    this.announcer.state(this.state, at);
    this.decisions.decided(at);
    this.tellSupervisor();
    this.timer.arm();
  }

  // -------------------------------------------------------------------------------------
  // reload
  // -------------------------------------------------------------------------------------

  /** Reads the file again. Any error rejects it, and the old configuration runs on untouched. */
  reload(): Promise<ReloadReport> {
    const { supervisor } = this.options;
    return this.serial(async () => {
      await this.makeWay();
      if (this.ended !== null) {
        const message = 'the daemon is stopping: the reload was not begun';
        return { reload: 'rejected', diagnostics: [{ severity: 'error', line: null, key: null, message }] };
      }
      supervisor.reloading();
      return this.reloadNow().finally(supervisor.ready);
    });
  }

  private async reloadNow(): Promise<ReloadReport> {
    const { clock, log } = this.options;
    const reading = readConfigFile(this.reading.file);
    const at = clock.now();
    // Logged, whatever comes of it: no heartbeat may be told as having come before.
    this.latest = at;
    this.decisions.reload(at, reading.text);
    if (reading.outcome !== 'configured' || !isFaultless(reading)) {
      for (const diagnostic of reading.diagnostics) (isError(diagnostic) ? log.error : log.warning)(formatDiagnostic(diagnostic));
      log.error('reload REJECTED: the configuration in force stays as it was');
      this.announcer.reloaded('rejected', this.state, at);
      return { reload: 'rejected', diagnostics: reading.diagnostics.map(diagnosticReport) };
    }
    const diagnostics = [...reading.diagnostics, ...this.driverWarning(reading)];
    for (const diagnostic of diagnostics) log.warning(formatDiagnostic(diagnostic));
    log.setLevel(reading.logLevel);
    const before = this.state.config;
    this.reconciler.replaceLedger((ledger) => reloadLedger(ledger, before, reading.config));
    this.step({ type: 'reloaded', at, config: reading.config });
    // The ledger speaks of the new configuration: what it is held against must as well.
    this.decidedState = this.state;
    this.reading = reading;
    this.diagnostics = diagnostics;
    this.told.loadedAt = clock.iso(clock.now());
    this.announcer.reloaded('accepted', this.state, at);
    this.launcher.adopt();
    await this.launchAll();
    await this.reconciler.quiet(RELOAD_PATIENCE);
    log.info(`reload accepted: ${String(reading.config.listeners.length)} listeners, ${String(reading.config.cards.length)} cards`);
    return { reload: 'accepted', diagnostics: this.diagnostics.map(diagnosticReport) };
  }

  private driverWarning({ driver, file, entries }: ConfigReading): readonly Diagnostic[] {
    const running = this.options.driver.name;
    if (driver === null || driver === this.reading.driver || driver === running) return [];
    const message = `DRIVER is "${driver}" now; accepted, but it acts at the next start: until then ${running} goes on`;
    return [{ severity: 'warning', scope: 'whole', file, line: entries.get('DRIVER')?.get(null)?.line ?? null, key: 'DRIVER', found: driver, accepted: running, message }];
  }

  /** A card whose address stands with another prefix than the configured one will have it replaced. */
  private warnOfOtherPrefixes(): void {
    const observed = this.reconciler.observed ?? new Map();
    for (const { index, address, prefix, interface: name } of this.state.config?.cards ?? []) {
      for (const standing of instancesOf(observed, name, address)) {
        if (prefix === null || standing.prefix === prefix) continue;
        const found = `${address}/${String(standing.prefix)}`;
        const accepted = `${address}/${String(prefix)}`;
        const message = `card ${String(index)} stands on ${name} as ${found}; accepted: ${accepted}, which will replace it`;
        const key = formatKey('BYPASS_CARD_HOST', index);
        const { file, entries } = this.reading;
        const diagnostic: Diagnostic = { severity: 'warning', scope: 'component', file, line: entries.get('BYPASS_CARD_HOST')?.get(index)?.line ?? null, key, found, accepted, message };
        this.diagnostics = [...this.diagnostics, diagnostic];
        this.options.log.warning(formatDiagnostic(diagnostic));
      }
    }
  }

  // -------------------------------------------------------------------------------------
  // telling
  // -------------------------------------------------------------------------------------

  status(): StatusReport {
    // What has happened is told with what it means.
    if (this.deciding !== null) this.decide(this.options.clock.now());
    const { clock, driver, dryRun, log } = this.options;
    return statusReport({
      now: clock.now(),
      startedAt: this.startedAt,
      told: this.told,
      driver: driver.name,
      dryRun,
      state: this.state,
      observed: this.reconciler.observed,
      ledger: this.reconciler.ledger,
      unmet: this.reconciler.unmet(),
      troubles: [
        ...this.reconciler.problems(),
        ...this.launcher.problems(),
        ...this.persistence.problems,
        ...log.problems(),
        ...(this.watchTrouble === null ? [] : [this.watchTrouble]),
      ],
      lastFailover: this.failovers.report(clock.iso),
      reading: this.reading,
      diagnostics: this.diagnostics,
    });
  }

  private tellSupervisor(): void {
    this.options.supervisor.status(statusLine(this.state, this.reading.file, this.options.dryRun));
  }

  private carriedOut(plan: Plan, results: readonly (OperationResult | null)[], tookMs: number): void {
    const now = this.options.clock.now();
    if (this.options.dryRun) {
      this.announcer.dryPlan(plan, now);
      return;
    }
    this.metrics.planned(plan, results, tookMs);
    this.announcer.plan(plan, results, tookMs, now);
    const failover = this.failovers.end(now, results.filter((result) => result !== null).length);
    if (failover === null) return;
    this.metrics.failedOver(failover.toKernel);
    this.announcer.failover(failover);
  }

  private remembered(config: MonitorState['config']): Reconciler['ledger'] {
    const path = stateFileOf(this.options.socket);
    const read = readStateFile(path);
    if (E.isRight(read)) return restoreLedger(read.right, config);
    this.options.log.warning(`${path} cannot be read, prefixes and interfaces of the last run are not known: ${read.left}`);
    return emptyLedger;
  }
}

/** Whether two decisions ask the same of cards and interfaces: then pauses between tries go on. */
function asksTheSame(before: MonitorState, after: MonitorState): boolean {
  if (before.config !== after.config || before.mode.name !== after.mode.name || isSettled(before) !== isSettled(after)) return false;
  const [was, is] = [desiredState(before).interfaces, desiredState(after).interfaces];
  return was.every(({ link }, place) => link === is[place]?.link);
}
