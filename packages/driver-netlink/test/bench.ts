/** What the tests on the real kernel share. */
import { spawnSync } from 'node:child_process';
import type { NetworkDriver } from '@fastbypass/core';
import { type Namespace, whyNoNamespaces } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { type NetlinkOptions, loadAddon, netlinkDriver } from '../dist/index.js';

/** Why nothing can be tried on the kernel of this machine, for a person; null where it can. */
export async function whyNotHere(): Promise<string | null> {
  const addon = loadAddon();
  return E.isLeft(addon) ? addon.left.message : whyNoNamespaces();
}

export const pathOf = (namespace: Namespace): string => `/run/netns/${namespace.name}`;

/** @throws where there is no driver to be had */
export function driverIn(namespace: Namespace, options: NetlinkOptions = {}): NetworkDriver {
  const driver = netlinkDriver({ netns: pathOf(namespace), ...options });
  if (E.isLeft(driver)) throw new Error(driver.left.message);
  return driver.right;
}

/** Makes 2 × `count` notices while the event loop of this process stands still. */
export function flood(namespace: Namespace, count: number): void {
  const lines = Array.from({ length: count }, (_, n) => `10.99.${n >> 8}.${n & 255}/32 dev lo`).flatMap((words) => [`address add ${words}`, `address delete ${words}`]);
  const { status, stderr } = spawnSync('ip', ['-n', namespace.name, '-batch', '-'], { input: lines.join('\n'), encoding: 'utf8' });
  if (status !== 0) throw new Error(`flood: ${stderr}`);
}
