/** Phases of trouble, each with a calm after it in which all must become as desired. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { RemoteDpi } from '../dpi/remote-dpi.js';
import { eachLine } from '../lines.js';
import { Namespace } from '../netns/namespace.js';
import { NOTHING_REPLAYED, type Replayed, replay, sumOf } from '../replay/replay.js';
import { BASE, SHORTEST_WINDOW, type Wanted, wantedFor } from './configuration.js';
import { kernelFaults, statusFaults } from './judge.js';
import { CardMemories } from './memory.js';
import { Random } from './random.js';
import { CARDS, LISTENERS } from './scenery.js';
import { Supervisor } from './supervisor.js';
import { type Stage, anyTrouble } from './trouble.js';
import { World } from './world.js';

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly driver: string;
}

export interface ChaosSummary {
  readonly phases: number;
  readonly kinds: ReadonlyMap<string, number>;
  /** ms from the beginning of a calm until the status said that all is done. */
  readonly converged: readonly number[];
  /** The decision logs of all daemons, held against the simulation of what they heard. */
  readonly replayed: Replayed;
}

/** Something was not as the contract has it; the message is the whole report. */
export class ChaosFault extends Error {}

/** ms; launch retries go up to 30 s, repairs to 5 s. */
const PATIENCE = 35_000;
const INTERVAL = 50;
const LOG_TAIL = 120;
const HEARTBEAT = / in \{.*"heartbeat"/;
/** Of one calm, where the machine holds up DPIs. */
const LOOKS = 5;

const OF_A_CHANGE = [/has FAILED/, /is active/, /(address-add|address-del|link-up|link-down|promote-secondaries) \S+.*: /];

export class Chaos {
  private readonly random: Random;
  private readonly kinds = new Map<string, number>();
  private readonly converged: number[] = [];
  private readonly events: string[] = [];
  private readonly kernelSaid: string[] = [];
  private readonly faults: string[] = [];
  private readonly leftBehind = new Set<string>();
  private readonly memories = new CardMemories();
  private readonly begun = performance.now();
  private readonly chains = new Map<string, Promise<unknown>>();
  private phase = 0;
  private replayed = NOTHING_REPLAYED;

  private constructor(
    private readonly options: ChaosOptions,
    private readonly world: World,
    private readonly supervisor: Supervisor,
    private readonly dpis: readonly RemoteDpi[],
    private readonly say: (line: string) => void,
  ) {
    this.random = new Random(options.seed);
  }

  static async run(options: ChaosOptions, say: (line: string) => void): Promise<ChaosSummary> {
    const namespace = await Namespace.create();
    const world = new World(namespace);
    const supervisor = new Supervisor(namespace, options.driver, BASE);
    const dpis: RemoteDpi[] = [];
    let monitor: ChildProcess | null = null;
    try {
      await world.build();
      for (const { host, port } of LISTENERS) dpis.push(await RemoteDpi.start(namespace, { host, port, interval: INTERVAL }));
      const chaos = new Chaos(options, world, supervisor, dpis, say);
      monitor = chaos.hearKernel(namespace);
      return await chaos.play();
    } finally {
      monitor?.kill();
      for (const dpi of dpis) dpi.close();
      await supervisor.close();
      await namespace.delete();
    }
  }

  private async play(): Promise<ChaosSummary> {
    await this.supervisor.start();
    await this.calm();
    while (performance.now() - this.begun < this.options.seconds * 1000) {
      this.phase++;
      await this.trouble();
      await this.calm();
    }
    await this.supervisor.stop();
    await this.replay();
    const { same } = this.replayed;
    if (same < this.phase) this.fail([`the replay compared nothing worth the name: ${same} decisions in ${this.phase} phases`]);
    return { phases: this.phase, kinds: this.kinds, converged: this.converged, replayed: this.replayed };
  }

  private hearKernel(namespace: Namespace): ChildProcess {
    const [file, ...words] = [...namespace.prefix, 'ip', '-ts', '-o', 'monitor', 'address', 'link', 'route'];
    const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    eachLine(child.stdout, (line) => {
      this.kernelSaid.push(line);
    });
    return child;
  }

  private note(what: string): void {
    this.events.push(`${new Date().toISOString()} ${what}`);
  }

  private async trouble(): Promise<void> {
    const stage: Stage = {
      random: this.random,
      world: this.world,
      supervisor: this.supervisor,
      dpis: this.dpis,
      memories: this.memories,
      leftBehind: this.leftBehind,
      fault: (what) => this.faults.push(what),
    };
    if (this.random.chance(0.5)) {
      for (const name of ['c0', 'c1']) await this.world.hangOn(name);
      this.note('foreign addresses of c0 and c1 hang on what stands there; promotion is off');
      await pause(150);
    }
    for (let left = this.random.between(5, 25); left > 0; left--) {
      const { kind, what, subject, work } = anyTrouble(stage);
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
      const before = this.chains.get(subject) ?? Promise.resolve();
      const done = before.then(async () => {
        this.note(`begin ${kind}: ${what}`);
        await work();
        this.note(`end   ${kind}: ${what}`);
      });
      this.chains.set(subject, done.catch((error: unknown) => this.faults.push(`${kind} ${what}: ${String(error)}`)));
      if (this.random.chance(0.3)) await this.chains.get(subject);
      await pause(this.random.pick([0, 0, 0, 5, 20, 100, 300]));
    }
    await Promise.all(this.chains.values());
    this.chains.clear();
  }

  private async calm(): Promise<void> {
    const talking = new Set(this.random.some([...LISTENERS.keys()], this.random.pick([1, 1, 0.75, 0.3])));
    const { configuration } = this.supervisor;
    const wanted = wantedFor(configuration, talking);
    this.note(`CALM ${this.phase}: DPIs ${[...talking].join(', ')} talk; wanted ${wanted.mode}`);
    for (const [index, dpi] of this.dpis.entries()) {
      if (talking.has(index)) dpi.talk();
      else await dpi.hush();
    }
    const begun = performance.now();
    await this.longestGap();
    for (let left = LOOKS; ; left--) {
      const faults = await this.look(wanted, begun);
      if (faults.length === 0) break;
      const gap = await this.longestGap();
      // On a busy machine a DPI may be held up: the daemon is right then, and must be asked anew.
      if (gap < SHORTEST_WINDOW || left === 1) this.fail(faults);
      this.note(`looked at anew, for a DPI was held up for ${Math.round(gap)} ms: ${faults.join('; ')}`);
    }
    await this.clearAway();
    await this.replay();
    this.say(`phase ${this.phase}: ${wanted.mode}, done after ${String(this.converged.at(-1))} ms`);
  }

  /** ms; of those that are to talk, since this was last asked. */
  private async longestGap(): Promise<number> {
    return Math.max(...(await Promise.all(this.dpis.map((dpi) => dpi.longestGap()))));
  }

  /** Waits until the status says that all is done, and holds the kernel to it. @returns what is not as it should be */
  private async look(wanted: Wanted, begun: number): Promise<readonly string[]> {
    const { configuration } = this.supervisor;
    let missing: readonly string[] = ['the daemon does not answer'];
    for (const end = performance.now() + PATIENCE; missing.length > 0; ) {
      if (!this.supervisor.isRunning) return ['the daemon has ended'];
      const status = await this.supervisor.status();
      missing = status === null ? ['the daemon does not answer'] : statusFaults(status, wanted);
      if (missing.length > 0 && performance.now() > end) return missing.map((it) => `after ${PATIENCE} ms: ${it}`);
      if (missing.length > 0) await pause(25);
    }
    const ms = Math.round(performance.now() - begun);
    this.note(`the status says that all is done after ${ms} ms`);
    const judge = async (): Promise<ReturnType<typeof kernelFaults>> => kernelFaults(await this.world.look(), configuration, wanted, this.memories, this.leftBehind);
    const first = await judge();
    await pause(first.faults.length + first.unleased.length > 0 ? 1500 : 100);
    const second = await judge();
    const faults = [...this.faults, ...second.faults, ...second.unleased];
    if (first.faults.length > 0 && second.faults.length === 0) faults.push(...first.faults.map((it) => `for a moment, though the status said converged: ${it}`));
    faults.push(...(await this.processFaults()), ...(await this.restFaults()));
    if (faults.length > 0) return faults;
    this.converged.push(ms);
    this.remember(second.cards);
    return [];
  }

  /** Of the daemons that have ended since the last calm. */
  private async replay(): Promise<void> {
    const replayed = await replay(this.supervisor.takeWritten());
    this.replayed = sumOf(this.replayed, replayed);
    if (replayed.faults.length > 0) this.fail(replayed.faults);
  }

  /** A watcher whose reader is gone notices when it has something to tell. */
  private async processFaults(): Promise<readonly string[]> {
    for (const verb of ['add', 'delete']) await this.world.namespace.ip('address', verb, '127.9.9.9/32', 'dev', 'lo');
    let faults: readonly string[] = [];
    for (let left = 10; left > 0; left--) {
      faults = await this.supervisor.processFaults();
      if (faults.length === 0) return [];
      await pause(50);
    }
    return faults;
  }

  /** Where nothing happens nothing is done, and a daemon that was frozen declares no DPI failed that talks. */
  private async restFaults(): Promise<readonly string[]> {
    const before = OF_A_CHANGE.map((pattern) => this.supervisor.countInLog(pattern));
    if (this.random.chance(0.3)) {
      const ms = this.random.between(300, 1500);
      this.note(`freeze for ${ms} ms while all is calm`);
      await this.supervisor.freeze(ms);
      await pause(500);
    } else {
      await pause(200);
    }
    return OF_A_CHANGE.filter((pattern, place) => this.supervisor.countInLog(pattern) !== before[place]).map((pattern) => `the log has a new line of ${String(pattern)} though all was calm`);
  }

  private remember(cards: ReadonlyMap<number, readonly number[]>): void {
    for (const [index, prefixes] of cards) {
      if (!this.supervisor.configuration.cards.has(index)) this.memories.forgotten(index);
      else if (prefixes.length > 0) this.memories.seen(index, prefixes);
    }
  }

  /** What removed listeners have left, where that is theirs to leave. */
  private async clearAway(): Promise<void> {
    const inUse = new Set([...this.supervisor.configuration.listeners.keys()].map((index) => LISTENERS[index]?.host));
    for (const { host, interface: name } of LISTENERS) {
      if (this.leftBehind.has(host) && !inUse.has(host)) await this.world.steal(name, host);
    }
    this.leftBehind.clear();
  }

  private fail(faults: readonly string[]): never {
    const { seed, driver } = this.options;
    const cards = CARDS.map(({ address }, index) => `${address} [${[...this.memories.of(index).prefixes].join(', ')}]`).join(', ');
    throw new ChaosFault(
      [
        '--- events ---',
        ...this.events.slice(-60),
        '--- log of the daemon ---',
        ...this.supervisor.log().trimEnd().split('\n').filter((line) => !HEARTBEAT.test(line)).slice(-LOG_TAIL),
        '--- what the kernel told ---',
        ...this.kernelSaid.slice(-LOG_TAIL),
        '--- remembered prefixes, as far as the runner knows ---',
        cards,
        `--- seed ${seed}, driver ${driver}, phase ${this.phase}: NOT AS IT SHOULD BE ---`,
        ...faults,
      ].join('\n'),
    );
  }
}
