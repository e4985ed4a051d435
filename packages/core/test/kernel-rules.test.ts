/** The rules of the kernel. That they are the kernel's is proved in packages/driver-mock/test/kernel-rules.test.ts. */
import test, { type ExecutionContext } from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { instancesOf, secondariesOf } from '../dist/address-index.js';
import { type InterfaceAddress, formatInterfaceAddress, parseInterfaceAddress } from '../dist/address.js';
import type { InterfaceName } from '../dist/interface-name.js';
import { applyOperations } from '../dist/kernel-rules.js';
import type { AddressAttributes, ObservedInterface, ObservedState, Operation } from '../dist/network.js';
import { applyOperation } from './networks.js';

const E0 = 'e0' as InterfaceName;

const address = (text: string): InterfaceAddress => {
  const parsed = parseInterfaceAddress(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
};

const add = (text: string, attributes?: AddressAttributes): Operation => ({ op: 'address-add', interface: E0, address: address(text), ...(attributes && { attributes }) });
const del = (text: string): Operation => ({ op: 'address-del', interface: E0, address: address(text) });
const link = (op: 'link-up' | 'link-down'): Operation => ({ op, interface: E0 });
const promote: Operation = { op: 'promote-secondaries', interface: E0 };

const EMPTY: ObservedState = new Map([[E0, { name: E0, index: 2, up: true, promoteSecondaries: false, addresses: [], lower: [] }]]);

/** After all of `operations`; refused ones have no effect. */
const after = (...operations: readonly Operation[]): ObservedState =>
  applyOperations(EMPTY, operations);

/** @throws where it is not there */
const interfaceOf = (state: ObservedState): ObservedInterface => {
  const it = state.get(E0);
  if (it === undefined) throw new Error('no e0');
  return it;
};

const shown = (state: ObservedState): readonly string[] => interfaceOf(state).addresses.map((it) => `${formatInterfaceAddress(it)}${it.secondary ? ' secondary' : ''}`);

// -------------------------------------------------------------------------------------
// adding
// -------------------------------------------------------------------------------------

test('the first of a subnet is primary, later ones are secondary', (t) => {
  t.deepEqual(shown(after(add('10.0.0.1/24'), add('10.0.0.2/24'), add('10.0.0.3/24'))), ['10.0.0.1/24', '10.0.0.2/24 secondary', '10.0.0.3/24 secondary']);
});

test('a subnet is a network and its mask: others stand beside it', (t) => {
  const texts = ['10.0.0.1/24', '10.0.0.2/25', '10.0.0.3/32', '10.0.0.4/32', '10.0.1.1/24', '10.0.0.1/32'];
  t.deepEqual(shown(after(...texts.map((text) => add(text)))), texts);
});

test('a new primary stands before the secondaries', (t) => {
  t.deepEqual(shown(after(add('10.0.0.1/24'), add('10.0.0.2/24'), add('10.0.1.1/24'))), ['10.0.0.1/24', '10.0.1.1/24', '10.0.0.2/24 secondary']);
});

test('primaries stand by scope, the narrowest first', (t) => {
  const state = after(add('10.0.0.1/24'), add('10.0.1.1/24', { scope: 'link' }), add('10.0.2.1/24', { scope: '42' }), add('10.0.3.1/24', { scope: 'link' }), add('10.0.4.1/24', { scope: 'global' }));
  t.deepEqual(shown(state), ['10.0.1.1/24', '10.0.3.1/24', '10.0.2.1/24', '10.0.0.1/24', '10.0.4.1/24']);
});

test('the subnet of an address with a peer is the peer\'s', (t) => {
  const state = after(add('10.0.0.1/24'), add('10.9.9.9/24', { peer: address('10.0.0.2/24') }), add('10.9.9.8/24'));
  t.deepEqual(shown(state), ['10.0.0.1/24', '10.9.9.8/24', '10.9.9.9/24 secondary']);
});

test('IPv6 addresses are never secondary, and stand in the order of adding', (t) => {
  const texts = ['2001:db8::2/64', '2001:db8::1/64', '2001:db8::3/128'];
  t.deepEqual(shown(after(...texts.map((text) => add(text)))), texts);
});

test('what is there is refused: IPv4 under the same prefix, IPv6 under any', (t) => {
  const state = after(add('10.0.0.1/24'), add('2001:db8::1/64'));
  t.deepEqual(applyOperation(state, add('10.0.0.1/24')), E.left('exists'));
  t.deepEqual(applyOperation(state, add('2001:db8::1/64')), E.left('exists'));
  t.deepEqual(applyOperation(state, add('2001:db8::1/128')), E.left('exists'));
  t.true(E.isRight(applyOperation(state, add('10.0.0.1/25'))));
});

test('an address keeps what it carries', (t) => {
  const attributes = { scope: 'link', label: 'e0:1', metric: 5 };
  t.deepEqual(interfaceOf(after(add('10.0.0.1/24', attributes))).addresses, [{ ...address('10.0.0.1/24'), secondary: false, attributes }]);
});

// -------------------------------------------------------------------------------------
// removing
// -------------------------------------------------------------------------------------

const THREE = ['10.0.0.1/24', '10.0.1.1/24', '10.0.0.2/24', '10.0.0.3/24'].map((text) => add(text));

test('secondaries go with their primary', (t) => {
  t.deepEqual(shown(after(...THREE, del('10.0.0.1/24'))), ['10.0.1.1/24']);
});

test('a secondary goes alone', (t) => {
  t.deepEqual(shown(after(...THREE, del('10.0.0.2/24'))), ['10.0.0.1/24', '10.0.1.1/24', '10.0.0.3/24 secondary']);
});

test('with promotion the first secondary takes over, behind the other primaries', (t) => {
  t.deepEqual(shown(after(...THREE, promote, del('10.0.0.1/24'))), ['10.0.1.1/24', '10.0.0.2/24', '10.0.0.3/24 secondary']);
});

test('with promotion and no other primary behind, it stands where the removed one stood', (t) => {
  // Seen so on Linux 6.18.
  const texts = ['10.0.5.1/32', '10.0.6.1/32', '10.0.0.1/24', '10.0.1.1/24', '10.0.0.2/24', '10.0.1.2/24'];
  t.deepEqual(shown(after(...texts.map((text) => add(text)), promote, del('10.0.1.1/24'))), ['10.0.5.1/32', '10.0.6.1/32', '10.0.0.1/24', '10.0.1.2/24', '10.0.0.2/24 secondary']);
});

test('what is not there under that prefix is absent', (t) => {
  const state = after(add('10.0.0.1/24'), add('2001:db8::1/64'));
  for (const text of ['10.0.0.1/32', '10.0.0.2/24', '2001:db8::1/128']) t.deepEqual(applyOperation(state, del(text)), E.left('absent'), text);
});

test('what goes away with an address is foreseen', (t) => {
  const { addresses, ...it } = interfaceOf(after(...THREE));
  const lost = (nth: number): readonly string[] => {
    const target = addresses[nth];
    return target === undefined ? [] : secondariesOf({ addresses, ...it }, target).map(formatInterfaceAddress);
  };
  t.deepEqual([lost(0), lost(1), lost(2)], [['10.0.0.2/24', '10.0.0.3/24'], [], []]);
});

// -------------------------------------------------------------------------------------
// links and interfaces
// -------------------------------------------------------------------------------------

test('down keeps IPv4 and drops IPv6, up brings nothing back, and adding works in between', (t) => {
  const down = after(add('10.0.0.1/24'), add('2001:db8::1/64'), link('link-down'));
  t.false(interfaceOf(down).up);
  t.deepEqual(shown(down), ['10.0.0.1/24']);
  t.deepEqual(shown(after(add('2001:db8::1/64'), link('link-down'), link('link-up'))), []);
  t.deepEqual(shown(after(link('link-down'), add('2001:db8::1/64'), link('link-up'))), ['2001:db8::1/64']);
});

test('a second link-down takes nothing that came since the first', (t) => {
  t.deepEqual(shown(after(link('link-down'), add('2001:db8::1/64'), link('link-down'))), ['2001:db8::1/64']);
});

test('every operation on a missing interface is refused', (t) => {
  for (const operation of [add('10.0.0.1/24'), del('10.0.0.1/24'), link('link-up'), link('link-down'), promote]) {
    t.deepEqual(applyOperation(new Map(), operation), E.left('no-such-interface'));
  }
});

// -------------------------------------------------------------------------------------
// properties
// -------------------------------------------------------------------------------------

const TEXTS = ['10.0.0.1/24', '10.0.0.2/24', '10.0.0.3/24', '10.0.0.1/32', '10.0.1.1/24', '10.0.1.2/24', '2001:db8::1/64', '2001:db8::1/128'] as const;
const texts = fc.constantFrom(...TEXTS);
const operations = fc.array(fc.oneof(texts.map((text) => add(text)), texts.map(del), fc.constantFrom(link('link-up'), link('link-down'), promote)), { maxLength: 40 });

test('each subnet of IPv4 has one primary, which stands before its secondaries', (t) => {
  fc.assert(
    fc.property(operations, (sequence) => {
      const { addresses } = interfaceOf(after(...sequence));
      for (const net of ['10.0.0.', '10.0.1.']) {
        const [first, ...others] = addresses.filter((it) => it.prefix === 24 && it.address.startsWith(net));
        t.not(first?.secondary, true);
        t.true(others.every((it) => it.secondary));
      }
      t.is(new Set(addresses.map(formatInterfaceAddress)).size, addresses.length);
    }),
  );
});

test('with promotion a removal takes one address, and no operation changes the state that it was given', (t) => {
  fc.assert(
    fc.property(operations, texts, (sequence, text) => {
      const before = after(promote, ...sequence);
      const copy = structuredClone(before);
      const removed = applyOperation(before, del(text));
      t.deepEqual(before, copy);
      if (E.isRight(removed)) {
        const names = (state: ObservedState): readonly string[] => interfaceOf(state).addresses.map(formatInterfaceAddress).sort();
        t.deepEqual(names(removed.right), names(before).filter((it) => it !== text));
      }
    }),
  );
});

test('whoever asks at whatever time is told what is on the interface', (t) => {
  fc.assert(
    fc.property(operations, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (sequence, asking) => {
      const states = [EMPTY];
      for (const [place, operation] of sequence.entries()) {
        // Asked between the steps or not, in the order of the steps or later: an index may be handed on meanwhile.
        const next = applyOperations(states.at(-1) ?? EMPTY, [operation]);
        if (asking[place] === true) same(t, next);
        states.push(next);
      }
      for (const state of states) same(t, state);
    }),
  );
});

/** What is told of a state is what is told of a copy that nothing was ever asked about. */
function same(t: ExecutionContext, state: ObservedState): void {
  const copy = new Map([[E0, structuredClone(interfaceOf(state))]]);
  for (const { address: asked } of TEXTS.map(address)) t.deepEqual(instancesOf(state, E0, asked), instancesOf(copy, E0, asked));
  const lost = (it: ObservedInterface): unknown => it.addresses.map((target) => secondariesOf(it, target));
  t.deepEqual(lost(interfaceOf(state)), lost(interfaceOf(copy)));
}
