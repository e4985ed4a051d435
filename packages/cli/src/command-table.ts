/** Every command, as help shows them. What each does is in a file of its name under commands/. */
import * as E from 'fp-ts/lib/Either.js';
import { type Command, command, commandWithOperand } from './command.js';
import { readEndpoint } from './endpoint.js';
import { wholeNumber } from './option.js';

/** What the program is for. */
export const DESCRIPTION = 'Controls fastbypass_monitor, which switches optical bypass cards by the heartbeats of DPIs.';

export const COMMANDS: readonly Command[] = [
  command({
    name: 'status',
    summary: 'show mode, problems, listeners, cards and interfaces',
    details: [
      'Exit status 0 whatever the mode, 3 where the daemon is not running.',
      'With --watch it outlasts a restart of the daemon; where standard output is no terminal it prints a block at each change.',
    ],
    options: ['watch', 'socket', 'json'],
    load: async () => (await import('./commands/status.js')).run,
  }),
  command({
    name: 'why',
    summary: 'explain the last decision, and what would change it',
    details: ['Shows its inputs, how far each listener is from another status, and what would bring the next mode.'],
    options: ['socket', 'json'],
    load: async () => (await import('./commands/why.js')).run,
  }),
  commandWithOperand({
    name: 'check',
    summary: 'check a configuration, and tell the worst-case time to bypass',
    details: ['Prints FILE:LINE: error|warning: message for all that is to be said about it.', 'Exit status 0 also with warnings, 78 with an error or where nothing is configured yet.'],
    options: ['config', 'json'],
    operand: { name: 'FILE', meaning: 'the configuration to check (default: that of --config)', completion: 'file', read: E.right, otherwise: { fallback: null } },
    load: async () => (await import('./commands/check.js')).run,
  }),
  command({
    name: 'start',
    summary: 'start the daemon through systemd, and wait until it runs',
    details: [
      'Exit status 78 where the configuration has an error of the whole; systemd then tries again by itself.',
      'Without systemd: status 1, and what to do instead.',
    ],
    options: ['socket', 'json'],
    load: async () => (await import('./commands/start.js')).run,
  }),
  command({
    name: 'stop',
    summary: 'stop the daemon, and wait until it is gone',
    details: [
      'Through systemd where the unit runs it, else through its control socket.',
      'Addresses and interfaces stay as they are; nobody watches the DPIs until the next start.',
    ],
    options: ['socket', 'json'],
    load: async () => (await import('./commands/stop.js')).run,
  }),
  command({
    name: 'restart',
    summary: 'restart the daemon through systemd',
    details: [
      'Addresses and interfaces stay as they are; nothing is managed until every DPI has reported again.',
      'Without systemd: status 1, and what to do instead.',
    ],
    options: ['socket', 'json'],
    load: async () => (await import('./commands/restart.js')).run,
  }),
  command({
    name: 'reload',
    summary: 'let the daemon read its configuration anew, and wait for the outcome',
    details: ['Any error in it rejects the reload: the old configuration runs on untouched, and the exit status is 78.'],
    options: ['socket', 'json'],
    load: async () => (await import('./commands/reload.js')).run,
  }),
  command({
    name: 'enable',
    summary: 'start the daemon on every boot from now on',
    details: ['Starts nothing now. Without systemd: status 1, and what to do instead.'],
    options: ['json'],
    load: async () => (await import('./commands/enable.js')).run,
  }),
  command({
    name: 'disable',
    summary: 'start the daemon on boot no more',
    details: ['Stops nothing now. Without systemd: status 1, and what to do instead.'],
    options: ['json'],
    load: async () => (await import('./commands/disable.js')).run,
  }),
  command({
    name: 'force_on',
    summary: 'stop the daemon and force bypass, as if every DPI had failed',
    details: [
      'Takes the addresses of all cards away and shuts down every interface whose list says so.',
      'Prints each operation with its outcome; exit status 0 only when the kernel agrees.',
      'The next start of the daemon takes over again.',
    ],
    options: ['config', 'driver', 'socket', 'json'],
    load: async () => (await import('./commands/force-on.js')).run,
  }),
  command({
    name: 'force_off',
    summary: 'stop the daemon and force normal, as if every DPI were active',
    details: [
      'Puts the addresses of all cards there and brings up every interface whose list says so. Nobody watches the DPIs.',
      'Prints each operation with its outcome; exit status 0 only when the kernel agrees.',
      'The next start of the daemon takes over again.',
    ],
    options: ['config', 'driver', 'socket', 'json'],
    load: async () => (await import('./commands/force-off.js')).run,
  }),
  command({
    name: 'plan',
    summary: 'show what force_on (--mode bypass) or force_off (--mode normal) would do now',
    details: ['Changes nothing, and leaves a running daemon alone.'],
    options: ['mode', 'config', 'driver', 'socket', 'json'],
    needs: ['mode'],
    load: async () => (await import('./commands/plan.js')).run,
  }),
  commandWithOperand({
    name: 'tail',
    summary: 'print the last lines of the log',
    details: ['Goes on into older parts of the log where the newest has fewer lines.'],
    options: ['logDir'],
    operand: { name: 'N', meaning: 'how many lines (default: 100)', completion: null, read: wholeNumber(0, 1e12), otherwise: { fallback: 100 } },
    load: async () => (await import('./commands/tail.js')).run,
  }),
  command({
    name: 'tailf',
    summary: 'print the last lines of the log and go on with what comes, until Ctrl-C',
    details: ['Goes on when the log is rotated or emptied, and waits for a log that is not there yet.'],
    options: ['logDir'],
    load: async () => (await import('./commands/tailf.js')).run,
  }),
  command({
    name: 'simulate',
    summary: 'run a trace through the real core, on a network in memory, in virtual time',
    details: ['Prints NDJSON: what the daemon would tell, decide and do, and how it ends.', 'Exit status 2 for a trace that cannot be read, 78 for a configuration with which the daemon would not start.'],
    options: ['config', 'trace'],
    needs: ['trace'],
    load: async () => (await import('./commands/simulate.js')).run,
  }),
  commandWithOperand({
    name: 'heartbeat',
    summary: 'send heartbeats, as a DPI would',
    details: ['Without --count it goes on until Ctrl-C.'],
    options: ['interval', 'count', 'bind'],
    operand: { name: 'HOST:PORT', meaning: 'where to: 192.168.1.202:3000 or [2001:db8::1]:3000', completion: null, read: readEndpoint, otherwise: 'required' },
    load: async () => (await import('./commands/heartbeat.js')).run,
  }),
  command({
    name: 'version',
    summary: 'print the version of this command',
    details: [],
    options: ['json'],
    load: async () => (await import('./commands/version.js')).run,
  }),
  commandWithOperand({
    name: 'help',
    summary: 'show this help, or that of a command',
    details: [],
    options: [],
    operand: { name: 'COMMAND', meaning: 'the command to explain', completion: 'command', read: E.right, otherwise: { fallback: null } },
    load: async () => (await import('./commands/help.js')).run,
  }),
];
