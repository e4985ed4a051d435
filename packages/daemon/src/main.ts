/** Composition root: words of the command line in, a running daemon out. */
import { formatDiagnostic, isError } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { resolve } from 'node:path';
import { systemClock } from './clock.js';
import { type ConfigFileReading, readConfigFile } from './config-file.js';
import { Daemon } from './daemon.js';
import { chooseDriver } from './drivers.js';
import type { HeartbeatSockets } from './heartbeats/heartbeat-sockets.js';
import { kernelSockets } from './heartbeats/kernel-sockets.js';
import { nodeSockets } from './heartbeats/node-sockets.js';
import { loadUdpSockets } from './heartbeats/udp-sockets.js';
import { type Logger, createLogger } from './logger.js';
import { systemdSupervisor } from './notify/supervisor.js';
import { type Options, USAGE, readOptions } from './options.js';
import { loadUnixDatagram } from './unix-datagram.js';
import { VERSION } from './version.js';

const EXIT = { done: 0, failed: 1, usage: 2, config: 78 } as const;
type Exit = (typeof EXIT)[keyof typeof EXIT];

async function main(): Promise<Exit> {
  const options = readOptions(process.argv.slice(2));
  if (E.isLeft(options)) {
    process.stderr.write(`fastbypass_monitor: ${options.left}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (options.right.help) {
    process.stdout.write(USAGE);
    return EXIT.done;
  }
  if (options.right.version) {
    process.stdout.write(`fastbypass_monitor ${VERSION}\n`);
    return EXIT.done;
  }
  const reading = readConfigFile(resolve(options.right.config));
  return options.right.check ? check(reading) : run(options.right, reading);
}

function check(reading: ConfigFileReading): Exit {
  for (const diagnostic of reading.diagnostics) process.stdout.write(`${formatDiagnostic(diagnostic)}\n`);
  const bad = reading.diagnostics.some(isError);
  if (!bad) process.stdout.write(`${reading.file}: good\n`);
  return bad ? EXIT.config : EXIT.done;
}

async function run(options: Options, reading: ConfigFileReading): Promise<Exit> {
  // Others never write: not to a file of ours, and not, for the moment before it has its mode, to the control socket. Said once, before other
  // threads make files: it is said for all of them.
  const inherited = process.umask(0o002);
  process.umask(inherited | 0o002);
  const log = createLogger(reading.logLevel, options.logDir);
  const addon = loadUnixDatagram();
  if (E.isRight(addon)) addon.right.measureClock();
  const fault = (error: unknown): Exit => {
    log.error(`this is a fault of fastbypass_monitor itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return EXIT.failed;
  };
  // It is told where an operator looks, and ends the process: whoever started it starts it anew.
  const faulted = new Promise<Exit>((resolve) => {
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, (error: unknown) => {
      resolve(fault(error));
    });
  });
  const exit = await Promise.race([runLogged(options, reading, log).catch(fault), faulted]);
  // Whatever a thread is stuck in. Without the addon whoever has started this process must end it.
  if (!(await log.close()) && E.isRight(addon)) addon.right.leave(exit);
  return exit;
}

async function runLogged(options: Options, reading: ConfigFileReading, log: Logger): Promise<Exit> {
  const supervisor = systemdSupervisor(process.env, log.warning);
  log.info(`fastbypass_monitor ${VERSION}, process ${String(process.pid)}, Node ${process.versions.node}, configuration ${reading.file}`);
  for (const diagnostic of reading.diagnostics) (isError(diagnostic) ? log.error : log.warning)(formatDiagnostic(diagnostic));
  if (reading.outcome === 'refused') {
    log.error('the configuration has an error of the whole: not started');
    return EXIT.config;
  }
  const chosen = chooseDriver(options.driver ?? reading.driver, reading);
  if (E.isLeft(chosen)) {
    log.error(chosen.left);
    return EXIT.failed;
  }
  if (chosen.right.note !== null) log.warning(chosen.right.note);
  const daemon = new Daemon({
    clock: systemClock,
    log,
    supervisor,
    driver: chosen.right.driver,
    sockets: chooseSockets(log),
    reading,
    socket: resolve(options.socket),
    dryRun: options.dryRun,
  });
  const asked = signals(daemon, log);
  const started = await daemon.start();
  if (E.isLeft(started)) {
    log.error(started.left);
    return EXIT.failed;
  }
  log.info(`running with driver ${chosen.right.driver.name}${options.dryRun ? ', dry run: nothing is changed' : ''}; control socket ${options.socket}`);
  await asked;
  return EXIT.done;
}

/** Without the addon heartbeats are read all the same, at more cost. */
function chooseSockets(log: Logger): HeartbeatSockets {
  const addon = loadUdpSockets();
  if (E.isRight(addon)) return kernelSockets(addon.right);
  log.warning(`heartbeats are read by Node alone, which takes more of the processor: ${addon.left}`);
  return nodeSockets;
}

/** Resolves when the daemon has stopped, by a signal or otherwise. */
function signals(daemon: Daemon, log: Logger): Promise<void> {
  process.on('SIGHUP', () => {
    log.info('SIGHUP: reloading');
    void daemon.reload();
  });
  return new Promise((done) => {
    daemon.onEnd(done);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void daemon.stop(signal));
  });
}

// Whatever is still open (a client that does not hang up) must not keep a stopped daemon alive. No await: the package's bundle is CommonJS.
void main().then((status) => process.exit(status));
