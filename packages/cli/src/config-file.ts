import { readFile } from 'node:fs/promises';
import { type ConfigReading, readConfig, unreadableConfig } from '@fastbypass/core';
import { ExitStatus } from './exit-status.js';
import { isRefusal, reasonOf } from './file-error.js';
import { AS_ROOT } from './permission.js';

export interface ConfigFile {
  readonly reading: ConfigReading;
  /** With which a command ends that cannot use it: a file that may not be read says nothing about what stands in it. */
  readonly refusal: ExitStatus;
}

/** A file that cannot be read is an error of the whole. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  try {
    return { reading: readConfig(await readFile(path, 'utf8'), path), refusal: ExitStatus.configuration };
  } catch (error) {
    const [what, refusal] = isRefusal(error) ? [`; ${AS_ROOT}`, ExitStatus.notPermitted] : ['', ExitStatus.configuration];
    return { reading: unreadableConfig(path, `${reasonOf(error)}${what}`), refusal };
  }
}
