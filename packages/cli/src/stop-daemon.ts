/**
 * Ends the daemon, whoever runs it, and waits until it is gone: through systemd where the unit runs it, for systemd would
 * start again what ends by itself; through the control socket whoever still answers then.
 */
import { setTimeout } from 'node:timers/promises';
import { DEFAULT_SOCKET } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { type ControlClient, STOP_LIMIT, controlClient } from './control-client.js';
import { tell } from './control-error.js';
import { ExitStatus } from './exit-status.js';
import { patiently } from './patience.js';
import { SYSTEMCTL_LIMIT, type Systemd, systemd } from './systemd/systemctl.js';
import { tellSystemdError } from './systemd/systemd-error.js';
import type { Terminal } from './terminal.js';

/** ms that the daemon may take to end, once it has said that it will: a running operation ends first. */
const PATIENCE = 30_000;
/** ms */
const POLL = 50;

export interface Stopping {
  readonly socket: string;
  readonly terminal: Terminal;
  readonly systemd: Systemd;
  /** ms until it must be gone. */
  readonly patience: number;
}

export const stopping = (socket: string, terminal: Terminal): Stopping => ({ socket, terminal, systemd: systemd(), patience: PATIENCE });

/** Left: it was said why not; the status to end with. `was-not`: nobody ran. */
export async function stopDaemon({ socket, terminal, systemd: manager, patience }: Stopping): Promise<E.Either<ExitStatus, 'gone' | 'was-not'>> {
  const client = controlClient(socket);
  const ran = await runsAsUnit(manager, socket, client, terminal);
  if (ran) {
    const acted = await patiently(terminal, 'systemctl stop', SYSTEMCTL_LIMIT, manager.act('stop'));
    if (E.isLeft(acted)) return E.left(tellSystemdError(terminal, acted.left, 'fastbypass_monitor was not stopped'));
  }
  const report = await patiently(terminal, 'an answer of fastbypass_monitor', STOP_LIMIT, client.stop());
  if (E.isLeft(report) && report.left.type === 'not-running') return E.right(ran ? 'gone' : 'was-not');
  // It may end faster than it answers.
  if (E.isLeft(report) && report.left.type !== 'broken') {
    const status = tell(terminal, report.left);
    if (report.left.type === 'no-answer') terminal.err(`fbypass_ctl: "ss -xlp src ${socket}" shows its process: end it with kill -KILL, then try again. If it wakes up before that it may still stop`);
    return E.left(status);
  }
  if (await patiently(terminal, 'fastbypass_monitor to end', patience, isGone(client, patience))) return E.right('gone');
  terminal.err(`fbypass_ctl: fastbypass_monitor still answers on ${socket} ${String(patience / 1000)} s after the stop`);
  return E.left(ExitStatus.failed);
}

/** Whether the unit stands for this control socket: by the process that answers, or because it is the one that units use. */
async function runsAsUnit(manager: Systemd, socket: string, { status }: ControlClient, terminal: Terminal): Promise<boolean> {
  const unit = await manager.unit();
  if (E.isLeft(unit)) {
    if (unit.left.type !== 'absent') terminal.err(`fbypass_ctl: systemd cannot be asked, so the control socket is: ${unit.left.words}`);
    return false;
  }
  if (!unit.right.active || socket === DEFAULT_SOCKET) return unit.right.active;
  const report = await status();
  return E.isRight(report) && report.right.pid === unit.right.mainPid;
}

async function isGone({ status }: ControlClient, patience: number): Promise<boolean> {
  const end = performance.now() + patience;
  while (performance.now() < end) {
    const report = await status();
    if (E.isLeft(report) && report.left.type === 'not-running') return true;
    await setTimeout(POLL);
  }
  return false;
}
