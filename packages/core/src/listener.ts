/**
 * One listener: what the heartbeats of one DPI have shown so far.
 *
 * Times are ms on the caller's monotonic clock. Nothing here looks at a clock: a window ends when somebody says that
 * it has ({@link expireWindows}), so that what was already in a socket can be heard first.
 */
import { match } from 'ts-pattern';
import { type IpAddress, inCidr, unmapped } from './address.js';
import type { ListenerConfig } from './config/config.js';

/** Stays with a listener as long as reloads keep it. */
export type ListenerId = number;

/** The running window. It exists exactly where a socket listens. */
export interface Window {
  /** The instant at which it ends, ms. A heartbeat at this very instant is in time. */
  readonly ends: number;
  /** Windows missed in a row before this one. */
  readonly missed: number;
  /** Whether this silence has had its full window after a stall of the process. */
  readonly graced: boolean;
}

export type Phase =
  /** Being launched at start or by a reload; told as unknown. */
  | { readonly status: 'launching' }
  /** Could not be launched. */
  | { readonly status: 'unavailable'; readonly reason: string }
  | { readonly status: 'unknown'; readonly window: Window }
  | { readonly status: 'active'; readonly window: Window }
  /** `row`: heartbeats in a row since the failure, no window missed between them. */
  | { readonly status: 'failed'; readonly window: Window; readonly row: number };

/** As it is told outside. */
export type ListenerStatus = 'unknown' | 'active' | 'failed' | 'unavailable';

export interface Listener {
  readonly id: ListenerId;
  readonly config: ListenerConfig;
  readonly phase: Phase;
  /** Launched at start or by a reload: management waits for its first report. */
  readonly awaited: boolean;
  /** Accepted ones. */
  readonly heartbeats: number;
  /** Datagrams of senders that are not accepted. */
  readonly rejected: number;
  /** Windows missed in all. */
  readonly missedWindows: number;
  /** Instant of the last accepted heartbeat, ms; null before the first. */
  readonly lastHeartbeat: number | null;
}

export const newListener = (id: ListenerId, config: ListenerConfig): Listener => ({
  id,
  config,
  phase: { status: 'launching' },
  awaited: true,
  heartbeats: 0,
  rejected: 0,
  missedWindows: 0,
  lastHeartbeat: null,
});

// -------------------------------------------------------------------------------------
// questions
// -------------------------------------------------------------------------------------

export const statusOf = ({ phase }: Listener): ListenerStatus => (phase.status === 'launching' ? 'unknown' : phase.status);

/** Whether a socket listens; once true it stays true until the listener is gone. */
export const isLaunched = ({ phase }: Listener): boolean => phase.status !== 'launching' && phase.status !== 'unavailable';

export const windowOf = ({ phase }: Listener): Window | null => ('window' in phase ? phase.window : null);

/** Whether management waits for its first report. */
export const isWaitedFor = ({ phase, awaited }: Listener): boolean =>
  awaited && (phase.status === 'launching' || phase.status === 'unknown');

/** The instant by which silence will have failed the listener, ms; Infinity where silence changes its status no more. */
export const failsAt = ({ phase, config }: Listener): number =>
  phase.status === 'active' || phase.status === 'unknown' ? phase.window.ends + (config.attempts - phase.window.missed - 1) * config.timeout : Infinity;

/** Whether a datagram of `source` is a heartbeat. */
export const accepts = ({ config: { sources } }: Listener, source: IpAddress): boolean => {
  if (sources.length === 0) return true;
  const address = unmapped(source);
  return sources.some((cidr) => inCidr(cidr, address));
};

// -------------------------------------------------------------------------------------
// steps
// -------------------------------------------------------------------------------------

const freshWindow = ({ timeout }: ListenerConfig, from: number): Window => ({ ends: from + timeout, missed: 0, graced: false });

/** Its socket listens: the first window begins. A launched listener stays as it is. */
export function launch(listener: Listener, at: number, awaited: boolean): Listener {
  if (isLaunched(listener)) return listener;
  return { ...listener, awaited, phase: { status: 'unknown', window: freshWindow(listener.config, at) } };
}

/** A launched listener never becomes unavailable again. */
export function failLaunch(listener: Listener, reason: string): Listener {
  if (isLaunched(listener)) return listener;
  return { ...listener, phase: { status: 'unavailable', reason } };
}

/**
 * A datagram arrived.
 *
 * @param source its sender; null: accepted without question
 */
export function hear(listener: Listener, at: number, source: IpAddress | null): Listener {
  if (!isLaunched(listener)) return listener;
  if (source !== null && !accepts(listener, source)) return { ...listener, rejected: listener.rejected + 1 };
  return hearTimes(listener, at, 1);
}

/** `times` heartbeats arrived, the last of them at `at`; more than one only while active, where those before the last leave but their number. */
export function hearTimes(listener: Listener, at: number, times: number): Listener {
  const { id, config, awaited, heartbeats, rejected, missedWindows } = listener;
  // Written out: a spread costs ten times as much, and all listeners are made anew for whoever reads them.
  return { id, config, phase: heard(listener, at), awaited, heartbeats: heartbeats + times, rejected, missedWindows, lastHeartbeat: at };
}

function heard({ phase, config }: Listener, at: number): Phase {
  const window = freshWindow(config, at);
  if (phase.status !== 'failed') return { status: 'active', window };
  const row = phase.row + 1;
  return row >= config.recover ? { status: 'active', window } : { status: 'failed', window, row };
}

/**
 * Time has come to `at`: windows that have ended without a heartbeat are missed.
 *
 * @param late ms by which the caller itself was late when it looked. Silence during a stall longer than a window
 *   proves nothing: once in each silence one full window from now stands for the windows that ended meanwhile.
 */
export function expireWindows(listener: Listener, at: number, late: number): Listener {
  const { phase, config, missedWindows } = listener;
  if (!('window' in phase) || phase.window.ends > at) return listener;
  const { window } = phase;
  if (late > config.timeout && !window.graced) {
    const pause: Window = { ...window, ends: at + config.timeout, graced: true };
    return { ...listener, phase: { ...phase, window: pause } };
  }
  const ended = Math.floor((at - window.ends) / config.timeout) + 1;
  const next: Window = { ...window, ends: window.ends + ended * config.timeout, missed: window.missed + ended };
  return { ...listener, missedWindows: missedWindows + ended, phase: silent(phase, next, config) };
}

function silent(phase: Extract<Phase, { window: Window }>, window: Window, { attempts }: ListenerConfig): Phase {
  if (window.missed >= attempts) return { status: 'failed', window, row: 0 };
  return match(phase)
    .returnType<Phase>()
    .with({ status: 'failed' }, () => ({ status: 'failed', window, row: 0 }))
    .with({ status: 'active' }, () => ({ status: 'active', window }))
    .with({ status: 'unknown' }, () => ({ status: 'unknown', window }))
    .exhaustive();
}
