/** Does what it is told by lines of JSON on standard input, and answers each by one on standard output. */
import { createInterface } from 'node:readline';
import type { ObservedState, Operation } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { netlinkDriver } from '../dist/index.js';
import type { Answer } from './powerless.js';

const driver = netlinkDriver();
if (E.isLeft(driver)) throw new Error(driver.left.message);

for await (const line of createInterface({ input: process.stdin })) {
  const { apply } = JSON.parse(line) as { readonly apply?: readonly Operation[] };
  const answer: Answer =
    apply === undefined
      ? { observed: E.map((state: ObservedState) => [...state.values()])(await driver.right.observe()) }
      : { applied: await driver.right.apply(apply)() };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await driver.right.close();
