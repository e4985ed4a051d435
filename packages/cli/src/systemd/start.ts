/** `start` and `restart` through systemd. */
import * as E from 'fp-ts/lib/Either.js';
import type { Call } from '../command.js';
import { controlClient } from '../control-client.js';
import { ExitStatus } from '../exit-status.js';
import { patiently } from '../patience.js';
import { reasonOf } from '../status/reason.js';
import type { Terminal } from '../terminal.js';
import { SYSTEMCTL_LIMIT, type Systemd, systemd } from './systemctl.js';
import { tellSystemdError } from './systemd-error.js';

const INSTEAD = {
  start: 'have what supervises programs here start fastbypass_monitor, or run it in the foreground: fastbypass_monitor --config FILE',
  restart: 'end it with "fbypass_ctl stop", then have what supervises programs here start it again',
} as const;

const DONE = { start: 'fastbypass_monitor runs.', restart: 'fastbypass_monitor has been restarted.' } as const;

export async function startUnit(verb: 'start' | 'restart', { options, terminal }: Pick<Call<'socket' | 'json'>, 'options' | 'terminal'>, manager: Systemd = systemd()): Promise<ExitStatus> {
  const { socket, json } = options;
  const unit = await manager.unit();
  if (E.isLeft(unit)) return tellSystemdError(terminal, unit.left, INSTEAD[verb]);
  const { status } = controlClient(socket);
  const stranger = unit.right.active ? null : await status();
  if (stranger !== null && E.isRight(stranger)) {
    terminal.err(`fbypass_ctl: a fastbypass_monitor that systemd has not started (process ${String(stranger.right.pid)}) answers on ${socket}: end it first, with "fbypass_ctl stop"`);
    return ExitStatus.failed;
  }
  const acted = await patiently(terminal, `systemctl ${verb}`, SYSTEMCTL_LIMIT, manager.act(verb));
  if (E.isLeft(acted)) {
    const told = tellSystemdError(terminal, acted.left, INSTEAD[verb]);
    return acted.left.type === 'failed' ? tellWhyNot(terminal, manager) : told;
  }
  if (acted.right !== '') terminal.err(acted.right);
  const report = await status();
  const present = E.isRight(report) ? ` ${reasonOf(report.right)}` : '';
  await terminal.out(json ? `${JSON.stringify({ [verb]: 'done' })}\n` : `${DONE[verb]}${present}\n`);
  return ExitStatus.done;
}

async function tellWhyNot(terminal: Terminal, manager: Systemd): Promise<ExitStatus> {
  const unit = await manager.unit();
  if (E.isRight(unit) && unit.right.exitStatus === ExitStatus.configuration) {
    terminal.err('fbypass_ctl: the configuration has an error of the whole: "fbypass_ctl check" names it; once it is mended, systemd starts the daemon by itself');
    return ExitStatus.configuration;
  }
  terminal.err('fbypass_ctl: "fbypass_ctl tail" and "journalctl -u fastbypass_monitor" show why');
  return ExitStatus.failed;
}
