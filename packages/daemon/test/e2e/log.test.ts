import test from 'ava';
import { freePorts } from '@fastbypass/test-fixtures';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bed, statusWhere, until } from './bed.js';
import { mockConfig } from './configs.js';

test('the log goes to standard error and to the file', async (t) => {
  const bed = new Bed(t);
  const daemon = await bed.start(mockConfig({ ports: await freePorts(1) }));
  await daemon.stop();
  t.regex(daemon.output, /^\S+Z INFO +fastbypass_monitor \d/);
  t.is(bed.home.log(), daemon.output);
});

test('heartbeats and decisions are written down at DEBUG alone, from the reload on that asks for it', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports }));
  const dpi = bed.dpi(ports[0] ?? 0);
  dpi.send();
  await statusWhere(daemon, 'the mode is normal', ({ mode }) => mode === 'normal');
  bed.home.configure(mockConfig({ ports, lines: ['LOG_LEVEL=DEBUG'] }));
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  dpi.send();
  await statusWhere(daemon, 'the next is heard', ({ listeners }) => listeners[0]?.heartbeats === 2);
  await daemon.stop();
  const lines = daemon.output.split('\n').flatMap((line) => /DEBUG +((?:in|step|out) \{.*)/.exec(line)?.[1] ?? []);
  t.deepEqual(lines.map((line) => line.replace(/"at":\d+/, '"at":0')), ['out {"at":0,"reload":"accepted"}', 'step {"at":0,"decided":true}', 'in {"at":0,"heartbeat":0}']);
});

test('a folder that cannot be written to never stops it, and is named', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  // Root may write anywhere, but not into a file as if it were a folder.
  writeFileSync(bed.home.logDir, '');
  const daemon = await bed.start(mockConfig({ ports }));
  bed.dpi(ports[0] ?? 0).send();
  const status = await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
  t.true(status.problems.some((problem) => problem.includes('log') && problem.includes(bed.home.logDir)), status.problems.join('; '));
  t.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

test('a reader of standard error that goes away does not stop it', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  const daemon = await bed.start(mockConfig({ ports }));
  daemon.hangUp();
  bed.dpi(ports[0] ?? 0).send();
  await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
  t.is((await daemon.request('POST', '/v1/reload')).status, 200);
  t.deepEqual(await daemon.stop(), { code: 0, signal: null });
  t.regex(bed.home.log(), /stopped; nothing in the network was changed/);
});

test('a log that nobody reads holds up neither the daemon nor its stop, and is named', async (t) => {
  const bed = new Bed(t);
  const ports = await freePorts(1);
  mkdirSync(bed.home.logDir);
  // To open it for writing waits for a reader, in a thread.
  execFileSync('mkfifo', [join(bed.home.logDir, 'fastbypass_monitor.log')]);
  const daemon = await bed.start(mockConfig({ ports }));
  bed.dpi(ports[0] ?? 0).send();
  await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
  await statusWhere(daemon, 'the log is named', ({ problems }) => problems.some((problem) => /log to .*fastbypass_monitor\.log is incomplete: a write has not ended for/.test(problem)));
  t.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

const mount = process.getuid?.() === 0 ? whyNoTmpfs() : 'needs root';
(mount === null ? test : test.skip)(`a full disk never stops it, and the log goes on with room${mount === null ? '' : ` (${mount})`}`, async (t) => {
  const disk = mountTmpfs();
  t.teardown(() => {
    unmount(disk);
  });
  const bed = new Bed(t, disk);
  const ports = await freePorts(1);
  bed.home.configure(mockConfig({ ports, lines: ['LISTEN_HEARTBEAT_TIMEOUT=500', 'LOG_LEVEL=DEBUG'] }));
  const ballast = join(disk, 'ballast');
  fill(ballast);
  const daemon = await bed.restart();
  const dpi = bed.dpi(ports[0] ?? 0);
  dpi.talk();
  const status = await statusWhere(daemon, 'the mode is normal', ({ mode, converged }) => mode === 'normal' && converged);
  t.true(status.problems.some((problem) => problem.includes('log')), status.problems.join('; '));
  await dpi.hush();
  await statusWhere(daemon, 'the mode is bypass', ({ mode, converged }) => mode === 'bypass' && converged);
  rmSync(ballast);
  await until('lines arrive in the file again', async () => {
    await daemon.request('POST', '/v1/reload');
    const log = join(bed.home.logDir, 'fastbypass_monitor.log');
    return existsSync(log) && statSync(log).size > 0;
  });
  await statusWhere(daemon, 'nothing is wrong with the log any more', ({ problems }) => !problems.some((problem) => problem.includes('log')));
  t.deepEqual(await daemon.stop(), { code: 0, signal: null });
  t.regex(bed.home.log(), /lines were lost here/);
});

function mountTmpfs(): string {
  const disk = mkdtempSync(join(tmpdir(), 'fbdisk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'pipe' });
  } catch (error) {
    rmSync(disk, { recursive: true });
    throw error;
  }
  return disk;
}

function unmount(disk: string): void {
  execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true });
}

function whyNoTmpfs(): string | null {
  try {
    unmount(mountTmpfs());
    return null;
  } catch {
    return 'needs a mount of tmpfs';
  }
}

/** Until there is not a byte left. */
function fill(path: string): void {
  for (const flag of ['w', 'a'] as const) {
    for (let size = flag === 'w' ? 256 * 1024 : 4096; size >= 1; size = Math.floor(size / 2)) {
      try {
        writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
      } catch {
        // Then with less.
      }
    }
  }
}
