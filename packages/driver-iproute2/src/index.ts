export type { Iproute2Options } from './ip-command.js';
export { iproute2Driver } from './iproute2-driver.js';
