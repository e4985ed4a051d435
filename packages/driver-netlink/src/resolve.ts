import { type DriverError, type InterfaceName } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { ENODEV } from './constants.js';
import { type Link, readLink, writeLinkQuestion } from './link.js';
import { refusalOf } from './results.js';
import type { Transactor } from './transactor.js';

/** Links asked for at once. A link takes some two thousand bytes of the receive buffer, which may be small. */
const AT_ONCE = 32;

/** Right: the link, null where there is none of that name. */
export type Resolved = E.Either<DriverError, Link | null>;

/**
 * The links that bear these names at this moment. An index that a name had before is of no use: after a rename or a
 * re-creation the name leads elsewhere.
 *
 * @throws AddonError
 */
export function resolve(transactor: Transactor, names: ReadonlySet<InterfaceName>): ReadonlyMap<InterfaceName, Resolved> {
  const found = new Map<InterfaceName, Resolved>();
  const wanted = [...names];
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const some = wanted.slice(at, at + AT_ONCE);
    const answers = transactor.ask(some, writeLinkQuestion, readLink);
    for (const [place, name] of some.entries()) found.set(name, resolvedOf(name, answers[place] ?? null));
  }
  return found;
}

function resolvedOf(name: InterfaceName, answer: ReturnType<typeof readLink> | Parameters<typeof refusalOf>[1]): Resolved {
  if (answer === null) return E.left({ kind: 'driver-unavailable', message: `The kernel's answer about ${name} was lost.` });
  // It also answers to alternative names, by which no configuration means an interface.
  if ('index' in answer) return E.right(answer.name === name ? answer : null);
  return answer.errno === ENODEV ? E.right(null) : E.left(refusalOf(name, answer));
}
