/** Why the daemon could not be asked, what a person can do about it, and the exit status. */
import { match } from 'ts-pattern';
import { ExitStatus } from './exit-status.js';
import { AS_MEMBER } from './permission.js';
import type { Terminal } from './terminal.js';

export type ControlError =
  | { readonly type: 'not-running'; readonly socket: string }
  | { readonly type: 'not-permitted'; readonly socket: string }
  /** `limit`: ms that were waited. */
  | { readonly type: 'no-answer'; readonly socket: string; readonly limit: number }
  | { readonly type: 'broken'; readonly socket: string; readonly reason: string }
  | { readonly type: 'strange-answer'; readonly socket: string; readonly what: string };

const statusOf = (error: ControlError): ExitStatus =>
  error.type === 'not-running' ? ExitStatus.notRunning : error.type === 'not-permitted' ? ExitStatus.notPermitted : ExitStatus.failed;

/** In one sentence, for a person. */
export const messageOf = (error: ControlError): string =>
  match(error)
    .with({ type: 'not-running' }, ({ socket }) => `fastbypass_monitor is not running: nobody answers on ${socket}`)
    .with({ type: 'not-permitted' }, ({ socket }) => `not permitted to use ${socket}: ${AS_MEMBER}`)
    .with({ type: 'no-answer' }, ({ socket, limit }) => `fastbypass_monitor did not answer on ${socket} within ${String(limit / 1000)} s: it hangs or is very busy; "fbypass_ctl tail" shows its log`)
    .with({ type: 'broken' }, ({ socket, reason }) => `the connection to ${socket} broke: ${reason}`)
    .with({ type: 'strange-answer' }, ({ socket, what }) => `what answers on ${socket} is not understood (${what}): is it a fastbypass_monitor, and of the version of this fbypass_ctl?`)
    .exhaustive();

/** Says it, and gives the status to end with. */
export function tell(terminal: Terminal, error: ControlError): ExitStatus {
  terminal.err(`fbypass_ctl: ${messageOf(error)}`);
  return statusOf(error);
}
