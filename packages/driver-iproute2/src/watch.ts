import type { DriverError, Watch, WatchEvent } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { setTimeout } from 'node:timers/promises';
import type { IpCommand } from './ip-command.js';
import { isListening } from './listening.js';
import { MonitorLines } from './monitor-lines.js';
import type { Child } from './processes.js';

const MONITOR_WORDS = ['-o', 'monitor', 'link', 'address'];
/**
 * Becomes the command that follows, and leaves a guard in its process group that ends all of the group when standard input does: whatever
 * ends this process, `kill -9` too, closes it. A number is not given to anybody else while a group bears it, so the guard can hit nobody else.
 */
const TIED = ['/bin/sh', '-c', 'exec 3<&0; { read -r _ <&3; kill -9 0; } >/dev/null 2>&1 & exec 3<&-; exec "$@" </dev/null', 'ip'];

const LINK_WORDS = ['-o', 'link', 'show'];

/** How often it is looked whether the monitor listens, ms. */
const LOOK_EVERY_MS = 1;

/** While notices are being lost, ms. */
const TELL_OF_LOSS_EVERY_MS = 200;

/** A monitor that lived no longer than this, ms, died early; so many of them in a row, and no other is started. */
const SHORT_LIFE_MS = 1000;
const EARLY_DEATHS = 5;

/** Watches through one long-lived `ip monitor`, which is replaced when it dies. */
export async function beginWatch(ip: IpCommand, tell: (event: WatchEvent) => void): Promise<E.Either<DriverError, Watch>> {
  let stopped = false;
  let earlyDeaths = 0;
  let kill: () => void = () => undefined;
  const tellUnlessStopped = (event: WatchEvent): void => {
    if (!stopped) tell(event);
  };
  const stop = (): void => {
    stopped = true;
    kill();
  };

  const begin = async (): Promise<E.Either<DriverError, void>> => {
    const begun = performance.now();
    const monitor = await startMonitor(ip, tellUnlessStopped, (error) => {
      if (stopped || ip.processes.closed) return;
      earlyDeaths = performance.now() - begun < SHORT_LIFE_MS ? earlyDeaths + 1 : 0;
      if (earlyDeaths < EARLY_DEATHS) void again();
      else end(error);
    });
    if (E.isLeft(monitor)) return monitor;
    kill = monitor.right.kill;
    // It may have been stopped while the monitor was starting.
    if (stopped) kill();
    return E.right(undefined);
  };
  const again = async (): Promise<void> => {
    const begun = await begin();
    if (E.isLeft(begun)) end(begun.left);
    // Told only now: what was changed before this is seen by whoever observes after it.
    else tellUnlessStopped({ type: 'overflow' });
  };
  const end = (error: DriverError): void => {
    tellUnlessStopped({ type: 'ended', error });
    stopped = true;
  };

  return E.map((): Watch => ({ stop }))(await begin());
}

interface Monitor {
  readonly kill: () => void;
}

/**
 * @param onDeath called once if a monitor that had begun to listen dies by itself or is killed
 * @returns right: once it listens, so that no later change is missed
 */
async function startMonitor(
  ip: IpCommand,
  tell: (event: WatchEvent) => void,
  onDeath: (error: DriverError) => void,
): Promise<E.Either<DriverError, Monitor>> {
  const lines = new MonitorLines();
  // Notices from before it listens for certain are not told: whoever asked for the watch observes after it has begun.
  const life: { listening: boolean; death: DriverError | null } = { listening: false, death: null };
  let said = '';
  let losing = false;
  /** Tells of the loss once there is an end to it, and now and then until then. */
  const tellOfLoss = async (): Promise<void> => {
    if (losing) return;
    losing = true;
    let told = performance.now();
    while (life.death === null && !hears(child)) {
      await setTimeout(LOOK_EVERY_MS);
      if (performance.now() - told < TELL_OF_LOSS_EVERY_MS) continue;
      told = performance.now();
      tell({ type: 'overflow' });
    }
    losing = false;
    if (life.death === null) tell({ type: 'overflow' });
  };
  const started = await ip.processes.start([...TIED, ...ip.argv(MONITOR_WORDS)], (ending, status) => {
    const end = ip.failure(MONITOR_WORDS, { ending, status, stdout: '', stderr: said });
    life.death = { kind: 'driver-unavailable', message: end.message };
    if (life.listening) onDeath(life.death);
  });
  if (E.isLeft(started)) return started;
  const child = started.right;
  child.stdout.on('data', (text: string) => {
    const changed = lines.read(text);
    if (!life.listening) return;
    if (changed === null) tell({ type: 'overflow' });
    else for (const name of changed) tell({ type: 'changed', interface: name });
  });
  child.stderr.on('data', (text: string) => {
    said = (said + text).slice(-1000);
    // It complains when the kernel has dropped notices, in words that differ from version to version.
    if (life.listening) void tellOfLoss();
  });

  const failure = (await untilListening(ip, child, life)) ?? (await learnNames(ip, lines)) ?? life.death;
  if (failure !== null) {
    child.kill('cancelled');
    return E.left(failure);
  }
  life.listening = true;
  return E.right({ kill: () => child.kill('cancelled') });
}

async function untilListening(ip: IpCommand, child: Child, life: { readonly death: DriverError | null }): Promise<DriverError | null> {
  const begun = performance.now();
  while (life.death === null) {
    if (hears(child)) return null;
    if (performance.now() - begun > ip.timeLimitMs) {
      return { kind: 'timed-out', message: `${ip.argv(MONITOR_WORDS).join(' ')} did not begin to listen within ${ip.timeLimitMs} ms, or /proc cannot tell.` };
    }
    await setTimeout(LOOK_EVERY_MS);
  }
  return life.death;
}

function hears({ pid }: Child): boolean {
  try {
    return isListening(pid);
  } catch {
    // Between its death and the news of it; or /proc cannot be read, and nobody can say.
    return false;
  }
}

async function learnNames(ip: IpCommand, lines: MonitorLines): Promise<DriverError | null> {
  const shown = await ip.run(LINK_WORDS);
  if (E.isLeft(shown)) return shown.left;
  const { ending, status, stdout } = shown.right;
  if (ending !== 'exited' || status !== 0) return ip.failure(LINK_WORDS, shown.right);
  lines.learn(stdout);
  return null;
}
