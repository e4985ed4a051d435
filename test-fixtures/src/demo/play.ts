/** The story: what is done to the DPIs, and what the daemon must do about it. */
import type { StatusReport } from '@fastbypass/core';
import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonHome } from '../daemon/daemon-home.js';
import { DaemonProcess } from '../daemon/daemon-process.js';
import type { DaemonEvent, EventStream } from '../daemon/event-stream.js';
import type { BypassCard, CardPosition } from '../dpi/bypass-card.js';
import { positionText } from './picture.js';
import type { Screen } from './screen.js';
import { CARDS, DETECTION, type Stage } from './stage.js';
import { tellEvent } from './telling.js';

/** ms until what must happen has happened. */
const LIMIT = 8000;
/** ms to read what is on the screen. */
const READ = 3500;
const POLL = 50;

export class Play {
  /** What was measured, in a sentence each. */
  readonly measures: string[] = [];
  private readonly talking = [false, false, false];
  private readonly positions: CardPosition[] = [];
  private cards: readonly BypassCard[] = [];
  private daemon: DaemonProcess | null = null;
  private stream: EventStream | null = null;
  private status: StatusReport | null = null;
  private watching: NodeJS.Timeout | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly home: DaemonHome,
    private readonly screen: Screen,
  ) {}

  /** Rejects where something did not come about. */
  async run(): Promise<void> {
    await this.begin();
    await this.normal();
    await this.firstFails();
    await this.secondFails();
    await this.bothReturn();
    await this.finish();
  }

  /** Whatever has been reached. Idempotent. */
  async close(): Promise<void> {
    if (this.watching !== null) clearInterval(this.watching);
    for (const card of this.cards) card.close();
    this.stream?.close();
    await this.daemon?.stop();
  }

  private async begin(): Promise<void> {
    this.act('The daemon starts. DPI 0 and DPI 1 send heartbeats, DPI 2 not yet.');
    this.talk(0, 1);
    this.home.configure(this.stage.config);
    const { namespace } = this.stage;
    const daemon = DaemonProcess.spawn(this.home, namespace === null ? {} : { namespace });
    this.daemon = daemon;
    await daemon.answers();
    this.stream = await daemon.events();
    this.stream.onEvent((event) => {
      for (const told of tellEvent(event)) this.screen.say(told);
    });
    this.watching = setInterval(() => void this.look().catch(() => undefined), POLL);
    this.cards = this.stage.startCards((card, position) => {
      this.positions[card] = position;
      this.screen.say({ kind: 'card', text: `card ${String(card)}: ${positionText[position]}` });
    });
    this.good(`it runs with the driver ${(await daemon.status()).driver}`);
    await this.until('DPI 0 and DPI 1 are heard', ({ listeners }) => [0, 1].every((index) => listeners[index]?.status === 'active'));
    const early = await daemon.status();
    if (early.settled || early.cards.some(({ observed }) => observed === 'present')) throw new Error('the daemon did not wait for DPI 2');
    this.good('nothing is touched before every DPI has reported');
  }

  private async normal(): Promise<void> {
    this.act('DPI 2 sends as well.');
    this.talk(2);
    await this.until('the mode is normal, both cards get answers, the links are up', (status) => status.mode === 'normal' && isAll(status, 'present', []));
    await this.kernelHas(CARDS);
    await this.cardsAre('through');
    await pause(READ);
  }

  private async firstFails(): Promise<void> {
    this.act('DPI 2 falls silent.');
    await this.silence(2);
    await this.until('DPI 2 has failed, its own interface e2 is down; one is not enough for bypass', (status) => status.mode === 'normal' && isAll(status, 'present', ['e2']));
    await pause(READ);
  }

  private async secondFails(): Promise<void> {
    this.act('DPI 1 falls silent, too: the second of three.');
    const before = await this.planSeconds();
    await this.silence(1);
    await this.until('the mode is bypass, no card gets answers, the links are down', (status) => status.mode === 'bypass' && isAll(status, 'absent', ['e0', 'e1', 'e2']));
    await this.kernelHas([]);
    const after = await this.planSeconds();
    this.measures.push(`decision -> last answer of the network: ${((after - before) * 1000).toFixed(2)} ms for ${String(this.operations('bypass'))} operations`);
    await this.cardsAre('bypass');
    await pause(READ);
  }

  private async bothReturn(): Promise<void> {
    this.act('DPI 1 and DPI 2 send again.');
    this.talk(1, 2);
    await this.until('the mode is normal, all is back', (status) => status.mode === 'normal' && isAll(status, 'present', []));
    await this.kernelHas(CARDS);
    await this.cardsAre('through');
    await pause(READ);
  }

  private async finish(): Promise<void> {
    this.act('The daemon is stopped (SIGTERM); that changes nothing in the network.');
    if (this.watching !== null) clearInterval(this.watching);
    const exit = await this.daemon?.stop();
    if (exit?.code !== 0) throw new Error(`the daemon ended with ${String(exit?.code ?? exit?.signal)} in place of 0`);
    await this.kernelHas(CARDS);
    this.good('the daemon ended with status 0');
    const modes = this.happened.flatMap(({ event, data }) => (event === 'mode' ? [data.mode] : []));
    if (modes.join() !== 'normal,bypass,normal') throw new Error(`the modes were ${modes.join(', ')}`);
    this.good('the modes were normal, bypass, normal and no others');
  }

  // -------------------------------------------------------------------------------------

  private get happened(): readonly DaemonEvent[] {
    return this.stream?.events ?? [];
  }

  private talk(...dpis: readonly number[]): void {
    for (const dpi of dpis) {
      this.stage.dpis[dpi]?.talk();
      this.talking[dpi] = true;
    }
  }

  /** Hushes a DPI and measures how long it takes until that is known. */
  private async silence(dpi: number): Promise<void> {
    const seen = this.happened.length;
    const lastSent = (await this.stage.dpis[dpi]?.hush()) ?? NaN;
    this.talking[dpi] = false;
    const failed = (): DaemonEvent | undefined => this.happened.slice(seen).find(({ data }) => data.listener === dpi && data.status === 'failed');
    await this.until(`DPI ${String(dpi)} is known to have failed`, () => failed() !== undefined, false);
    const took = (failed()?.received ?? NaN) - lastSent;
    this.measures.push(`DPI ${String(dpi)}: last heartbeat -> failed: ${took.toFixed(1)} ms (by configuration ${String(DETECTION)} ms)`);
  }

  private act(text: string): void {
    this.screen.say({ kind: 'act', text });
  }

  private good(text: string): void {
    this.screen.say({ kind: 'good', text });
  }

  private async look(): Promise<StatusReport> {
    if (this.daemon === null) throw new Error('there is no daemon yet');
    const status = await this.daemon.status();
    this.status = status;
    this.screen.show({ status, talking: this.talking, positions: this.positions });
    return status;
  }

  private async until(what: string, holds: (status: StatusReport) => boolean, tell = true): Promise<void> {
    const end = performance.now() + LIMIT;
    while (!holds(await this.look())) {
      if (performance.now() > end) throw new Error(`not within ${String(LIMIT / 1000)} s: ${what}. The daemon says: ${JSON.stringify(this.status)}`);
      await pause(POLL);
    }
    if (tell) this.good(what);
  }

  /** The daemon's word is not taken for it. */
  private async kernelHas(expected: readonly string[]): Promise<void> {
    const found = await this.stage.kernelHas?.();
    if (found === undefined) return;
    if (found.join() !== expected.join()) throw new Error(`the kernel has ${found.join(', ') || 'no card address'} in place of ${expected.join(', ') || 'none'}`);
    this.good(`the kernel agrees: it has ${expected.length === 0 ? 'no address of a card' : 'the addresses of both cards'}`);
  }

  private async cardsAre(position: CardPosition): Promise<void> {
    if (this.cards.length > 0) await this.until(`both cards agree: ${positionText[position]}`, () => this.cards.every((card) => card.position === position));
  }

  /** Seconds from decisions to the network's answers, summed up. */
  private async planSeconds(): Promise<number> {
    const metrics = await this.daemon?.request('GET', '/metrics');
    return Number(/^fastbypass_decision_to_kernel_seconds_sum (\S+)$/m.exec(metrics?.text ?? '')?.[1]);
  }

  /** How many operations the plan had that followed the change to `mode`. */
  private operations(mode: string): number {
    const decided = this.happened.findIndex(({ event, data }) => event === 'mode' && data.mode === mode);
    return this.happened.slice(decided).find(({ event }) => event === 'plan')?.data.plan?.length ?? 0;
  }
}

/** Whether every card is observed as `presence`, the interfaces in `down` are down and the others up. */
function isAll({ cards, interfaces, converged }: StatusReport, presence: 'present' | 'absent', down: readonly string[]): boolean {
  return converged && cards.every(({ observed }) => observed === presence) && interfaces.every(({ name, observed }) => observed === (down.includes(name) ? 'down' : 'up'));
}
