import { type ConfigReading, readConfig, unreadableConfig } from '@fastbypass/core';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

/** `text`: the file as read; empty where it could not be. */
export type ConfigFileReading = ConfigReading & { readonly text: string };

/** Reads the configuration; a file that cannot be read is a diagnostic like any other, never an exception. */
export function readConfigFile(path: string): ConfigFileReading {
  try {
    const text = readFileSync(path, 'utf8');
    return { ...readConfig(text, path), text };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const refused = error instanceof Error && 'code' in error && error.code === 'EACCES';
    return { ...unreadableConfig(path, refused ? `${message} (${remedy(path)})` : message), text: '' };
  }
}

function remedy(path: string): string {
  try {
    const { username } = userInfo();
    return `this process is ${username}; "chgrp ${username} ${path}" and "chmod g+r ${path}" let it`;
  } catch {
    return `this process is user ${String(process.getuid?.())}, which has no name`;
  }
}
