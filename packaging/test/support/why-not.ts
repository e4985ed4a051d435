import { whyNoNamespaces } from '@fastbypass/test-fixtures';
import { command } from './command.js';

const COMMANDS = ['systemd-nspawn', 'mmdebstrap', 'dpkg-buildpackage', 'dh', 'patchelf', 'lintian', 'cc', 'ping', 'ip'];

/** Why the package cannot be tried on this machine, for a person; null where it can. */
export async function whyNoSystem(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `the package is for Linux on amd64, this is ${process.platform} on ${process.arch}`;
  const namespaces = await whyNoNamespaces();
  if (namespaces !== null) return namespaces;
  for (const name of COMMANDS) {
    if ((await command(['sh', '-c', `command -v ${name}`])).status !== 0) return `there is no ${name}`;
  }
  // The system's own files, behind an empty root that goes with it.
  const trial = await command(['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', '--private-network', '--directory=/', '--volatile=yes', 'true'], {
    env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' },
  });
  return trial.status === 0 ? null : `systemd-nspawn cannot run here: ${trial.output.trim().replace(/\s+/g, ' ')}`;
}
