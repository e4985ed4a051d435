import { type InterfaceName, type ObservedAddress, type ObservedInterface, applyToInterface, familyOf, instanceOf, sameAddress } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { BatchReport, LinkLook } from './batch-report.js';
import { observedState } from './observed-state.js';
import type { IpOperation } from './operation-words.js';

type Removal = Extract<IpOperation, { readonly op: 'address-del' }>;

/**
 * What the kernel took besides what was named, by the places of operations that have succeeded. In the microseconds between a look and the
 * operation another process is not seen.
 */
export function tookBy(batch: readonly IpOperation[], { failed, before, after }: BatchReport): ReadonlyMap<number, readonly ObservedAddress[]> {
  const took = new Map<number, readonly ObservedAddress[]>();
  const ends = new Map([...after].map(([place, look]) => [batch[place]?.interface, look]));
  const runs = new Map<InterfaceName, RemovalRun>();
  for (const [place, operation] of batch.entries()) {
    const { interface: name } = operation;
    const look = before.get(place);
    const there = look === undefined ? undefined : interfaceOf(name, look);
    const end = ends.get(name);
    if (operation.op === 'address-del' && there !== undefined && end !== undefined) runs.set(name, new RemovalRun(there, interfaceOf(name, end)));
    if (failed.has(place)) continue;
    if (operation.op === 'link-down' && there !== undefined) took.set(place, there.addresses.filter(({ address }) => familyOf(address) === 6));
    if (operation.op !== 'address-del') continue;
    const taken = familyOf(operation.address.address) === 6 ? [] : runs.get(name)?.take(operation);
    if (taken !== undefined) took.set(place, taken);
  }
  return took;
}

const interfaceOf = (name: InterfaceName, look: LinkLook): ObservedInterface | undefined => observedState([{ ...look, name }], () => false).get(name);

/** Removals on one interface. Which of them took what shows the model of the kernel; whether it was taken at all, the look at the end. */
class RemovalRun {
  constructor(
    private model: ObservedInterface,
    private readonly left: ObservedInterface | undefined,
  ) {}

  take(removal: Removal): readonly ObservedAddress[] | undefined {
    const { model, left } = this;
    if (left === undefined) return undefined;
    const next = applyToInterface(model, removal);
    if (E.isLeft(next)) return [];
    this.model = next.right;
    const isThere = (it: ObservedInterface, address: ObservedAddress): boolean => instanceOf(it, address) !== undefined;
    return model.addresses.filter((it) => !sameAddress(it, removal.address) && !isThere(next.right, it) && !isThere(left, it));
  }
}
