/**
 * How often operations have failed or have been undone, and when each may be tried again.
 *
 * Two kinds of trouble, one kind of patience: an operation that fails is tried again after 100 ms, doubling to 5 s; a
 * repair that somebody undoes is repeated at once three times within 10 s and with the same pauses from then on.
 */
import { type Difference, type InterfaceName, type Operation, type Place, type Plan, formatOperation, operationsOf } from '@fastbypass/core';
import { REPAIR_BACKOFF, pauseAfter } from './backoff.js';

/** Repairs within {@link CALM} that are made at once; the next one is one too many. */
const PATIENCE = 3;
/** ms without a repair after which an undoing is forgotten. */
const CALM = 10_000;

interface Record {
  readonly operation: Operation;
  /** Failures in a row, and the last one's words. */
  failures: number;
  failure: string;
  /** Instants of the repairs of late. */
  repairs: number[];
  /** Repairs that were one too many. */
  paused: number;
  /** After a failure. */
  retryAt: number;
}

export class Attempts {
  private readonly records = new Map<string, Record>();
  /** Operations that succeeded since the last decision. */
  private readonly done = new Set<string>();

  constructor(private readonly now: () => number) {}

  /** The instant from which the operation may be tried; 0: at once. */
  notBefore(operation: Operation): number {
    const record = this.records.get(formatOperation(operation));
    if (record === undefined) return 0;
    if (record.failures > 0) return record.retryAt;
    const last = record.repairs.at(-1);
    if (last === undefined || (record.paused === 0 && this.recent(record).length < PATIENCE)) return 0;
    return this.now() - last > CALM ? 0 : last + pauseAfter(REPAIR_BACKOFF, record.paused + 1);
  }

  failed(operation: Operation, words: string): void {
    const record = this.recordOf(operation);
    record.failures++;
    record.failure = words;
    record.retryAt = this.now() + pauseAfter(REPAIR_BACKOFF, record.failures);
  }

  /** @param wasConverged all had been as desired since the last decision: this put right what somebody changed */
  succeeded(operation: Operation, wasConverged: boolean): void {
    // What is done a second time for one decision has been undone, however soon.
    const isRepair = wasConverged || this.done.has(formatOperation(operation));
    this.done.add(formatOperation(operation));
    if (!isRepair) {
      this.records.delete(formatOperation(operation));
      return;
    }
    const record = this.recordOf(operation);
    const recent = this.recent(record);
    record.failures = 0;
    record.paused = recent.length === 0 ? 0 : record.paused > 0 || recent.length >= PATIENCE ? record.paused + 1 : 0;
    record.repairs = [...recent, this.now()];
  }

  /** Whether every operation may be tried at once. */
  get isClear(): boolean {
    return this.records.size === 0;
  }

  /** Failures of what nobody wants any more are forgotten. */
  retain(wanted: readonly Plan[]): void {
    if (this.isClear) return;
    const keys = new Set(wanted.flatMap(operationsOf).map(formatOperation));
    for (const [key, { failures }] of this.records) if (failures > 0 && !keys.has(key)) this.records.delete(key);
  }

  /** A new decision: everything may be tried at once. */
  reset(): void {
    this.records.clear();
    this.done.clear();
  }

  /** Somebody changed interfaces. What is more than an undoing of our operations lets those be tried at once. */
  changed(differing: ReadonlyMap<InterfaceName, ReadonlySet<Difference>>): void {
    const undone = new Set([...this.records.values()].map(({ operation }) => undoingOf(operation)));
    for (const [name, differences] of differing) {
      // A link that goes down and up takes and brings IPv6 addresses by itself.
      const isUndoing = (difference: Difference): boolean => undone.has(`${name} ${difference}`) || (undone.has(`${name} link`) && difference.includes(':'));
      if ([...differences].every(isUndoing)) continue;
      for (const [key, { operation }] of this.records) if (operation.interface === name) this.records.delete(key);
    }
  }

  /** The words of the last failure to add an address, whatever its prefix; null where there is none. */
  whyNotAdded(place: Place): string | null {
    for (const { operation, failures, failure } of this.records.values()) {
      if (failures > 0 && operation.op === 'address-add' && operation.interface === place.interface && operation.address.address === place.address) return failure;
    }
    return null;
  }

  /** What an operator should know, in sentences. */
  problems(): readonly string[] {
    const now = this.now();
    return [...this.records.values()].flatMap((record) => {
      const { operation, failures, failure, paused } = record;
      const what = formatOperation(operation);
      const pause = Math.max(0, Math.round(this.notBefore(operation) - now));
      if (failures > 0) return [`${what} fails (${String(failures)} times, next try in ${String(pause)} ms): ${failure}`];
      if (paused === 0 || this.recent(record).length === 0) return [];
      return [`somebody undoes ${what} again and again (${String(PATIENCE + paused)} repairs); it is repeated with pauses, now of ${String(pauseAfter(REPAIR_BACKOFF, paused + 1))} ms`];
    });
  }

  private recent({ repairs }: Record): number[] {
    const now = this.now();
    return repairs.filter((at) => now - at <= CALM);
  }

  private recordOf(operation: Operation): Record {
    const key = formatOperation(operation);
    const record = this.records.get(key) ?? { operation, failures: 0, failure: '', repairs: [], paused: 0, retryAt: 0 };
    this.records.set(key, record);
    return record;
  }
}

/** What somebody who undoes the operation changes. */
function undoingOf(operation: Operation): string {
  if ('address' in operation) return `${operation.interface} ${operation.address.address}`;
  return `${operation.interface} ${operation.op === 'promote-secondaries' ? 'promotion' : 'link'}`;
}
