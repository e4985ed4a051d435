import { readFile } from 'node:fs/promises';
import { type ConfigReading, readConfig, unreadableConfig } from '@fastbypass/core';
import { isRefusal, reasonOf } from './file-error.js';
import { AS_ROOT } from './permission.js';

/** A file that cannot be read is an error of the whole. */
export async function readConfigFile(path: string): Promise<ConfigReading> {
  try {
    return readConfig(await readFile(path, 'utf8'), path);
  } catch (error) {
    return unreadableConfig(path, `${reasonOf(error)}${isRefusal(error) ? `; ${AS_ROOT}` : ''}`);
  }
}
