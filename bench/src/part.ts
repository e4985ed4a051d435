import type { Native } from './native.js';
import type { Result } from './results.js';

/** What a part of the benchmark is given. */
export interface Bench {
  readonly native: Native;
  /** Of one thing, at the most. */
  readonly trials: number;
  readonly say: (line: string) => void;
  readonly record: (result: Result) => void;
}

/** A part of the benchmark, which can be run alone. */
export interface Part {
  readonly name: string;
  /** What it measures, for a person. */
  readonly about: string;
  readonly run: (bench: Bench) => Promise<void>;
}
