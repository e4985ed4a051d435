import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

export interface FakeIp {
  /** To be run. */
  readonly command: string;
  readonly folder: string;
  /** The words of each call so far, one line a call. */
  readonly calls: () => Promise<readonly string[]>;
}

/** A command that stands in for `ip`: a shell script that finds its words in `$*` and its folder in `$folder`. */
export async function fakeIp(t: ExecutionContext, script: string): Promise<FakeIp> {
  const folder = await mkdtemp(join(tmpdir(), 'fake-ip-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const command = join(folder, 'ip');
  await writeFile(command, `#!/bin/sh\nfolder='${folder}'\necho "$*" >> "$folder/calls"\n${script}\n`, { mode: 0o755 });
  return {
    command,
    folder,
    calls: async () => (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter((line) => line !== ''),
  };
}
