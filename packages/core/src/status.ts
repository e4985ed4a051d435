/** Codecs of what crosses the control socket: `GET /v1/status`, and the answers to reload and stop. */
import * as t from 'io-ts';
import { Explanation } from './explanation.js';

const nullable = <C extends t.Mixed>(codec: C): t.UnionC<[C, t.NullC]> => t.union([codec, t.null]);

export const DiagnosticReport = t.type({
  severity: t.union([t.literal('error'), t.literal('warning')]),
  line: nullable(t.number),
  key: nullable(t.string),
  message: t.string,
});
export type DiagnosticReport = t.TypeOf<typeof DiagnosticReport>;

export const ListenerReport = t.type({
  index: t.number,
  host: t.string,
  port: t.number,
  interface: nullable(t.string),
  status: t.union([t.literal('unknown'), t.literal('active'), t.literal('failed'), t.literal('unavailable')]),
  /** Windows missed in a row. */
  missed: t.number,
  attempts: t.number,
  timeoutMs: t.number,
  /** Accepted ones. */
  heartbeats: t.number,
  rejected: t.number,
  /** Null before the first. */
  lastHeartbeatMsAgo: nullable(t.number),
  /** Why it is unavailable. */
  reason: nullable(t.string),
});
export type ListenerReport = t.TypeOf<typeof ListenerReport>;

export const CardReport = t.type({
  index: t.number,
  address: t.string,
  interface: t.string,
  desired: t.union([t.literal('present'), t.literal('absent'), t.literal('unmanaged')]),
  /** `missing`: its interface does not exist. */
  observed: t.union([t.literal('present'), t.literal('absent'), t.literal('missing')]),
});
export type CardReport = t.TypeOf<typeof CardReport>;

export const InterfaceReport = t.type({
  name: t.string,
  desired: t.union([t.literal('up'), t.literal('down'), t.literal('unmanaged')]),
  /** Administrative. */
  observed: t.union([t.literal('up'), t.literal('down'), t.literal('missing')]),
  /** Who claims it down. */
  downFor: t.array(t.string),
});
export type InterfaceReport = t.TypeOf<typeof InterfaceReport>;

/** The last bypass that a deadline brought. */
export const FailoverReport = t.type({
  /** When the window that decided ended; ISO-8601 in UTC. */
  deadline: t.string,
  /** By which the deadline was served late. */
  latenessMs: t.number,
  /** From the deadline to the kernel's last answer to the plan. */
  toKernelMs: t.number,
  operations: t.number,
});
export type FailoverReport = t.TypeOf<typeof FailoverReport>;

/** Times are ISO-8601 in UTC. */
export const StatusReport = t.type({
  version: t.string,
  pid: t.number,
  startedAt: t.string,
  uptimeMs: t.number,
  driver: t.string,
  dryRun: t.boolean,
  mode: t.union([t.literal('unknown'), t.literal('normal'), t.literal('bypass')]),
  since: t.string,
  settled: t.boolean,
  failed: t.number,
  threshold: t.number,
  /** Why the mode is what it is, and what would change it; spans count from this answer. */
  why: Explanation,
  converged: t.boolean,
  problems: t.array(t.string),
  listeners: t.array(ListenerReport),
  cards: t.array(CardReport),
  interfaces: t.array(InterfaceReport),
  /** Null before the first of this process. */
  lastFailover: nullable(FailoverReport),
  config: t.type({
    path: t.string,
    loadedAt: t.string,
    diagnostics: t.array(DiagnosticReport),
  }),
});
export type StatusReport = t.TypeOf<typeof StatusReport>;

/** The answer to `POST /v1/reload`: 200 where accepted, 422 where not. */
export const ReloadReport = t.type({
  reload: t.union([t.literal('accepted'), t.literal('rejected')]),
  diagnostics: t.array(DiagnosticReport),
});
export type ReloadReport = t.TypeOf<typeof ReloadReport>;

/** The answer to `POST /v1/stop`: the daemon is about to end. */
export const StopReport = t.type({ stop: t.literal('accepted') });
export type StopReport = t.TypeOf<typeof StopReport>;
