import { setTimeout as pause } from 'node:timers/promises';
import type { ExecutionContext, TestFn } from 'ava';
import type { InterfaceName } from '@fastbypass/core';
import type { Bench, DriverHarness } from './harness.js';

/** How long a state is waited for, ms. */
export const PATIENCE_MS = 10_000;

const POLL_MS = 5;

/** The two interfaces that every test begins with. */
export const EAST = 'east' as InterfaceName;
export const WEST = 'west' as InterfaceName;
/** One that does not exist unless a test creates it. */
export const NORTH = 'north' as InterfaceName;

export type Check = ExecutionContext;

export interface Suite {
  readonly harness: DriverHarness;
  /** A test on a fresh network; stopped whatever comes of the test. */
  readonly test: (title: string, body: (t: Check, bench: Bench) => Promise<void>) => void;
  /** A test that needs what a harness may lack; `get` picks it. */
  readonly testWith: <A>(title: string, get: (harness: DriverHarness) => A | undefined, body: (t: Check, bench: Bench, capability: A) => Promise<void>) => void;
}

export function suiteOf(test: TestFn, harness: DriverHarness): Suite {
  const full = (title: string): string => `${harness.name}: ${title}`;
  const skip = (title: string, reason: string): void => test.serial.skip(`${full(title)} (${reason})`, () => undefined);

  const declare: Suite['test'] = (title, body) => {
    if (harness.unavailable !== undefined) {
      skip(title, harness.unavailable);
      return;
    }
    test.serial(full(title), async (t) => {
      const bench = await harness.start([EAST, WEST]);
      try {
        await body(t, bench);
      } finally {
        await bench.stop();
      }
    });
  };

  return {
    harness,
    test: declare,
    testWith: (title, get, body) => {
      const capability = get(harness);
      if (capability === undefined) skip(title, 'the harness cannot provoke it');
      else declare(title, (t, bench) => body(t, bench, capability));
    },
  };
}

/** Waits until `holds`; `what` is said where it does not come about within {@link PATIENCE_MS}. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited ${PATIENCE_MS} ms in vain until ${what}`);
    await pause(POLL_MS);
  }
}
