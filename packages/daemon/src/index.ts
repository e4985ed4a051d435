/** What others share with the daemon: the registry of drivers. */
export { type ChosenDriver, chooseDriver } from './drivers.js';
