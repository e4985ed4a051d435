/** A `systemctl` that writes down what it is asked and does as a test says. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type Systemd, systemd } from '../../dist/systemd/systemctl.js';
import { temporaryFolder } from './fbypass-ctl.js';

export interface FakeSystemctl {
  /** Holds the `systemctl`. */
  readonly folder: string;
  readonly manager: Systemd;
  /** The words of each call, without the options that all have. */
  readonly asked: () => readonly string[];
}

/** What `show` prints for a unit in that state. */
export const shown = (active: string, mainPid = 0, exitStatus = 0): string =>
  `printf 'LoadState=loaded\\nActiveState=${active}\\nMainPID=${String(mainPid)}\\nExecMainStatus=${String(exitStatus)}\\n'`;

export const SHOW = 'show --property=LoadState,ActiveState,MainPID,ExecMainStatus fastbypass_monitor.service';

/** @param does shell, by verb; what is not named succeeds in silence */
export function fakeSystemctl(check: ExecutionContext, does: Readonly<Record<string, string>>): FakeSystemctl {
  const folder = temporaryFolder(check);
  const command = join(folder, 'systemctl');
  const record = join(folder, 'asked');
  const booted = join(folder, 'booted');
  mkdirSync(booted);
  const cases = Object.entries(does).map(([verb, script]) => `${verb})\n${script}\n;;`);
  const lines = ['#!/bin/sh', '[ "$1 $2" = "--no-ask-password --no-pager" ] || exit 99', 'shift 2', `echo "$*" >> '${record}'`, 'case "$1" in', ...cases, 'esac'];
  writeFileSync(command, `${lines.join('\n')}\n`, { mode: 0o755 });
  return {
    folder,
    manager: systemd(command, booted),
    asked: () => (existsSync(record) ? readFileSync(record, 'utf8').trimEnd().split('\n') : []),
  };
}

/** A machine that no systemd has booted. */
export const NO_SYSTEMD: Systemd = systemd('systemctl', '/nowhere');
