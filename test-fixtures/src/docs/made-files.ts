/** Every file of the repository that is made, whole or in part, as it would be made now. */
import { readFileSync } from 'node:fs';
import { commandTable, commandsPage } from './commands-page.js';
import { completion } from './completion.js';
import { keyTables, sampleEnv } from './config-docs.js';
import { withMadePart } from './made-part.js';
import { controlPage } from './man-ctl.js';
import { configurationPage } from './man-env.js';
import { monitorPage } from './man-monitor.js';

export interface MadeFile {
  /** From the root of the repository. */
  readonly path: string;
  /** Null: the page has lost the marks between which its made part stands. */
  readonly text: string | null;
}

/** @param root of the repository */
export function madeFiles(root: URL): readonly MadeFile[] {
  const part = (path: string, from: string, made: string): MadeFile => ({ path, text: withMadePart(readFileSync(new URL(path, root), 'utf8'), from, made) });
  return [
    { path: 'packaging/sample.env', text: sampleEnv() },
    part('docs/configuration.md', 'packages/core/src/config/keys.ts', keyTables()),
    { path: 'docs/commands.md', text: commandsPage() },
    part('README.md', 'packages/cli/src/command-table.ts', commandTable()),
    { path: 'packaging/man/fbypass_ctl.8', text: controlPage() },
    { path: 'packaging/man/fastbypass_monitor.8', text: monitorPage() },
    { path: 'packaging/man/fastbypass_monitor.env.5', text: configurationPage() },
    { path: 'packaging/completion/fbypass_ctl', text: completion() },
  ];
}
