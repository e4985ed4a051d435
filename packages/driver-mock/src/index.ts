/** A network in memory with the kernel's rules, and a driver on it. */
export type { Fault } from './faults.js';
export { type MockDriverOptions, mockDriver } from './mock-driver.js';
export { type CallFault, type MockInterface, MockNetwork } from './mock-network.js';
