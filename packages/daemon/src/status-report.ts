import {
  type CardReport,
  type ConfigReading,
  type DesiredState,
  type DiagnosticReport,
  type Diagnostic,
  type InterfaceReport,
  type Ledger,
  type Listener,
  type ListenerReport,
  type MonitorState,
  type ObservedState,
  type StatusReport,
  bitsOf,
  desiredState,
  explain,
  failedCount,
  formatInterfaceAddress,
  instancesOf,
  isSettled,
  listeners,
  placeKey,
  sparingLowerDevices,
  standingProblems,
  statusOf,
  windowOf,
} from '@fastbypass/core';
import { VERSION } from './version.js';

/** All that a status is made of. Instants are ms of the clock; what was told is ISO-8601. */
export interface StatusInputs {
  readonly now: number;
  readonly startedAt: number;
  readonly told: { readonly startedAt: string; readonly loadedAt: string; readonly since: string };
  readonly driver: string;
  readonly dryRun: boolean;
  readonly state: MonitorState;
  readonly observed: ObservedState | null;
  readonly ledger: Ledger;
  /** What keeps the network from being as desired. */
  readonly unmet: readonly string[];
  /** What else is wrong, beyond what the state itself shows. */
  readonly troubles: readonly string[];
  readonly lastFailover: StatusReport['lastFailover'];
  readonly reading: ConfigReading;
  readonly diagnostics: readonly Diagnostic[];
}

export function statusReport(inputs: StatusInputs): StatusReport {
  const { now, told, state, reading } = inputs;
  const observed = inputs.observed ?? new Map();
  const desired = sparingLowerDevices(desiredState(state), state.config, observed);
  return {
    version: VERSION,
    pid: process.pid,
    startedAt: told.startedAt,
    uptimeMs: Math.round(now - inputs.startedAt),
    driver: inputs.driver,
    dryRun: inputs.dryRun,
    mode: state.mode.name,
    since: told.since,
    settled: isSettled(state),
    failed: failedCount(state),
    threshold: state.config?.threshold ?? 0,
    why: explain(state, now),
    converged: inputs.unmet.length === 0,
    problems: [...inputs.unmet, ...standingProblems(state, observed, reading.unwatched), ...inputs.troubles],
    listeners: listeners(state).map((listener) => listenerReport(listener, now)),
    cards: cardReports(desired, observed, inputs.ledger),
    interfaces: interfaceReports(desired, observed),
    lastFailover: inputs.lastFailover,
    config: { path: reading.file, loadedAt: told.loadedAt, diagnostics: inputs.diagnostics.map(diagnosticReport) },
  };
}

export const diagnosticReport = ({ severity, line, key, message }: Diagnostic): DiagnosticReport => ({ severity, line, key, message });

function listenerReport(listener: Listener, now: number): ListenerReport {
  const { config, phase, heartbeats, rejected, lastHeartbeat } = listener;
  return {
    index: config.index,
    host: config.host,
    port: config.port,
    interface: config.interface,
    status: statusOf(listener),
    missed: windowOf(listener)?.missed ?? 0,
    attempts: config.attempts,
    timeoutMs: config.timeout,
    heartbeats,
    rejected,
    lastHeartbeatMsAgo: lastHeartbeat === null ? null : Math.max(0, Math.round(now - lastHeartbeat)),
    reason: phase.status === 'unavailable' ? phase.reason : null,
  };
}

/** An address that is away is told as it will come back. */
function cardReports({ cards }: DesiredState, observed: ObservedState, ledger: Ledger): CardReport[] {
  return cards.map(({ card, presence }) => {
    const standing = instancesOf(observed, card.interface, card.address);
    const prefix = card.prefix ?? standing[0]?.prefix ?? ledger.cards.get(placeKey(card))?.prefixes[0] ?? bitsOf(card.address);
    return {
      index: card.index,
      address: formatInterfaceAddress({ address: card.address, prefix }),
      interface: card.interface,
      desired: presence,
      observed: !observed.has(card.interface) ? 'missing' : standing.length > 0 ? 'present' : 'absent',
    };
  });
}

function interfaceReports({ interfaces }: DesiredState, observed: ObservedState): InterfaceReport[] {
  return interfaces.map(({ name, link, downFor }) => {
    const up = observed.get(name)?.up;
    return { name, desired: link, observed: up === undefined ? 'missing' : up ? 'up' : 'down', downFor: [...downFor] };
  });
}
