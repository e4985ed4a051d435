import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { LogFollower } from '../../dist/log/follower.js';
import { start, temporaryFolder, until } from '../support/fbypass-ctl.js';
import { MemoryTerminal } from '../support/memory-terminal.js';

interface Log {
  readonly folder: string;
  readonly path: string;
  /** What rotation does to it: `.1` to `.2`, the log to `.1`. */
  readonly putAside: () => void;
}

function newLog(check: ExecutionContext): Log {
  const folder = temporaryFolder(check);
  const path = join(folder, 'fastbypass_monitor.log');
  let parts = 0;
  const putAside = (): void => {
    for (let age = parts; age >= 1; age--) renameSync(`${path}.${String(age)}`, `${path}.${String(age + 1)}`);
    renameSync(path, `${path}.1`);
    parts++;
  };
  return { folder, path, putAside };
}

test.serial('the command: ten lines, then what comes, through rotation and truncation, until Ctrl-C', async (check) => {
  const { folder, path, putAside } = newLog(check);
  writeFileSync(path, Array.from({ length: 12 }, (_, nth) => `old ${String(nth)}\n`).join(''));
  const { child, stdout, end } = start(check, ['tailf', '--log-dir', folder]);
  let expected = Array.from({ length: 10 }, (_, nth) => `old ${String(nth + 2)}\n`).join('');
  const shown = async (): Promise<void> => {
    await until(expected, () => stdout().length >= expected.length);
    check.is(stdout(), expected);
  };
  await shown();
  appendFileSync(path, 'new\n');
  expected += 'new\n';
  await shown();
  appendFileSync(path, 'last before rotation\n');
  putAside();
  writeFileSync(path, 'first after rotation\n');
  expected += 'last before rotation\nfirst after rotation\n';
  await shown();
  truncateSync(path);
  writeFileSync(path, 'emptied\n');
  expected += 'emptied\n';
  await shown();
  child.kill('SIGINT');
  const { status, stderr } = await end;
  check.is(status, 0);
  check.is(stderr, '');
});

test.serial('the command waits for a log that is not there yet', async (check) => {
  const { folder, path } = newLog(check);
  const { child, stdout, stderr, end } = start(check, ['tailf', '--log-dir', join(folder)]);
  await until('the notice', () => stderr().includes('waiting for it'));
  writeFileSync(path, 'here\n');
  await until('the line', () => stdout() === 'here\n');
  child.kill('SIGTERM');
  check.is((await end).status, 0);
});

/** A follower that looks when the test says so. */
async function follow(check: ExecutionContext, log: Log): Promise<{ readonly follower: LogFollower; readonly terminal: MemoryTerminal }> {
  const terminal = new MemoryTerminal();
  const follower = new LogFollower(log.folder, terminal);
  check.teardown(() => follower.close());
  await follower.begin(10);
  return { follower, terminal };
}

test('a burst that rotates more than once between two looks loses nothing', async (check) => {
  const log = newLog(check);
  writeFileSync(log.path, '1\n');
  const { follower, terminal } = await follow(check, log);
  appendFileSync(log.path, '2\n');
  for (const text of ['3\n', '4\n', '5\n']) {
    log.putAside();
    writeFileSync(log.path, text);
  }
  await follower.advance();
  check.is(terminal.stdout, '1\n2\n3\n4\n5\n');
  appendFileSync(log.path, '6\n');
  await follower.advance();
  check.is(terminal.stdout, '1\n2\n3\n4\n5\n6\n');
});

test('while the newest part is missing the one put aside is still read', async (check) => {
  const log = newLog(check);
  writeFileSync(log.path, '1\n');
  const { follower, terminal } = await follow(check, log);
  log.putAside();
  appendFileSync(`${log.path}.1`, '2\n');
  await follower.advance();
  writeFileSync(log.path, '3\n');
  await follower.advance();
  check.is(terminal.stdout, '1\n2\n3\n');
});

test('a log that was removed and made anew is told from its beginning, older parts are not', async (check) => {
  const log = newLog(check);
  writeFileSync(log.path, '1\n');
  const { follower, terminal } = await follow(check, log);
  rmSync(log.path);
  writeFileSync(`${log.path}.1`, 'old news\n');
  writeFileSync(log.path, '2\n');
  await follower.advance();
  check.is(terminal.stdout, '1\n2\n');
});

test('a half line is shown as it is and goes on', async (check) => {
  const log = newLog(check);
  writeFileSync(log.path, 'ha');
  const { follower, terminal } = await follow(check, log);
  appendFileSync(log.path, 'lf\n');
  await follower.advance();
  check.is(terminal.stdout, 'half\n');
});
