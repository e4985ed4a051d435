/** `force_on` and `force_off`: the daemon is stopped, then the network made as a mode asks. */
import { Persistence, stateFileOf } from '@fastbypass/daemon';
import * as E from 'fp-ts/lib/Either.js';
import { controlClient } from '../control-client.js';
import { ExitStatus } from '../exit-status.js';
import type { Options } from '../option.js';
import { AS_ROOT } from '../permission.js';
import { type Stopping, stopDaemon, stopping } from '../stop-daemon.js';
import type { Terminal } from '../terminal.js';
import { listOf } from '../text.js';
import { mayChangeNetwork } from './capability.js';
import { type Enforced, enforce } from './enforce.js';
import { recall } from './memory.js';
import { type ForcedMode, outlook } from './outlook.js';
import { type Prepared, prepare } from './preparation.js';
import { Teller } from './teller.js';

/** ms until the kernel must agree. */
const LIMIT = 10_000;

export interface ForceCall {
  readonly options: Pick<Options, 'config' | 'driver' | 'socket' | 'json'>;
  readonly terminal: Terminal;
}

/** @param kernel ms until the kernel must agree */
export async function force(mode: ForcedMode, { options, terminal }: ForceCall, stop: Stopping = stopping(options.socket, terminal), kernel: number = LIMIT): Promise<ExitStatus> {
  const prepared = await prepare(options, terminal);
  if (E.isLeft(prepared)) return prepared.left;
  const teller = new Teller(terminal, options.json);
  try {
    // A daemon that is stopped for nothing leaves the cards alone.
    if (prepared.right.driver.name !== 'mock' && !mayChangeNetwork()) {
      terminal.err(`fbypass_ctl: not permitted to change the network, nothing was done: ${AS_ROOT}`);
      return ExitStatus.notPermitted;
    }
    const stopped = await stopDaemon(stop);
    if (E.isLeft(stopped)) {
      terminal.err('fbypass_ctl: the network was not changed: a fastbypass_monitor that runs would undo it');
      return stopped.left;
    }
    await teller.say(stopped.right === 'gone' ? 'fastbypass_monitor has stopped.' : 'fastbypass_monitor is not running.');
    const forced = await makeItSo(mode, prepared.right, options.socket, terminal, teller, kernel);
    if (options.json) await terminal.out(`${JSON.stringify({ mode, agreed: forced.status === ExitStatus.done, operations: teller.records, unmet: forced.unmet })}\n`);
    return forced.status;
  } finally {
    await prepared.right.driver.close();
  }
}

interface Forced {
  readonly status: ExitStatus;
  readonly unmet: readonly string[];
}

async function makeItSo(mode: ForcedMode, { config, driver, observed }: Prepared, socket: string, terminal: Terminal, teller: Teller, limit: number): Promise<Forced> {
  const ledger = recall(socket, config, terminal);
  const { spared } = outlook(mode, config, ledger, observed);
  if (spared.length > 0) terminal.err(`fbypass_ctl: left as they are, because what bears listeners or cards stands on them: ${listOf(spared)}`);
  // What the mock shows is not this machine's network, and no knowledge for the next start.
  const persistence = new Persistence(stateFileOf(socket), driver.name === 'mock');
  const enforced = await enforce({ mode, config, driver, ledger, persistence, teller, limit });
  const { unmet } = enforced;
  for (const problem of persistence.problems) terminal.err(`fbypass_ctl: ${problem}`);
  if (unmet.length > 0) return { status: sayUnmet(mode, enforced, terminal), unmet };
  if (enforced.changes === 0) await teller.say('Nothing was to be done.');
  const daemon = await controlClient(socket).status();
  if (E.isRight(daemon) || daemon.left.type !== 'not-running') {
    terminal.err(`fbypass_ctl: a fastbypass_monitor has been started meanwhile and answers on ${socket}: it has taken over again`);
    return { status: ExitStatus.failed, unmet };
  }
  await teller.say(`${SO[mode]} ${TAKES_OVER}`);
  return { status: ExitStatus.done, unmet };
}

const SO: Readonly<Record<ForcedMode, string>> = {
  bypass: 'The kernel is as bypass asks: the cards have lost their addresses.',
  normal: 'The kernel is as normal asks: the cards have their addresses, and nobody watches the DPIs.',
};

const TAKES_OVER = 'The next start of fastbypass_monitor takes over again.';

function sayUnmet(mode: ForcedMode, { unmet, notPermitted }: Enforced, terminal: Terminal): ExitStatus {
  terminal.err([`fbypass_ctl: NOT all is as ${mode} asks:`, ...unmet.map((sentence) => `  ${sentence}`)].join('\n'));
  terminal.err(`fbypass_ctl: fastbypass_monitor does not run. ${TAKES_OVER}${notPermitted ? ` Not permitted: ${AS_ROOT}.` : ''}`);
  return notPermitted ? ExitStatus.notPermitted : ExitStatus.failed;
}
