import { setTimeout as pause } from 'node:timers/promises';
import type { Cast, Contender, Task } from './contender.js';
import type { Native } from './native.js';
import { type Change, type Effect, Observer, monotonicNow } from './observer.js';
import { Stage } from './stage.js';

/** How a sender dies. */
export type Death = 'stopped' | 'link down';

/** ms from the deadline, or from the first heartbeat, to the first and to the last change of cards and interfaces. */
export interface Delay {
  readonly first: number;
  readonly last: number;
}

export interface Trial {
  readonly failover: Delay;
  /** Null where it is not decided by the first heartbeat. */
  readonly restore: Delay | null;
}

/** ms until anything must have come about. */
const PATIENCE = 15_000;
/** ms that the dead stay dead once it was noticed. */
const MOURNING = 40;
/** Heartbeats in step that are seen before a death. */
const STEADY = 4;

/** What else happens to a contender whose sender has died; it is told the deadline in time. */
export type Trouble = (deadline: number) => Promise<void>;

/** ms after a death by which the observer has told of the last heartbeat. */
const TOLD = 75;

/** A contender at work, an observer beside it. */
export class Rig {
  /** Failovers that nobody had caused. */
  falseAlarms = 0;
  /** Failovers of cards that were caused since the last count. */
  private caused = 0;
  private isTried = false;

  private constructor(
    readonly contender: Contender,
    readonly task: Task,
    readonly stage: Stage,
    readonly cast: Cast,
    private readonly observer: Observer,
  ) {}

  static async create(contender: Contender, native: Native, task: Task): Promise<Rig> {
    const stage = await Stage.create();
    const observer = new Observer(native, stage, contender.heartbeats);
    await observer.until(() => observer.isReady, PATIENCE);
    const rig = new Rig(contender, task, stage, await contender.launch(stage, native, task), observer);
    // One that gives an address up while its peer lives may never have had it.
    if (contender.restore.startsWith('+')) await rig.await(contender.restore, -Infinity, 'its beginning');
    return rig;
  }

  async remove(): Promise<void> {
    await this.cast.far.end();
    await this.cast.near.end();
    await this.observer.end();
    await this.stage.remove();
  }

  /** Kills the sender at a random moment of its interval, waits for what comes of it, and revives it. */
  async trial(death: Death, trouble: Trouble = () => Promise.resolve()): Promise<Trial> {
    const { contender } = this;
    await this.steady();
    await pause(Math.random() * contender.interval);
    const died = monotonicNow();
    await this.kill(death);
    const troubled = pause(TOLD).then(() => trouble((this.observer.heartbeats.at(-1) ?? NaN) + contender.nominal));
    let failover: Delay;
    let revived: number;
    try {
      const gone = await this.await(contender.failover, died, `the death of its sender (${death})`);
      this.caused += this.task.cards;
      const last = this.observer.heartbeats.findLast((at) => at < (gone[0]?.at ?? 0)) ?? NaN;
      failover = delayOf(gone, last + contender.nominal);
      await Promise.all([troubled, pause(MOURNING)]);
    } finally {
      revived = monotonicNow();
      await this.revive(death);
    }
    if (!contender.restoresAtOnce) return { failover, restore: null };
    const back = await this.await(contender.restore, revived, 'the return of its sender');
    return { failover, restore: delayOf(back, await this.firstHeartbeat(revived)) };
  }

  private async kill(death: Death): Promise<void> {
    if (death === 'stopped') this.cast.far.signal('SIGSTOP');
    else await this.stage.setFarLink('down');
  }

  private async revive(death: Death): Promise<void> {
    if (death === 'stopped') this.cast.far.signal('SIGCONT');
    else await this.stage.setFarLink('up');
  }

  private async firstHeartbeat(since: number): Promise<number> {
    const find = (): number | undefined => this.observer.heartbeats.find((at) => at >= since);
    await this.observer.until(() => find() !== undefined, PATIENCE);
    return find() ?? NaN;
  }

  /** All is as it is while the sender lives, and heartbeats come in step. */
  private async steady(): Promise<void> {
    const { contender, observer } = this;
    const isSteady = (): boolean => {
      const latest = observer.heartbeats.slice(-STEADY);
      const gaps = latest.slice(1).map((at, place) => at - (latest[place] ?? 0));
      return latest.length === STEADY && monotonicNow() - (latest.at(-1) ?? 0) < 4 * contender.interval && Math.max(...gaps) < 1.5 * contender.interval && this.isRestored();
    };
    if (!(await observer.until(isSteady, PATIENCE))) throw new Error(`${contender.name}: no steady heartbeats in ${PATIENCE} ms`);
    const failovers = observer.changesSince(-Infinity).filter(({ effect }) => effect === contender.failover).length;
    // What came about at the beginning, before both ends knew each other, is nobody's fault.
    if (this.isTried) this.falseAlarms += failovers - this.caused;
    this.isTried = true;
    this.caused = 0;
    observer.forgetBefore(monotonicNow());
  }

  /** Whether the last thing that came about is what a living sender brings. */
  private isRestored(): boolean {
    const { failover, restore } = this.contender;
    const latest = this.observer.changesSince(-Infinity).findLast(({ effect }) => effect === failover || effect === restore);
    return latest === undefined || latest.effect === restore;
  }

  /** A change of this kind for each card, and one for each managed interface. @throws where they do not come about */
  private async await(effect: Effect, since: number, occasion: string): Promise<readonly Change[]> {
    const { cards, links = 0 } = this.task;
    const ofLinks = effect.startsWith('+') ? '+l' : '-l';
    const find = (): readonly Change[] => this.observer.changesSince(since).filter((change) => change.effect === effect || (links > 0 && change.effect === ofLinks));
    if (await this.observer.until(() => find().length >= cards + links, PATIENCE)) return find();
    throw new Error(`${this.contender.name}: ${find().length} of ${cards + links} changes (${effect}) in ${PATIENCE} ms after ${occasion}`);
  }
}

const delayOf = (changes: readonly Change[], from: number): Delay => ({ first: (changes[0]?.at ?? NaN) - from, last: (changes.at(-1)?.at ?? NaN) - from });
