import { DAEMON_BIN } from '@fastbypass/test-fixtures';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Words that start our daemon. */
export type Monitor = readonly [string, ...string[]];

/** Paths of the compiled programs of `bench/native`, and the daemon that is measured. */
export interface Native {
  readonly observer: string;
  readonly floor: string;
  readonly sender: string;
  readonly timer: string;
  readonly monitor: Monitor;
}

const source = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A folder that goes at the end of this process. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fastbypass-bench-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Compiles them into a temporary folder. @throws where there is no compiler */
export function compileNative(monitor: Monitor): Native {
  const folder = temporaryFolder();
  const compile = (name: string): string => {
    const program = join(folder, name);
    execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-pthread', '-o', program, source(`native/${name}.c`)], { stdio: 'inherit' });
    return program;
  };
  return { observer: compile('observer'), floor: compile('floor'), sender: compile('sender'), timer: compile('timer'), monitor };
}

/** The daemon of this clone, not bundled, on the Node that runs the benchmark. */
export const ofThisClone: Monitor = [process.execPath, DAEMON_BIN];

/**
 * The daemon as the Debian package has it: bundled, on the package's own Node, started by the same words.
 *
 * @throws where it cannot be laid out: that takes patchelf and npm's registry
 */
export function asShipped(): Monitor {
  const folder = temporaryFolder();
  execFileSync(process.execPath, [source('../packaging/tools/programs.js'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  return [join(folder, 'bin/fastbypass_monitor')];
}

/** A file of `bench/peers`. */
export const peerFile = (name: string): string => source(`peers/${name}`);
