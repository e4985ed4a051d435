import { type Operation, formatInterfaceAddress, familyOf } from '@fastbypass/core';
import type { Bench, Outside, Routes } from '../contract/harness.js';
import type { Namespace } from './namespace.js';

/** Somebody else in `namespace`, who works with `ip` alone. */
export const outsideOf = (namespace: Namespace): Outside => ({
  run: (operation) => carryOut(namespace, operation),
  create: (name) => namespace.addPair(name),
  remove: async (name) => {
    await namespace.ip('link', 'delete', 'dev', name);
  },
  rename: async (from, to) => {
    await namespace.ip('link', 'set', 'dev', from, 'name', to);
  },
  setPromotion: (name, on) => namespace.setPromotion(name, on),
});

async function carryOut(namespace: Namespace, operation: Operation): Promise<void> {
  const { interface: name } = operation;
  switch (operation.op) {
    case 'address-add': {
      const nodad = familyOf(operation.address.address) === 6 ? ['nodad'] : [];
      await namespace.ip('address', 'add', formatInterfaceAddress(operation.address), 'dev', name, ...nodad);
      return;
    }
    case 'address-del':
      await namespace.ip('address', 'delete', formatInterfaceAddress(operation.address), 'dev', name);
      return;
    case 'link-up':
      await namespace.ip('link', 'set', 'dev', name, 'up');
      return;
    case 'link-down':
      await namespace.ip('link', 'set', 'dev', name, 'down');
      return;
    case 'promote-secondaries':
      await namespace.setPromotion(name, true);
  }
}

const DEFAULT_ROUTE = ['-4', 'route', 'show', 'default'];

/** Routes of the namespaces that `namespaceOf` finds. */
export const routesOf = (namespaceOf: (bench: Bench) => Namespace): Routes => ({
  addDefault: async (bench, name, via) => {
    await namespaceOf(bench).ip('-4', 'route', 'add', 'default', 'via', via, 'dev', name);
  },
  defaultGateway: async (bench) => / via (\S+)/.exec(await namespaceOf(bench).ip(...DEFAULT_ROUTE))?.[1] ?? null,
});
