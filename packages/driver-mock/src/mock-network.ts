import {
  type AddressAttributes,
  type DriverError,
  type InterfaceAddress,
  type InterfaceName,
  type ObservedAddress,
  type ObservedInterface,
  type ObservedState,
  type Operation,
  type OperationResult,
  type Refusal,
  type WatchEvent,
  applyToInterface,
  formatOperation,
  sameAddress,
} from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { type Fault, Faults, strikes } from './faults.js';

export interface MockInterface {
  readonly name: InterfaceName;
  /** Default: true. */
  readonly up?: boolean;
  /** Added in this order under the kernel's rules; what the kernel would refuse has no effect. */
  readonly addresses?: readonly (InterfaceAddress & { readonly attributes?: AddressAttributes })[];
  /** Default: false. */
  readonly promoteSecondaries?: boolean;
  readonly lower?: readonly InterfaceName[];
}

/** An observation or the beginning of a watch that is to fail. */
export interface CallFault {
  readonly call: 'observe' | 'watch';
  /** How many calls fail; absent: all, until the fault is lifted. */
  readonly times?: number;
  readonly error: DriverError;
}

/**
 * A network in memory with the kernel's rules. Everything takes effect at once, synchronously: no timers, no promises.
 *
 * Time does not pass here: lifetimes of addresses are kept, but nothing expires.
 */
export class MockNetwork {
  #state: ObservedState;
  readonly #faults = new Faults<Fault>();
  readonly #callFaults = new Faults<CallFault>();
  readonly #subscribers = new Set<(event: WatchEvent) => void>();
  #muted = false;
  #lastIndex = 0;

  constructor(interfaces: readonly MockInterface[] = []) {
    this.#state = new Map();
    for (const it of interfaces) this.createInterface(it);
  }

  /** The network as it is now; what happens later does not change it. */
  get state(): ObservedState {
    return this.#state;
  }

  // -------------------------------------------------------------------------------------
  // operations
  // -------------------------------------------------------------------------------------

  /** Carries out one operation of the driver, unless a fault strikes. */
  apply(operation: Operation): OperationResult {
    const fault = this.#faults.take(strikes(operation));
    if (fault === null) return this.#carryOut(operation);
    if (fault.carriedOut === true) this.#carryOut(operation);
    return { outcome: 'failed', error: fault.error };
  }

  /** Somebody else does it: no fault strikes, and what the kernel refuses has no effect. */
  external(operation: Operation): void {
    this.#carryOut(operation);
  }

