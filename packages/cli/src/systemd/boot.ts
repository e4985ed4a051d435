/** `enable` and `disable`: whether systemd starts the daemon on boot. */
import * as E from 'fp-ts/lib/Either.js';
import type { Call } from '../command.js';
import { ExitStatus } from '../exit-status.js';
import { type Systemd, systemd } from './systemctl.js';
import { tellSystemdError } from './systemd-error.js';

const INSTEAD = {
  enable: 'have what supervises programs here start fastbypass_monitor on boot',
  disable: 'have what supervises programs here no longer start fastbypass_monitor on boot',
} as const;

const DONE = {
  enable: 'fastbypass_monitor starts on every boot from now on; "fbypass_ctl start" starts it now.',
  disable: 'fastbypass_monitor starts on boot no more; what runs goes on until "fbypass_ctl stop".',
} as const;

export async function onBoot(verb: 'enable' | 'disable', { options, terminal }: Pick<Call<'json'>, 'options' | 'terminal'>, manager: Systemd = systemd()): Promise<ExitStatus> {
  // systemctl would speak of links and files; whether the unit is there at all is told in our words.
  const unit = await manager.unit();
  const acted = E.isLeft(unit) ? unit : await manager.act(verb);
  if (E.isLeft(acted)) return tellSystemdError(terminal, acted.left, INSTEAD[verb]);
  await terminal.out(options.json ? `${JSON.stringify({ [verb]: 'done' })}\n` : `${DONE[verb]}\n`);
  return ExitStatus.done;
}
