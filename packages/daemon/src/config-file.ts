import { type ConfigReading, readConfig, unreadableConfig } from '@fastbypass/core';
import { readFileSync } from 'node:fs';

/** Reads the configuration; a file that cannot be read is a diagnostic like any other, never an exception. */
export function readConfigFile(path: string): ConfigReading {
  try {
    return readConfig(readFileSync(path, 'utf8'), path);
  } catch (error) {
    return unreadableConfig(path, error instanceof Error ? error.message : String(error));
  }
}
