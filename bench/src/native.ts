import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';



/** Paths of the compiled programs of `bench/native`. */
export type Native = Readonly<Record<'observer' | 'floor' | 'sender', string>>;

const source = (name: string): string => fileURLToPath(new URL(`../native/${name}.c`, import.meta.url));

/** Compiles them into a temporary folder, which goes at the end of this process. @throws where there is no compiler */
export function compileNative(): Native {
  const folder = mkdtempSync(join(tmpdir(), 'fastbypass-bench-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const compile = (name: string): string => {
    const program = join(folder, name);
    execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-o', program, source(name)], { stdio: 'inherit' });
    return program;
  };
  return { observer: compile('observer'), floor: compile('floor'), sender: compile('sender') };
}

/** A file of `bench/peers`. */
export const peerFile = (name: string): string => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
