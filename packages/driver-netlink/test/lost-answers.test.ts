/** What becomes of a plan when the kernel's answers are lost: a receive buffer that is full, put between by a false addon. */
import test, { type ExecutionContext } from 'ava';
import type { InterfaceName, Operation } from '@fastbypass/core';
import { Namespace, words } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { applyOperations } from '../dist/apply.js';
import { type Addon, loadAddon } from '../dist/index.js';
import { socketsOf } from '../dist/netlink-socket.js';
import { observer } from '../dist/observe.js';
import { PreparedRequests } from '../dist/prepared.js';
import { Resolver } from '../dist/resolver.js';
import { Transactor } from '../dist/transactor.js';
import { pathOf, whyNotHere } from './bench.js';

const { add, del, up, promote, verdict } = words;

const EAST = 'east' as InterfaceName;

const reason = await whyNotHere();
const loaded = loadAddon();

class Refusal extends Error {
  readonly syscall = 'false addon';
  constructor(readonly code: string) {
    super('refused by the test');
  }
}

/** Loses what `loses` says of the datagrams that are received, counted from 0, with an ENOBUFS in the place of each. */
function lossy(addon: Addon, loses: (count: number) => boolean): Addon {
  let count = 0;
  return {
    ...addon,
    receive: (socket, into) => {
      const length = addon.receive(socket, into);
      if (length > 0 && loses(count++)) throw new Refusal('ENOBUFS');
      return length;
    },
  };
}

function inNamespace(title: string, falsify: (addon: Addon) => Addon, body: (t: ExecutionContext, apply: (...operations: Operation[]) => Promise<readonly string[]>) => Promise<void>): void {
  if (reason !== null || E.isLeft(loaded)) {
    test.serial.skip(`${title} (${reason ?? ''})`, () => undefined);
    return;
  }
  test.serial(title, async (t) => {
    const namespace = await Namespace.create();
    const sockets = socketsOf(loaded.right, pathOf(namespace));
    const transactor = new Transactor(socketsOf(falsify(loaded.right), pathOf(namespace)));
    const observe = observer(sockets, () => undefined);
    try {
      await namespace.addPair(EAST);
      await body(t, async (...operations) => (await applyOperations({ sockets, transactor, resolver: new Resolver(transactor), prepared: new PreparedRequests(), observe, isClosed: () => false }, operations)).map(verdict));
    } finally {
      transactor.close();
      await namespace.delete();
    }
  });
}

// The first datagram is the answer to the question about the link.
inNamespace(
  'operations whose acknowledgements are lost are judged by what is there',
  (addon) => lossy(addon, (count) => count > 0),
  async (t, apply) => {
    t.deepEqual(await apply(add(EAST, '10.0.0.1/32'), add(EAST, '10.0.0.2/24'), promote(EAST), del(EAST, '10.0.0.9/32')), ['done', 'done', 'done', 'done']);
  },
);

inNamespace(
  'an operation that was refused and whose refusal is lost has failed',
  (addon) => lossy(addon, (count) => count > 2),
  async (t, apply) => {
    t.deepEqual(await apply(add(EAST, '10.0.0.1/24')), ['done']);
    t.deepEqual(await apply(add(EAST, '10.0.0.2/24', { scope: 'link' })), ['refused']);
  },
);

inNamespace(
  'losses here and there stop nothing',
  (addon) => lossy(addon, (count) => count > 0 && count % 7 === 0),
  async (t, apply) => {
    const plan = Array.from({ length: 200 }, (_, n) => add(EAST, `10.0.${n}.1/24`));
    t.deepEqual(await apply(...plan), plan.map(() => 'done'));
  },
);

inNamespace(
  'where the answer about a link is lost, nothing is done and that is said',
  (addon) => lossy(addon, (count) => count === 0),
  async (t, apply) => {
    t.deepEqual(await apply(add(EAST, '10.0.0.1/32')), ['driver-unavailable']);
    t.deepEqual(await apply(add(EAST, '10.0.0.1/32')), ['done']);
  },
);

inNamespace(
  'a system that takes no request fails each operation',
  (addon) => ({
    ...addon,
    send: () => {
      throw new Refusal('ENOMEM');
    },
  }),
  async (t, apply) => {
    t.deepEqual(await apply(add(EAST, '10.0.0.1/32'), up(EAST)), ['driver-unavailable', 'driver-unavailable']);
  },
);
