/**
 * The public face of the core: a pure state machine from heartbeats to the desired state of a network, and the plan
 * that leads there. See docs/embedding.md.
 */
export { instanceOf, instancesOf, secondariesOf } from './address-index.js';
export * from './address.js';
export * from './interface-name.js';
export * from './config/config.js';
export * from './config/diagnostic.js';
export * from './config/keys.js';
export { type ConfigReading, isFaultless, readConfig, unreadableConfig } from './config/read-config.js';
export * from './desired.js';
export * from './driver.js';
export * from './explain.js';
export * from './explanation.js';
export * from './lease.js';
export * from './kernel-rules.js';
export * from './ledger.js';
export * from './listener.js';
export * from './monitor.js';
export * from './network.js';
export * from './plan.js';
export * from './records.js';
export * from './problems.js';
export * from './status.js';
export * from './paths.js';
