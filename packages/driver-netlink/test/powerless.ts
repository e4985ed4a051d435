import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { DriverError, NetworkDriver, ObservedInterface, OperationResult } from '@fastbypass/core';
import type { Namespace } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';

/** What the child answers to a line; see powerless-child.ts. */
export type Answer = { readonly observed: E.Either<DriverError, readonly ObservedInterface[]> } | { readonly applied: readonly OperationResult[] };

const CHILD = fileURLToPath(new URL('./powerless-child.js', import.meta.url));

/** The driver in a process of its own, in `namespace`, that has all permissions of root but CAP_NET_ADMIN. */
export function powerlessDriver(namespace: Namespace): NetworkDriver {
  const [file = '', ...words]: readonly string[] = [...namespace.prefix, 'setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin', process.execPath, CHILD];
  const child = spawn(file, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question: unknown): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error('the process without permission has ended');
    return JSON.parse(line.value) as Answer;
  };
  return {
    name: 'netlink',
    observe: async () => {
      const answer = await ask({ observe: true });
      if (!('observed' in answer)) throw new Error('not an observation');
      return E.map((interfaces: readonly ObservedInterface[]) => new Map(interfaces.map((it) => [it.name, it])))(answer.observed);
    },
    apply: (operations) => async () => {
      const answer = await ask({ apply: operations });
      return 'applied' in answer ? answer.applied : [];
    },
    watch: () => async () => E.left({ kind: 'driver-unavailable', message: 'not passed on' }),
    close: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}
