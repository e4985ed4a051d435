/** The completion of fbypass_ctl, asked as bash asks it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { COMMANDS, COMMON_OPTIONS, longFlag } from '@fastbypass/cli';
import { DRIVERS } from '@fastbypass/core';

const script = fileURLToPath(new URL('../../../packaging/completion/fbypass_ctl', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'fastbypass-'));
mkdirSync(join(folder, 'logs'));
for (const name of ['night.env', 'night.ndjson', 'with space.env']) writeFileSync(join(folder, name), '');
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What is offered for the last of the words; `=` is a word of its own, as bash has it. */
function offered(...words: readonly string[]): readonly string[] {
  const program = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); set -u; _fbypass_ctl || exit; ((${#COMPREPLY[@]} == 0)) || printf "%s\\n" "${COMPREPLY[@]}"';
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', program, 'bash', script, 'fbypass_ctl', ...words], { cwd: folder, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`status ${String(status)}: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '').toSorted();
}

const names = COMMANDS.map(({ name }) => name);
const flagsOf = (name: string): readonly string[] => [...(COMMANDS.find((it) => it.name === name)?.options ?? []).map(longFlag), '--help'].toSorted();

test('bash knows it for fbypass_ctl, and finds no fault in it', (t) => {
  t.is(execFileSync('bash', ['--norc', '-c', 'source "$1"; complete -p fbypass_ctl', 'bash', script], { encoding: 'utf8' }), 'complete -F _fbypass_ctl fbypass_ctl\n');
});

test('commands, after common options too', (t) => {
  t.deepEqual(offered(''), names.toSorted());
  t.deepEqual(offered('re'), ['reload', 'restart']);
  t.deepEqual(offered('--json', '--socket', '/run/x.sock', 'st'), ['start', 'status', 'stop']);
  t.deepEqual(offered('--socket', '=', '/run/x.sock', 'wh'), ['why']);
  t.deepEqual(offered('help', 'force'), ['force_off', 'force_on']);
});

test('options: those that the command takes', (t) => {
  t.deepEqual(offered('--'), [...COMMON_OPTIONS.map(longFlag), '--help', '--version'].toSorted());
  for (const name of names) t.deepEqual(offered(name, '--'), flagsOf(name), name);
  t.deepEqual(offered('force-on', ''), flagsOf('force_on'));
  t.deepEqual(offered('status', '--w'), ['--watch']);
});

test('values: words where there are words, apart or after =', (t) => {
  t.deepEqual(offered('plan', '--mode', ''), ['bypass', 'normal']);
  t.deepEqual(offered('plan', '--mode', '='), ['bypass', 'normal']);
  t.deepEqual(offered('plan', '--mode', '=', 'by'), ['bypass']);
  t.deepEqual(offered('--driver', ''), DRIVERS.toSorted());
  t.deepEqual(offered('plan', '--driver', 'net'), ['netlink']);
  t.deepEqual(offered('heartbeat', '--count', ''), [], 'a number cannot be offered');
});

test('values: files and folders, with spaces in their names', (t) => {
  t.deepEqual(offered('simulate', '--trace', 'night.n'), ['night.ndjson']);
  t.deepEqual(offered('--config', ''), ['logs', 'night.env', 'night.ndjson', 'with space.env']);
  t.deepEqual(offered('check', 'w'), ['with space.env']);
  t.deepEqual(offered('tail', '--log-dir', ''), ['logs']);
});

test('an unknown command offers nothing', (t) => {
  t.deepEqual(offered('frobnicate', ''), []);
});
