/** Short words for what the tests of the contract say often. */
import {
  type AddressAttributes,
  type InterfaceAddress,
  type InterfaceName,
  type IpAddress,
  type NetworkDriver,
  type ObservedInterface,
  type ObservedState,
  type Operation,
  type OperationResult,
  formatInterfaceAddress,
  isIpv6LinkLocal,
  parseInterfaceAddress,
  parseIpAddress,
} from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';

// -------------------------------------------------------------------------------------
// operations
// -------------------------------------------------------------------------------------

/** @throws where `text` is no address: a mistake in the test */
export function addressOf(text: string): InterfaceAddress {
  const address = parseInterfaceAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
}

/** @throws where `text` is no address: a mistake in the test */
export function hostOf(text: string): IpAddress {
  const address = parseIpAddress(text);
  if (address === null) throw new Error(`no address: ${text}`);
  return address;
}

export const add = (name: InterfaceName, text: string, attributes?: AddressAttributes): Operation => ({
  op: 'address-add',
  interface: name,
  address: addressOf(text),
  ...(attributes && { attributes }),
});

export const del = (name: InterfaceName, text: string): Operation => ({ op: 'address-del', interface: name, address: addressOf(text) });
export const up = (name: InterfaceName): Operation => ({ op: 'link-up', interface: name });
export const down = (name: InterfaceName): Operation => ({ op: 'link-down', interface: name });
export const promote = (name: InterfaceName): Operation => ({ op: 'promote-secondaries', interface: name });

// -------------------------------------------------------------------------------------
// calls
// -------------------------------------------------------------------------------------

export const apply = (driver: NetworkDriver, ...operations: readonly Operation[]): Promise<readonly OperationResult[]> => driver.apply(operations)();

/** `done`, `already`, or why it failed. */
export const verdict = (result: OperationResult): string => (result.outcome === 'failed' ? result.error.kind : result.outcome);

export const verdicts = async (driver: NetworkDriver, ...operations: readonly Operation[]): Promise<readonly string[]> =>
  (await apply(driver, ...operations)).map(verdict);

/** What the kernel took besides, but for link-local IPv6 addresses; null: nothing is said of that. */
export const tookOf = (result: OperationResult | undefined): readonly string[] | null =>
  result?.outcome !== 'done' || result.took === undefined ? null : result.took.filter(({ address }) => !isIpv6LinkLocal(address)).map(formatInterfaceAddress);

/** @throws where an operation does not change the network: what follows in the test builds on it */
export async function prepare(driver: NetworkDriver, ...operations: readonly Operation[]): Promise<void> {
  for (const [position, result] of (await apply(driver, ...operations)).entries()) {
    if (result.outcome === 'failed') throw new Error(`${JSON.stringify(operations[position])}: ${result.error.message}`);
    if (result.outcome === 'already') throw new Error(`${JSON.stringify(operations[position])}: was so already`);
  }
}

/** @throws where the driver cannot observe */
export async function observe(driver: NetworkDriver): Promise<ObservedState> {
  const state = await driver.observe();
  if (E.isLeft(state)) throw new Error(`observe: ${state.left.message}`);
  return state.right;
}

// -------------------------------------------------------------------------------------
// what is there
// -------------------------------------------------------------------------------------

/** @throws where there is no such interface */
export async function interfaceNow(driver: NetworkDriver, name: InterfaceName): Promise<ObservedInterface> {
  const it = (await observe(driver)).get(name);
  if (it === undefined) throw new Error(`no interface ${name}`);
  return it;
}

/** Addresses but for link-local IPv6 ones, which kernels add by themselves: `10.0.0.2/24 secondary`. */
export async function addressesNow(driver: NetworkDriver, name: InterfaceName): Promise<readonly string[]> {
  const { addresses } = await interfaceNow(driver, name);
  return addresses
    .filter(({ address }) => !isIpv6LinkLocal(address))
    .map((it) => `${formatInterfaceAddress(it)}${it.secondary ? ' secondary' : ''}`);
}
