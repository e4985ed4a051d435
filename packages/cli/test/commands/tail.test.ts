import { chmodSync, closeSync, ftruncateSync, linkSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { printLastLines } from '../../dist/log/last-lines.js';
import { run, start, temporaryFolder } from '../support/fbypass-ctl.js';
import { MemoryTerminal } from '../support/memory-terminal.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';

const LOG = 'fastbypass_monitor.log';
const lines = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, nth) => `line ${String(from + nth)} äöü\n`).join('');

function folderWith(check: ExecutionContext, parts: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(check);
  for (const [name, text] of Object.entries(parts)) writeFileSync(join(folder, name), text);
  return folder;
}

test.serial('the last 100 lines, or as many as asked for', async (check) => {
  const folder = folderWith(check, { [LOG]: lines(1, 250) });
  check.deepEqual(await run(check, 'tail', '--log-dir', folder), { status: 0, stdout: lines(151, 250), stderr: '' });
  check.deepEqual(await run(check, '--log-dir', folder, 'tail', '3'), { status: 0, stdout: lines(248, 250), stderr: '' });
  check.deepEqual(await run(check, 'tail', '0', '--log-dir', folder), { status: 0, stdout: '', stderr: '' });
});

test.serial('on into older parts, in the order of their age', async (check) => {
  const folder = folderWith(check, {
    [LOG]: lines(31, 35),
    [`${LOG}.1`]: lines(21, 30),
    [`${LOG}.2`]: lines(11, 20),
    [`${LOG}.10`]: lines(1, 10),
    [`${LOG}.gz`]: 'no part\n',
    'other.log': 'no part\n',
  });
  check.is((await run(check, 'tail', '12', '--log-dir', folder)).stdout, lines(24, 35));
  check.is((await run(check, 'tail', '32', '--log-dir', folder)).stdout, lines(4, 35));
  check.is((await run(check, 'tail', '--log-dir', folder)).stdout, lines(1, 35));
});

test.serial('between the two steps of a rotation the newest part is missing', async (check) => {
  check.is((await run(check, 'tail', '2', '--log-dir', folderWith(check, { [`${LOG}.1`]: lines(1, 9) }))).stdout, lines(8, 9));
});

test.serial('a part that rotation moves while it is read is printed once', async (check) => {
  const folder = folderWith(check, { [LOG]: lines(1, 3) });
  // The same file under two names is what a rotation between two looks amounts to.
  linkSync(join(folder, LOG), join(folder, `${LOG}.1`));
  check.is((await run(check, 'tail', '--log-dir', folder)).stdout, lines(1, 3));
});

test.serial('a huge log is read from its end', async (check) => {
  const folder = temporaryFolder(check);
  const path = join(folder, LOG);
  const file = openSync(path, 'w');
  // 64 GiB that take no room: reading them would take minutes.
  ftruncateSync(file, 64 * 2 ** 30);
  writeSync(file, `\n${lines(1, 50)}`, 64 * 2 ** 30);
  closeSync(file);
  check.is((await run(check, 'tail', '50', '--log-dir', folder)).stdout, lines(1, 50));
});

test('whatever the lines, it is what a reading of the whole gives', async (check) => {
  const text = fc.array(fc.tuple(fc.constantFrom('', 'a', 'é', 'x'.repeat(65_535), 'y'.repeat(65_536), 'z'.repeat(131_072)), fc.constant('\n')), { maxLength: 6 }).map((all) => all.flat().join(''));
  await fc.assert(
    fc.asyncProperty(text, text, fc.constantFrom('', 'unfinished'), fc.nat({ max: 14 }), async (older, newer, rest, wanted) => {
      const folder = folderWith(check, { [`${LOG}.1`]: older, [LOG]: newer + rest });
      const terminal = new MemoryTerminal();
      check.true(await printLastLines(folder, wanted, terminal));
      const all = (older + newer + rest).match(/[^\n]*\n|[^\n]+$/g) ?? [];
      check.is(terminal.stdout, wanted === 0 ? '' : all.slice(-wanted).join(''));
    }),
    { numRuns: 100 },
  );
});

test.serial('status 1 where there is no log', async (check) => {
  const folder = temporaryFolder(check);
  for (const there of [folder, join(folder, 'none')]) {
    const { status, stdout, stderr } = await run(check, 'tail', '--log-dir', there);
    check.is(status, 1);
    check.is(stdout, '');
    check.true(stderr.includes(there), stderr);
    check.is(stderr.trim().split('\n').length, 1);
  }
});

(UNPRIVILEGED === null ? test.skip : test.serial)('status 4 where it may not be read, and what to do', async (check) => {
  const file = folderWith(check, { [LOG]: lines(1, 3) });
  chmodSync(join(file, LOG), 0o000);
  const folder = join(temporaryFolder(check), 'closed');
  mkdirSync(folder, 0o000);
  for (const there of [file, folder]) {
    for (const command of ['tail', 'tailf']) {
      const { status, stdout, stderr } = await start(check, [command, '--log-dir', there], UNPRIVILEGED ?? []).end;
      check.is(status, 4, stderr);
      check.is(stdout, '');
      check.regex(stderr, /permission denied; run this as root/);
    }
  }
});

test.serial('a folder where the log should be, and a link to nowhere', async (check) => {
  const folder = temporaryFolder(check);
  mkdirSync(join(folder, LOG));
  check.is((await run(check, 'tail', '--log-dir', folder)).status, 1);
  const linked = temporaryFolder(check);
  symlinkSync('/nowhere', join(linked, LOG));
  check.is((await run(check, 'tail', '--log-dir', linked)).status, 1);
});
