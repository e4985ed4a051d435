/**
 * The contract of a network driver, as tests: each driver passes the same ones, under the same names.
 *
 * To hold a driver of your own to it, describe how it is started in a {@link DriverHarness} and hand it over together
 * with ava's `test`, in a file of its own:
 *
 * ```ts
 * import test from 'ava';
 * import { driverContract } from '@fastbypass/test-fixtures';
 * import { myHarness } from './my-harness.js';
 *
 * driverContract(test, myHarness);
 * ```
 *
 * The tests run one after the other, each on a fresh network, and look at the network through `observe` alone. They wait
 * for states, at most {@link PATIENCE_MS}, never for a time.
 */
import type { TestFn } from 'ava';
import { addressContract } from './address-contract.js';
import { attributeContract } from './attribute-contract.js';
import { closeContract } from './close-contract.js';
import type { DriverHarness } from './harness.js';
import { interfaceContract } from './interface-contract.js';
import { ipv6Contract } from './ipv6-contract.js';
import { planContract } from './plan-contract.js';
import { secondaryContract } from './secondary-contract.js';
import { suiteOf } from './suite.js';
import { watchContract } from './watch-contract.js';

export { PATIENCE_MS } from './suite.js';

/** Declares all tests of the contract for the driver of `harness`. */
export function driverContract(test: TestFn, harness: DriverHarness): void {
  const suite = suiteOf(test, harness);
  for (const chapter of [
    addressContract,
    secondaryContract,
    ipv6Contract,
    attributeContract,
    interfaceContract,
    planContract,
    watchContract,
    closeContract,
  ]) {
    chapter(suite);
  }
}
