import { spawnSync } from 'node:child_process';

const isRoot = process.getuid?.() === 0;

/**
 * What runs a program so that file modes bind it: of root the capabilities are taken that ignore them, and who is not root
 * needs nothing. Null where this machine cannot.
 */
export const UNPRIVILEGED: readonly string[] | null = ((): readonly string[] | null => {
  if (!isRoot) return [];
  const command = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search'];
  return spawnSync('setpriv', [...command.slice(1), 'true']).status === 0 ? command : null;
})();
