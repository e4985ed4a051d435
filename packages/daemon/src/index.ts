/** What the command line shares with the daemon: drivers, paths, how a configuration is read. */
export { readConfigFile } from './config-file.js';
export { type ChosenDriver, chooseDriver } from './drivers.js';
export { DEFAULT_CONFIG, DEFAULT_LOG_DIR, DEFAULT_SOCKET, LOG_FILE, stateFileOf } from './paths.js';
