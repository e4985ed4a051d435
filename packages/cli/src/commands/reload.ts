import * as E from 'fp-ts/lib/Either.js';
import type { DiagnosticReport } from '@fastbypass/core';
import type { Run } from '../command.js';
import { type ControlClient, RELOAD_LIMIT, controlClient } from '../control-client.js';
import { tell } from '../control-error.js';
import { ExitStatus } from '../exit-status.js';
import { patiently } from '../patience.js';

export const run: Run<'socket' | 'json'> = async ({ options, terminal }) => {
  const client = controlClient(options.socket);
  const report = await patiently(terminal, 'the outcome of the reload', RELOAD_LIMIT, client.reload());
  if (E.isLeft(report)) return tell(terminal, report.left);
  const { reload, diagnostics } = report.right;
  const status = reload === 'accepted' ? ExitStatus.done : ExitStatus.configuration;
  if (options.json) {
    await terminal.out(`${JSON.stringify(report.right)}\n`);
    return status;
  }
  const file = await configPath(client);
  const said = diagnostics.map((diagnostic) => formatReport(file, diagnostic));
  if (status === ExitStatus.done) await terminal.out(lines([...said, 'reloaded: the new configuration runs']));
  else terminal.err([...said, 'fbypass_ctl: the reload is rejected: the old configuration runs on untouched'].join('\n'));
  return status;
};

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

/** The file that the daemon reads, which need not be that of this command's options. */
async function configPath({ status }: ControlClient): Promise<string> {
  const report = await status();
  return E.isRight(report) ? report.right.config.path : 'configuration';
}

/** As {@link formatDiagnostic} of the core. */
const formatReport = (file: string, { severity, line, message }: DiagnosticReport): string =>
  `${line === null ? file : `${file}:${String(line)}`}: ${severity}: ${message}`;
