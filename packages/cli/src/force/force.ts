/** `force_on` and `force_off`: the daemon is stopped, then the network made as a mode asks. */
import { Persistence, stateFileOf } from '@fastbypass/daemon';
import * as E from 'fp-ts/lib/Either.js';
import { controlClient } from '../control-client.js';
import { tell } from '../control-error.js';
import { ExitStatus } from '../exit-status.js';
import type { Options } from '../option.js';
import { PATIENCE, stopDaemon } from '../stop-daemon.js';
import type { Terminal } from '../terminal.js';
import { listOf } from '../text.js';
import { mayChangeNetwork } from './capability.js';
import { type Enforced, enforce } from './enforce.js';
import { recall } from './memory.js';
import { type ForcedMode, outlook } from './outlook.js';
import { type Prepared, prepare } from './preparation.js';

/** ms until the kernel must agree. */
const LIMIT = 10_000;

export interface ForceCall {
  readonly options: Pick<Options, 'config' | 'driver' | 'socket'>;
  readonly terminal: Terminal;
}

/** @param limits ms: `stop` until the daemon must be gone, `kernel` until the kernel must agree */
export async function force(mode: ForcedMode, { options, terminal }: ForceCall, limits: { readonly stop: number; readonly kernel: number } = { stop: PATIENCE, kernel: LIMIT }): Promise<ExitStatus> {
  const prepared = await prepare(options, terminal);
  if (E.isLeft(prepared)) return prepared.left;
  try {
    // A daemon that is stopped for nothing leaves the cards alone.
    if (prepared.right.driver.name !== 'mock' && !mayChangeNetwork()) {
      terminal.err('fbypass_ctl: not permitted to change the network, nothing was done: run this as root');
      return ExitStatus.notPermitted;
    }
    const stopped = await stop(options.socket, terminal, limits.stop);
    return E.isLeft(stopped) ? stopped.left : await makeItSo(mode, prepared.right, options.socket, terminal, limits.kernel);
  } finally {
    await prepared.right.driver.close();
  }
}

async function stop(socket: string, terminal: Terminal, patience: number): Promise<E.Either<ExitStatus, void>> {
  const stopped = await stopDaemon(controlClient(socket), patience);
  if (E.isRight(stopped) && stopped.right === 'gone') {
    await terminal.out('fastbypass_monitor has stopped.\n');
    return E.right(undefined);
  }
  if (E.isRight(stopped)) {
    terminal.err(`fbypass_ctl: fastbypass_monitor still answers on ${socket} ${String(patience / 1000)} s after the stop: nothing was changed`);
    return E.left(ExitStatus.failed);
  }
  if (stopped.left.type === 'not-running') {
    await terminal.out('fastbypass_monitor is not running.\n');
    return E.right(undefined);
  }
  const status = tell(terminal, stopped.left);
  terminal.err('fbypass_ctl: the network was not changed: a fastbypass_monitor that runs would undo it');
  return E.left(status);
}

async function makeItSo(mode: ForcedMode, { config, driver, observed }: Prepared, socket: string, terminal: Terminal, limit: number): Promise<ExitStatus> {
  const ledger = recall(socket, config, terminal);
  const { spared } = outlook(mode, config, ledger, observed);
  if (spared.length > 0) terminal.err(`fbypass_ctl: left as they are, because what bears listeners or cards stands on them: ${listOf(spared)}`);
  // What the mock shows is not this machine's network, and no knowledge for the next start.
  const persistence = new Persistence(stateFileOf(socket), driver.name === 'mock');
  const enforced = await enforce({ mode, config, driver, ledger, persistence, terminal, limit });
  for (const problem of persistence.problems) terminal.err(`fbypass_ctl: ${problem}`);
  if (enforced.unmet.length > 0) return sayUnmet(mode, enforced, terminal);
  if (enforced.changes === 0) await terminal.out('Nothing was to be done.\n');
  const daemon = await controlClient(socket).status();
  if (E.isRight(daemon) || daemon.left.type !== 'not-running') {
    terminal.err(`fbypass_ctl: a fastbypass_monitor has been started meanwhile and answers on ${socket}: it has taken over again`);
    return ExitStatus.failed;
  }
  await terminal.out(`${SO[mode]} ${TAKES_OVER}\n`);
  return ExitStatus.done;
}

const SO: Readonly<Record<ForcedMode, string>> = {
  bypass: 'The kernel is as bypass asks: the cards have lost their addresses.',
  normal: 'The kernel is as normal asks: the cards have their addresses, and nobody watches the DPIs.',
};

const TAKES_OVER = 'The next start of fastbypass_monitor takes over again.';

function sayUnmet(mode: ForcedMode, { unmet, notPermitted }: Enforced, terminal: Terminal): ExitStatus {
  terminal.err([`fbypass_ctl: NOT all is as ${mode} asks:`, ...unmet.map((sentence) => `  ${sentence}`)].join('\n'));
  terminal.err(`fbypass_ctl: fastbypass_monitor does not run. ${TAKES_OVER}${notPermitted ? ' Run this as root.' : ''}`);
  return notPermitted ? ExitStatus.notPermitted : ExitStatus.failed;
}
