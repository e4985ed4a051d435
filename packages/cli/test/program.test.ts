/** The frame: names, options, help, and what a wrong command line gives. */
import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { command } from '../dist/command.js';
import { COMMANDS } from '../dist/command-table.js';
import { ExitStatus } from '../dist/exit-status.js';
import { OPTIONS, longFlag } from '../dist/option.js';
import { runProgram } from '../dist/program.js';
import { run } from './support/fbypass-ctl.js';
import { MemoryTerminal } from './support/memory-terminal.js';

/** In this process: a start of Node for each would take long. */
async function inside(...args: readonly string[]): Promise<{ readonly status: ExitStatus; readonly stdout: string; readonly stderr: string }> {
  const terminal = new MemoryTerminal();
  const status = await runProgram(args, COMMANDS, terminal);
  return { status, stdout: terminal.stdout, stderr: terminal.stderr };
}

test('help names every command, every common option and every exit status', async (check) => {
  const ways = [await run(check, 'help'), await inside('help'), await inside('--help'), await inside('-h')];
  for (const { status, stdout, stderr } of ways) {
    check.is(status, 0);
    check.is(stderr, '');
    for (const { name, summary } of COMMANDS) {
      check.regex(stdout, new RegExp(`^ {2}${name}\\b`, 'm'));
      check.true(stdout.replace(/\s+/g, ' ').includes(summary), name);
    }
    for (const flag of ['--config', '--driver', '--socket', '--log-dir', '--json']) check.true(stdout.includes(flag));
    for (const number of Object.values(ExitStatus)) check.regex(stdout, new RegExp(`^ {2}${String(number)}\\b`, 'm'));
  }
});

test('every command explains itself, with the options that it takes and no other', async (check) => {
  const names = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];
  for (const { name, options } of COMMANDS) {
    const { status, stdout } = await inside('help', name);
    check.is(status, 0, name);
    check.is((await inside(name, '--help')).stdout, stdout);
    for (const option of names) check.is(stdout.includes(longFlag(option)), (options as readonly string[]).includes(option) || stdout.includes(`that of ${longFlag(option)}`), `${name} ${option}`);
  }
});

test('the version is that of the package', async (check) => {
  const { version } = (await import('@fastbypass/cli/package.json', { with: { type: 'json' } })).default;
  check.like(await run(check, 'version'), { status: 0, stdout: `fbypass_ctl ${version}\n` });
  check.like(await inside('--version'), { status: 0, stdout: `fbypass_ctl ${version}\n` });
  check.deepEqual(JSON.parse((await inside('--json', 'version')).stdout), { version });
});

const misuses: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no command', [], /^Usage: fbypass_ctl/],
  ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'\nUsage: /],
  ['a mistyped command', ['statsu'], /Did you mean status\?/],
  ['an unknown option', ['status', '--frobnicate'], /unknown option '--frobnicate'\nUsage: fbypass_ctl status/],
  ['an option without its value', ['status', '--socket'], /argument missing/],
  ['an empty path', ['status', '--socket', ''], /Accepted: a path/],
  ['an unknown driver', ['--driver', 'ifconfig', 'status'], /netlink, iproute2, mock/],
  ['too many operands', ['tail', '1', '2'], /too many arguments/],
  ['an operand that is none', ['tail', 'all'], /accepted: a whole number/],
  ['a missing operand', ['heartbeat'], /missing required argument 'HOST:PORT'/],
  ['a host without a port', ['heartbeat', '192.168.1.202'], /accepted: an IPv4 address and a port/],
  ['IPv6 without brackets', ['heartbeat', '2001:db8::1:3000'], /in brackets/],
  ['IPv4 in brackets', ['heartbeat', '[10.0.0.1]:3000'], /in brackets/],
  ['port 0', ['heartbeat', '10.0.0.1:0'], /a port from 1 to 65535/],
  ['families that do not meet', ['heartbeat', '10.0.0.1:3000', '--bind', '::1'], /not of one family/],
  ['an interval of 0', ['heartbeat', '10.0.0.1:3000', '--interval', '0'], /Accepted: a whole number from 1/],
  ['simulate without a trace', ['simulate'], /'--trace <FILE>' is missing/],
  ['plan without a mode', ['plan'], /'--mode <MODE>' is missing/],
  ['plan for a mode that is none', ['plan', '--mode', 'unknown'], /Accepted: normal or bypass/],
  ['help for nobody', ['help', 'frobnicate'], /unknown command 'frobnicate'/],
];
for (const [what, args, message] of misuses) {
  test(`status 2 and the usage on standard error: ${what}`, async (check) => {
    const { status, stdout, stderr } = await inside(...args);
    check.is(status, 2);
    check.is(stdout, '');
    check.regex(stderr, message);
    check.regex(stderr, /Usage: fbypass_ctl/);
  });
}

test('what a command needs it asks for', async (check) => {
  for (const { name, needs } of COMMANDS) {
    for (const option of needs) {
      const { status, stderr } = await inside(name);
      check.is(status, 2);
      check.regex(stderr, new RegExp(`'${longFlag(option)} <[A-Z]+>' is missing`));
    }
  }
});

test('a wrong command line through the command itself', async (check) => {
  const { status, stdout, stderr } = await run(check, 'frobnicate');
  check.is(status, 2);
  check.is(stdout, '');
  check.regex(stderr, /unknown command/);
});

test('common options stand before or after the command; the later one wins', async (check) => {
  for (const args of [['--socket', '/nowhere/a', 'status'], ['status', '--socket', '/nowhere/a'], ['--socket', '/b', 'status', '--socket', '/nowhere/a'], ['--socket=/nowhere/a', 'status']]) {
    const { status, stderr } = await inside(...args);
    check.is(status, 3);
    check.true(stderr.includes('/nowhere/a'), stderr);
  }
});

test('dashes and underscores in the name of a command are the same', async (check) => {
  const terminal = new MemoryTerminal();
  const forceOn = command({
    name: 'force_on',
    summary: 'for this test',
    details: [],
    options: ['driver', 'count'],
    load: () =>
      Promise.resolve(({ options }) => {
        terminal.err(`${options.driver ?? ''} ${String(options.count)}`);
        return Promise.resolve(ExitStatus.notPermitted);
      }),
  });
  check.is(await runProgram(['force_on', '--driver', 'mock'], [forceOn], terminal), ExitStatus.notPermitted);
  check.is(await runProgram(['--driver', 'mock', 'force-on', '--count', '3'], [forceOn], terminal), ExitStatus.notPermitted);
  check.is(terminal.stderr, 'mock null\nmock 3\n');
});

test('an operand is read before the command is loaded', (check) => {
  const tail = COMMANDS.find(({ name }) => name === 'tail');
  check.deepEqual(tail?.prepare('many'), E.left('a whole number from 0 to 1000000000000'));
});
