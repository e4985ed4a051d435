import { spawn } from 'node:child_process';

export interface Ran {
  /** Exit status; null: it was killed. */
  readonly status: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Runs a command with nothing on its standard input; it never rejects for an exit status. */
export function command(words: readonly string[], how: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const [file = '', ...rest] = words;
    const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: process.env, ...how });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (status) => {
      resolve({ status, output });
    });
  });
}

/** As {@link command}, where anything but status 0 is an error. @returns its output */
export async function succeed(words: readonly string[], how: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Promise<string> {
  const { status, output } = await command(words, how);
  if (status !== 0) throw new Error(`${words.join(' ')} ended with status ${String(status)}:\n${output}`);
  return output;
}
