/**
 * How often operations have failed or have been undone, and when each may be tried again.
 *
 * Two kinds of trouble, one kind of patience: an operation that fails is tried again after 100 ms, doubling to 5 s; a
 * repair that somebody undoes is repeated at once three times within 10 s and with the same pauses from then on.
 */
import { type Difference, type InterfaceName, type Operation, formatOperation } from '@fastbypass/core';
import { REPAIR_BACKOFF, pauseAfter } from './backoff.js';

/** Repairs within {@link CALM} that are made at once. */
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
  /** Repairs that were made with a pause. */
  paused: number;
  notBefore: number;
}

export class Attempts {
  private readonly records = new Map<string, Record>();

  constructor(private readonly now: () => number) {}

  /** The instant from which the operation may be tried; 0: at once. */
  notBefore(operation: Operation): number {
    return this.records.get(formatOperation(operation))?.notBefore ?? 0;
  }

  failed(operation: Operation, words: string): void {
    const record = this.recordOf(operation);
    record.failures++;
    record.failure = words;
    record.notBefore = this.now() + pauseAfter(REPAIR_BACKOFF, record.failures);
  }

  /** @param isRepair it put right what was right before, with no decision between */
  succeeded(operation: Operation, isRepair: boolean): void {
    if (!isRepair) {
      this.records.delete(formatOperation(operation));
      return;
    }
    const now = this.now();
    const record = this.recordOf(operation);
    const last = record.repairs.at(-1) ?? -Infinity;
    if (now - last > CALM) record.paused = 0;
    record.failures = 0;
    record.repairs = [...record.repairs.filter((at) => now - at < CALM), now];
    record.notBefore = 0;
    if (record.repairs.length >= PATIENCE || record.paused > 0) {
      record.paused++;
      record.notBefore = now + pauseAfter(REPAIR_BACKOFF, record.paused);
    }
  }

  /** A new decision: everything may be tried at once. */
  reset(): void {
    this.records.clear();
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

  /** What an operator should know, in sentences. */
  problems(): readonly string[] {
    const now = this.now();
    return [...this.records.values()].flatMap(({ operation, failures, failure, repairs, paused, notBefore }) => {
      const what = formatOperation(operation);
      const pause = `next try in ${String(Math.max(0, Math.round(notBefore - now)))} ms`;
      if (failures > 0) return [`${what} fails (${String(failures)} times, ${pause}): ${failure}`];
      const isUndone = paused > 1 && now - (repairs.at(-1) ?? -Infinity) <= CALM;
      return isUndone ? [`somebody undoes ${what} again and again (${String(PATIENCE + paused - 1)} repairs); it is repeated with pauses of up to ${String(pauseAfter(REPAIR_BACKOFF, paused))} ms`] : [];
    });
  }

  private recordOf(operation: Operation): Record {
    const key = formatOperation(operation);
    const record = this.records.get(key) ?? { operation, failures: 0, failure: '', repairs: [], paused: 0, notBefore: 0 };
    this.records.set(key, record);
    return record;
  }
}

/** What somebody who undoes the operation changes. */
function undoingOf(operation: Operation): string {
  if ('address' in operation) return `${operation.interface} ${operation.address.address}`;
  return `${operation.interface} ${operation.op === 'promote-secondaries' ? 'promotion' : 'link'}`;
}
