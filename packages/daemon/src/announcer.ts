/** Tells the log and the event stream what has changed since they were last told. */
import {
  type InstantRecord,
  type Listener,
  type ListenerId,
  type ListenerStatus,
  type ModeName,
  type MonitorState,
  type OperationResult,
  type Plan,
  detectionTime,
  failedCount,
  formatOperation,
  listeners,
  planRecord,
  statusOf,
} from '@fastbypass/core';
import { match } from 'ts-pattern';
import type { Failover } from './failover.js';
import type { Logger } from './logger.js';

export type EventName = 'status' | 'mode' | 'plan' | 'reload';
/** `at`: the instant that the record tells of, ms of the clock. */
export type Publish = (event: EventName, record: InstantRecord, at: number) => void;

export class Announcer {
  private readonly told = new Map<ListenerId, ListenerStatus>();
  private mode: ModeName = 'unknown';
  /** Plans of a dry run that were told since the mode last changed. */
  private readonly dryPlans = new Set<string>();
  /** Operations that failed last time, with the reason. */
  private readonly failing = new Map<string, string>();
  /** Problems that were told and last. */
  private open: ReadonlyMap<string, string> = new Map();

  constructor(
    private readonly log: Logger,
    private readonly publish: Publish,
  ) {}

  /** After a decision at `at`: listeners by index, then the mode. */
  state(state: MonitorState, at: number): void {
    for (const listener of listeners(state)) {
      const status = statusOf(listener);
      if (status === (this.told.get(listener.id) ?? 'unknown')) continue;
      this.told.set(listener.id, status);
      const text = listenerSentence(listener, status);
      if (status === 'failed' || status === 'unavailable') this.log.warning(text);
      else this.log.info(text);
      this.publish('status', { listener: listener.config.index, status }, at);
    }
    const { name } = state.mode;
    if (name === this.mode) return;
    this.mode = name;
    this.dryPlans.clear();
    const failed = failedCount(state);
    const count = `${String(failed)} of ${String(listeners(state).length)} listeners failed, threshold ${String(state.config?.threshold ?? 0)}`;
    if (name === 'bypass') this.log.warning(`mode is BYPASS: ${count}; the addresses of the cards go`);
    else this.log.info(`mode is ${name}: ${count}; the addresses of the cards are to be there`);
    this.publish('mode', { mode: name, failed }, at);
  }

  /** After a reload: forgets listeners that are gone. */
  reloaded(outcome: 'accepted' | 'rejected', state: MonitorState, at: number): void {
    for (const id of this.told.keys()) if (state.positions.get(id) === undefined) this.told.delete(id);
    this.publish('reload', { reload: outcome }, at);
  }

  /** @param tookMs from the decision, or the notice of drift, to the last answer of the kernel at `at` */
  plan(plan: Plan, results: readonly (OperationResult | null)[], tookMs: number, at: number): void {
    for (const [position, { operation }] of plan.entries()) {
      const result = results[position] ?? null;
      const what = formatOperation(operation);
      if (result === null) this.log.debug(`${what}: dropped, a newer plan follows`);
      else if (result.outcome === 'failed') this.failure(what, result.error.message);
      else this.success(what, result.outcome);
    }
    const begun = plan.filter((_, position) => results[position] !== null);
    if (begun.length === 0) return;
    this.log.debug(`${String(begun.length)} operations took ${tookMs.toFixed(2)} ms from the decision to the last answer`);
    this.publish('plan', planRecord(begun), at);
  }

  failover({ late, toKernel, operations }: Failover): void {
    const what = `${String(operations)} ${operations === 1 ? 'operation' : 'operations'}`;
    this.log.info(`the bypass reached the kernel ${toKernel.toFixed(2)} ms after the deadline: ${what}; the deadline was served ${late.toFixed(2)} ms late`);
  }

  /** Tells what has become a problem, and what is none any more. */
  problems(sentences: readonly string[]): void {
    // What changes in a sentence from look to look are numbers of tries and pauses.
    const now = new Map(sentences.map((sentence) => [sentence.replace(/\(.*?\)|\d+ ms/g, ''), sentence]));
    for (const [key, sentence] of now) if (!this.open.has(key)) this.log.warning(`problem: ${sentence}`);
    for (const [key, sentence] of this.open) if (!now.has(key)) this.log.info(`no problem any more: ${sentence}`);
    this.open = now;
  }

  /** An operation that goes on failing for the same reason is told once. */
  private failure(what: string, reason: string): void {
    const words = reason.startsWith(`${what}: `) ? reason.slice(what.length + 2) : reason;
    const tell = this.failing.get(what) === words ? this.log.debug : this.log.error;
    this.failing.set(what, words);
    tell(`${what}: FAILED: ${words}`);
  }

  private success(what: string, outcome: 'done' | 'already'): void {
    this.failing.delete(what);
    this.log.info(`${what}: ${outcome === 'already' ? 'was so already' : 'done'}`);
  }

  /** In a dry run: what would be done, once for each mode. */
  dryPlan(plan: Plan, at: number): void {
    const text = plan.map(({ operation }) => formatOperation(operation)).join('; ');
    if (this.dryPlans.has(text)) return;
    this.dryPlans.add(text);
    this.log.info(`dry run, not done: ${text}`);
    this.publish('plan', planRecord(plan), at);
  }
}

export const nameOfListener = ({ config }: Listener): string => `listener ${String(config.index)} (${config.host} port ${String(config.port)})`;

function listenerSentence(listener: Listener, status: ListenerStatus): string {
  const name = nameOfListener(listener);
  return match(status)
    .with('unknown', () => `${name} is launched and waits for its first heartbeat`)
    .with('active', () => `${name} is active: its heartbeats arrive`)
    .with('failed', () => `${name} has FAILED: no heartbeat for ${String(detectionTime(listener.config))} ms`)
    .with('unavailable', () => `${name} is UNAVAILABLE: ${listener.phase.status === 'unavailable' ? listener.phase.reason : ''}`)
    .exhaustive();
}

