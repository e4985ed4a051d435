/** Tells what becomes of each operation, but the same failure of the same operation only once. */
import { type OperationRecord, type OperationResult, type Plan, operationRecord } from '@fastbypass/core';
import type { Terminal } from '../terminal.js';
import { printable } from '../text.js';
import { operationText } from './outlook.js';

/** An operation with its outcome, as `--json` has it. */
export interface OutcomeRecord extends OperationRecord {
  /** `skipped`: it needs an operation that failed. */
  readonly outcome: 'done' | 'already' | 'failed' | 'skipped';
  /** Why it failed. */
  readonly error: string | null;
}

export class Teller {
  private readonly told = new Set<string>();
  private readonly outcomes: OutcomeRecord[] = [];

  /** @param json nothing is printed: {@link records} is for the end */
  constructor(
    private readonly terminal: Terminal,
    private readonly json: boolean,
  ) {}

  /** What was told of so far. */
  get records(): readonly OutcomeRecord[] {
    return this.outcomes;
  }

  async operations(plan: Plan, results: readonly (OperationResult | null)[]): Promise<void> {
    let text = '';
    for (const [position, { operation }] of plan.entries()) {
      const result = results[position] ?? null;
      const line = `${operationText(operation)}: ${words(result)}`;
      if (this.told.has(line)) continue;
      if (result?.outcome !== 'done') this.told.add(line);
      this.outcomes.push({ ...operationRecord(operation), outcome: result?.outcome ?? 'skipped', error: result?.outcome === 'failed' ? result.error.message : null });
      text += `${printable(line)}\n`;
    }
    if (!this.json) await this.terminal.out(text);
  }

  waiting(unmet: readonly string[]): void {
    for (const sentence of unmet) {
      if (this.told.has(sentence)) continue;
      this.told.add(sentence);
      this.terminal.err(`fbypass_ctl: waiting: ${sentence}`);
    }
  }

  /** A sentence for a person. */
  async say(sentence: string): Promise<void> {
    if (!this.json) await this.terminal.out(`${sentence}\n`);
  }
}

function words(result: OperationResult | null): string {
  if (result === null) return 'not begun: it needs an operation that failed';
  if (result.outcome === 'failed') return `FAILED: ${result.error.message}`;
  return result.outcome === 'done' ? 'done' : 'was so already';
}
