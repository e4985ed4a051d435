import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

/** Where and when was measured. */
export interface Machine {
  readonly part: 'machine';
  /** ISO-8601. */
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  /** GB (10^9 bytes). */
  readonly memory: number;
  readonly kernel: string;
  /** Programs and their versions. */
  readonly versions: Readonly<Record<string, string>>;
}

/** One thing measured, again and again. */
export interface Series {
  readonly part: string;
  readonly subject: string;
  /** What was measured: `failover, stopped`. */
  readonly what: string;
  readonly unit: 'ms' | '‰' | 'MB' | 'µs' | 'count';
  readonly values: readonly number[];
}

/** What was not measured, and why. */
export interface Skipped {
  readonly part: string;
  readonly subject: string;
  readonly skipped: string;
}

export type Result = Machine | Series | Skipped;

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

/** A file of JSON lines. */
export class ResultFile {
  constructor(private readonly path: URL) {
    mkdirSync(new URL('.', path), { recursive: true });
    writeFileSync(path, '');
  }

  add(result: Result): void {
    const line = 'values' in result ? { ...result, values: result.values.map(rounded) } : result;
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }
}

export const readResults = (path: URL): readonly Result[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);
