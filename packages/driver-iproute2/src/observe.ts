import type { DriverError, ObservedState } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { IpCommand } from './ip-command.js';
import { readJsonOutput } from './json-output.js';
import { type SeenLink, observedState } from './observed-state.js';
import type { Promotion } from './promotion.js';
import { readTextOutput } from './text-output.js';

const JSON_WORDS = ['-json', '-details', 'address', 'show'];
const TEXT_LINK_WORDS = ['-o', '-details', 'link', 'show'];
const TEXT_ADDRESS_WORDS = ['-o', '-details', 'address', 'show'];

/** Exit status of `ip` for an option that it does not know. */
const UNKNOWN_OPTION = 255;

/** `ip` says so on standard error when the network changed while it was read, and what it prints may have holes. */
const INTERRUPTED = /dump was interrupted/i;

/** One look at the network. */
export type Observe = () => Promise<E.Either<DriverError, ObservedState>>;

/** @returns a function that remembers whether this `ip` knows `-json` (iproute2 since August 2017) */
export function observer(ip: IpCommand, promotion: Promotion): Observe {
  let textOnly = false;

  const links = async (): Promise<E.Either<DriverError, readonly SeenLink[]>> => {
    if (!textOnly) {
      const json = await print(ip, JSON_WORDS);
      if (E.isRight(json)) return E.mapLeft(strange(ip, JSON_WORDS))(readJsonOutput(json.right));
      if (json.left.status !== UNKNOWN_OPTION) return E.left(json.left.error);
    }
    const linkText = await print(ip, TEXT_LINK_WORDS);
    if (E.isLeft(linkText)) return E.left(linkText.left.error);
    const addressText = await print(ip, TEXT_ADDRESS_WORDS);
    if (E.isLeft(addressText)) return E.left(addressText.left.error);
    textOnly = true;
    return E.mapLeft(strange(ip, TEXT_LINK_WORDS))(readTextOutput(linkText.right, addressText.right));
  };

  return async () => {
    const seen = await links();
    if (E.isLeft(seen)) return seen;
    const promoted = await promotion.read(seen.right.map(({ name }) => name));
    return E.map((on: ReadonlySet<string>) => observedState(seen.right, (name) => on.has(name)))(promoted);
  };
}

interface Failure {
  readonly error: DriverError;
  /** Exit status, where that is what went wrong. */
  readonly status: number | null;
}

/** What `ip` prints when nothing disturbs it; it is asked again until then or until the time limit. */
async function print(ip: IpCommand, words: readonly string[]): Promise<E.Either<Failure, string>> {
  const begun = performance.now();
  do {
    const finished = await ip.run(words);
    if (E.isLeft(finished)) return E.left({ error: finished.left, status: null });
    const { ending, status, stdout, stderr } = finished.right;
    if (INTERRUPTED.test(stderr)) continue;
    if (ending !== 'exited' || status !== 0) return E.left({ error: ip.failure(words, finished.right), status });
    return E.right(stdout);
  } while (performance.now() - begun < ip.timeLimitMs);
  const message = `The network changed during every look at it for ${ip.timeLimitMs} ms.`;
  return E.left({ error: { kind: 'timed-out', message }, status: null });
}

const strange =
  (ip: IpCommand, words: readonly string[]) =>
  (why: string): DriverError => ({
    kind: 'driver-unavailable',
    message: `${ip.argv(words).join(' ')} printed what is not understood: ${why}. Is that the ip of iproute2?`,
  });
