import { type ConfigReading, readConfig, unreadableConfig } from '@fastbypass/core';
import { readFileSync } from 'node:fs';

/** `text`: the file as read; empty where it could not be. */
export type ConfigFileReading = ConfigReading & { readonly text: string };

/** Reads the configuration; a file that cannot be read is a diagnostic like any other, never an exception. */
export function readConfigFile(path: string): ConfigFileReading {
  try {
    const text = readFileSync(path, 'utf8');
    return { ...readConfig(text, path), text };
  } catch (error) {
    return { ...unreadableConfig(path, error instanceof Error ? error.message : String(error)), text: '' };
  }
}
