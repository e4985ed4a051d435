/** Speaks to systemd through `systemctl`, about the one unit that is ours. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { errorCode, reasonOf } from '../file-error.js';

export const UNIT = 'fastbypass_monitor.service';

/** What exists exactly where systemd has booted the machine (sd_booted(3)). */
const BOOTED = '/run/systemd/system';

/** ms until systemctl itself is given up: a restart is a stop and a start, to each of which systemd gives 90 s by default. */
export const SYSTEMCTL_LIMIT = 200_000;

export type SystemdError =
  /** There is no systemd here, or it does not know the unit. */
  | { readonly type: 'absent'; readonly why: string }
  | { readonly type: 'not-permitted'; readonly verb: Verb; readonly words: string }
  | { readonly type: 'failed'; readonly verb: Verb; readonly words: string };

export type Verb = 'start' | 'stop' | 'restart' | 'enable' | 'disable' | 'show';

export interface Unit {
  /** systemd runs it, or is about to run it again: it starts, stops, or waits between two tries too. */
  readonly active: boolean;
  /** 0: none runs. */
  readonly mainPid: number;
  /** With which the main process ended last. */
  readonly exitStatus: number;
}

export interface Systemd {
  readonly unit: () => Promise<E.Either<SystemdError, Unit>>;
  /** Resolves when the job is done; to the right: what systemctl had to say beside. */
  readonly act: (verb: Exclude<Verb, 'show'>) => Promise<E.Either<SystemdError, string>>;
}

/** @param command by path, or looked for in the PATH */
export function systemd(command = 'systemctl', booted = BOOTED): Systemd {
  const run = (verb: Verb, ...words: readonly string[]): Promise<E.Either<SystemdError, Words>> =>
    existsSync(booted) ? runSystemctl(command, verb, words) : Promise.resolve(E.left({ type: 'absent', why: 'systemd does not run this machine' }));
  return {
    unit: async () => E.flatMap(unitOf)(await run('show', '--property=LoadState,ActiveState,MainPID,ExecMainStatus')),
    act: async (verb) => E.map(({ stderr }: Words) => stderr)(await run(verb)),
  };
}

interface Words {
  readonly stdout: string;
  readonly stderr: string;
}

// A question for a password would wait for an answer that a script never gives.
const ALWAYS = ['--no-ask-password', '--no-pager'] as const;

function runSystemctl(command: string, verb: Verb, words: readonly string[]): Promise<E.Either<SystemdError, Words>> {
  return new Promise((resolve) => {
    const child = spawn(command, [...ALWAYS, verb, ...words, UNIT], { env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'], signal: AbortSignal.timeout(SYSTEMCTL_LIMIT) });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error) => {
      resolve(E.left(errorCode(error) === 'ENOENT' ? { type: 'absent', why: 'there is no systemctl' } : { type: 'failed', verb, words: `${command} ${verb}: ${spawnReason(error)}` }));
    });
    child.once('close', (status) => {
      resolve(status === 0 ? E.right({ stdout, stderr: stderr.trim() }) : E.left(refusal(verb, status, stderr.trim())));
    });
  });
}

/** How node:child_process says that the signal has fired: ABORT_ERR. */
const spawnReason = (error: unknown): string => (errorCode(error) === 'ABORT_ERR' ? `did not end within ${String(SYSTEMCTL_LIMIT / 1000)} s` : reasonOf(error));

/** LSB's "insufficient privileges"; some versions end with 1 and say it in words alone. */
const NO_PERMISSION = 4;
const REFUSED = /access denied|authentication (?:is )?required|permission denied|operation not permitted|not authorized/i;

function refusal(verb: Verb, status: number | null, words: string): SystemdError {
  const said = words === '' ? `systemctl ${verb} ended with status ${String(status ?? 'none: it was killed')}` : words;
  return { type: REFUSED.test(words) || (status === NO_PERMISSION && verb !== 'show') ? 'not-permitted' : 'failed', verb, words: said };
}

const ENDED = ['inactive', 'failed'];

function unitOf({ stdout }: Words): E.Either<SystemdError, Unit> {
  const shown = new Map(stdout.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]));
  if (shown.get('LoadState') === 'not-found') return E.left({ type: 'absent', why: `systemd knows no ${UNIT}` });
  const active = shown.get('ActiveState') ?? '';
  if (active === '') return E.left({ type: 'failed', verb: 'show', words: `systemctl show ${UNIT} does not tell its ActiveState` });
  return E.right({ active: !ENDED.includes(active), mainPid: Number(shown.get('MainPID') ?? 0), exitStatus: Number(shown.get('ExecMainStatus') ?? 0) });
}
