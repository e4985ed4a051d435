import type { DriverError, InterfaceName, Operation } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { ENODEV, IFF_UP } from './constants.js';
import { type Link, readLink, writeLinkQuestion } from './link.js';
import type { Verdict } from './message.js';
import { refusalOf } from './results.js';
import type { Transactor } from './transactor.js';

/** Links asked for at once. A link takes some two thousand bytes of the receive buffer, which may be small. */
const AT_ONCE = 32;

/** What an operation has to know of its link: whether it promotes secondaries, where that is to be turned on alone. */
export type Target = Pick<Link, 'index' | 'up'> & Partial<Pick<Link, 'promoteSecondaries'>>;

/** Right: the link, null where there is none of that name. */
export type Resolved = E.Either<DriverError, Target | null>;

/**
 * Finds the links that bear names at this moment. After a rename or a re-creation a name leads elsewhere, so an index that
 * was seen before is no more than a guess: it is used once the kernel has said that it still bears the name, and whether it is up,
 * which takes it a tenth of what the question about a name does.
 */
export class Resolver {
  readonly #transactor: Transactor;
  #guesses = new Map<string, number>();

  constructor(transactor: Transactor) {
    this.#transactor = transactor;
  }

  /** All links, as they were just now. */
  learn(links: readonly Link[]): void {
    this.#guesses = new Map(links.map(({ name, index }) => [name, index]));
  }

  /** Of the link that bore the name when it was last seen. */
  guess(name: string): number | undefined {
    return this.#guesses.get(name);
  }

  /** @throws AddonError */
  resolve(operations: readonly Operation[]): ReadonlyMap<InterfaceName, Resolved> {
    const found = new Map<InterfaceName, Resolved>();
    const asked = new Set<InterfaceName>();
    for (const { op, interface: name } of operations) {
      if (asked.has(name)) continue;
      // Of promotion nothing else tells.
      if (op === 'promote-secondaries' || !(found.has(name) || this.#recognise(name, found))) asked.add(name);
    }
    this.#ask([...asked], found);
    return found;
  }

  /** False where the guess is wrong, or there is none. */
  #recognise(name: InterfaceName, found: Map<InterfaceName, Resolved>): boolean {
    const index = this.#guesses.get(name);
    const flags = index === undefined ? undefined : this.#transactor.flags(index, name);
    if (index === undefined || flags === undefined) return false;
    found.set(name, E.right({ index, up: (flags & IFF_UP) !== 0 }));
    return true;
  }

  #ask(names: readonly InterfaceName[], found: Map<InterfaceName, Resolved>): void {
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const some = names.slice(at, at + AT_ONCE);
      const answers = this.#transactor.ask(some, writeLinkQuestion, readLink);
      for (const [place, name] of some.entries()) {
        const resolved = resolvedOf(name, answers[place] ?? null);
        if (E.isRight(resolved) && resolved.right !== null) this.#guesses.set(name, resolved.right.index);
        found.set(name, resolved);
      }
    }
  }
}

function resolvedOf(name: InterfaceName, answer: Link | Verdict | null): Resolved {
  if (answer === null) return E.left({ kind: 'driver-unavailable', message: `The kernel's answer about ${name} was lost.` });
  // It also answers to alternative names, by which no configuration means an interface.
  if ('index' in answer) return E.right(answer.name === name ? answer : null);
  return answer.errno === ENODEV ? E.right(null) : E.left(refusalOf(name, answer));
}
