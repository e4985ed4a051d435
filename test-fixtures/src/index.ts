/** What the tests and the demo share. */
export { driverContract } from './contract/driver-contract.js';
export type { Bench, DriverHarness, Outside, Routes } from './contract/harness.js';