  #carryOut(operation: Operation): OperationResult {
    const name = operation.interface;
    const before = this.#state.get(name);
    if (before === undefined) {
      return { outcome: 'failed', error: { kind: 'no-such-interface', interface: name, message: `There is no interface ${name}.` } };
    }
    if (isAlready(before, operation)) return { outcome: 'already' };
    if (operation.op === 'address-add' && before.addresses.some((other) => sameAddress(other, operation.address))) return this.#renew(before, operation);
    const after = applyToInterface(before, operation);
    if (E.isLeft(after)) return { outcome: 'failed', error: { kind: 'refused', message: refusalOf(after.left, operation) } };
    this.#state = new Map(this.#state).set(name, after.right);
    this.#tell({ type: 'changed', interface: name });
    return operation.op === 'address-del' || operation.op === 'link-down' ? { outcome: 'done', took: tookBesides(operation, before, after.right) } : { outcome: 'done' };
  }

  /** Says anew what an address carries, its lifetime above all. */
  #renew(it: ObservedInterface, { address, attributes = {} }: Extract<Operation, { op: 'address-add' }>): OperationResult {
    const { validLifetime, preferredLifetime, ...rest } = attributes;
    const isFinite = (seconds: number | undefined): seconds is number => seconds !== undefined && seconds !== Infinity;
    const carried: AddressAttributes = {
      ...rest,
      ...(isFinite(validLifetime) && { validLifetime }),
      ...(isFinite(preferredLifetime) && { preferredLifetime }),
    };
    const addresses = it.addresses.map((other) => (sameAddress(other, address) ? { ...other, attributes: carried } : other));
    this.#state = new Map(this.#state).set(it.name, { ...it, addresses });
    this.#tell({ type: 'changed', interface: it.name });
    return { outcome: 'done' };
  }

  // -------------------------------------------------------------------------------------
  // interfaces, by somebody else
  // -------------------------------------------------------------------------------------

  /** Of an interface that exists already nothing changes. */
  createInterface({ name, up = true, addresses = [], promoteSecondaries = false, lower = [] }: MockInterface): void {
    if (this.#state.has(name)) return;
    let it: ObservedInterface = { name, index: ++this.#lastIndex, up, promoteSecondaries, addresses: [], lower };
    for (const { address, prefix, attributes = {} } of addresses) {
      const operation: Operation = { op: 'address-add', interface: name, address: { address, prefix }, attributes };
      it = E.getOrElse(() => it)(applyToInterface(it, operation));
    }
    this.#state = new Map(this.#state).set(name, it);
    this.#tell({ type: 'changed', interface: name });
  }

  /** With all its addresses; an interface that stood on it stands on it no more. */
  deleteInterface(name: InterfaceName): void {
    if (!this.#state.has(name)) return;
    const rest = [...this.#state.values()].filter((it) => it.name !== name);
    this.#replace(rest.map((it) => ({ ...it, lower: it.lower.filter((lower) => lower !== name) })));
    this.#tell({ type: 'changed', interface: name });
  }

  /** Keeps everything but the name; without effect where `from` is not there, or `to` is. */
  renameInterface(from: InterfaceName, to: InterfaceName): void {
    if (!this.#state.has(from) || this.#state.has(to)) return;
    const renamed = (name: InterfaceName): InterfaceName => (name === from ? to : name);
    this.#replace([...this.#state.values()].map((it) => ({ ...it, name: renamed(it.name), lower: it.lower.map(renamed) })));
    this.#tell({ type: 'changed', interface: from });
    this.#tell({ type: 'changed', interface: to });
  }

  setPromotion(name: InterfaceName, on: boolean): void {
    const it = this.#state.get(name);
    if (it === undefined || it.promoteSecondaries === on) return;
    this.#state = new Map(this.#state).set(name, { ...it, promoteSecondaries: on });
    this.#tell({ type: 'changed', interface: name });
  }

  /** Down and up again: its IPv6 addresses are gone. */
  flap(name: InterfaceName): void {
    this.external({ op: 'link-down', interface: name });
    this.external({ op: 'link-up', interface: name });
  }

  #replace(interfaces: readonly ObservedInterface[]): void {
    this.#state = new Map(interfaces.map((it) => [it.name, it]));
  }

  // -------------------------------------------------------------------------------------
  // faults
  // -------------------------------------------------------------------------------------

  /** Of several faults that match an operation, the one armed first strikes. @returns lifts the fault */
  failOn(fault: Fault): () => void {
    return this.#faults.arm(fault);
  }

  /** @returns lifts the fault */
  failCalls(fault: CallFault): () => void {
    return this.#callFaults.arm(fault);
  }

  /** For drivers on this network: how the call that begins now is to fail, or null. */
  takeCallFault(call: CallFault['call']): DriverError | null {
    return this.#callFaults.take((fault) => fault.call === call)?.error ?? null;
  }

  // -------------------------------------------------------------------------------------
  // notices
  // -------------------------------------------------------------------------------------

  /** Tells of every change, whoever makes it, as soon as it is made. @returns ends the subscription */
  subscribe(tell: (event: WatchEvent) => void): () => void {
    // A function of its own, so that one who subscribes twice is told twice.
    const subscriber = (event: WatchEvent): void => tell(event);
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** The notices of what `meanwhile` does are lost; then subscribers are told that some were. */
  overflow(meanwhile: () => void = () => undefined): void {
    this.#muted = true;
    try {
      meanwhile();
    } finally {
      this.#muted = false;
    }
    this.#tell({ type: 'overflow' });
  }

  /** Every subscription ends by itself, with `error`. */
  endWatches(error: DriverError): void {
    this.#tell({ type: 'ended', error });
    this.#subscribers.clear();
  }

  #tell(event: WatchEvent): void {
    if (this.#muted) return;
    for (const tell of [...this.#subscribers]) tell(event);
  }
}

/** The addresses that an operation took along. */
function tookBesides(operation: Operation, before: ObservedInterface, after: ObservedInterface): readonly ObservedAddress[] {
  const isNamed = (it: ObservedAddress): boolean => operation.op === 'address-del' && sameAddress(it, operation.address);
  return before.addresses.filter((it) => !isNamed(it) && !after.addresses.some((other) => sameAddress(other, it)));
}

/** Whether the network is as `operation` would have it. */
function isAlready(it: ObservedInterface, operation: Operation): boolean {
  switch (operation.op) {
    case 'address-add':
      return operation.attributes?.validLifetime === undefined && it.addresses.some((other) => sameAddress(other, operation.address));
    case 'address-del':
      return !it.addresses.some((other) => sameAddress(other, operation.address));
    case 'link-up':
      return it.up;
    case 'link-down':
      return !it.up;
    case 'promote-secondaries':
      return it.promoteSecondaries;
  }
}

const refusalOf = (refusal: Refusal, operation: Operation): string =>
  refusal === 'other-scope'
    ? `${formatOperation(operation)}: another address of this subnet has another scope.`
    : `${formatOperation(operation)}: this IPv6 address is there under another prefix; remove that one first.`;
