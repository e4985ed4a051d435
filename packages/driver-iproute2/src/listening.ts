import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Whether the `ip monitor` of this process id has begun to listen.
 *
 * It says nothing when it begins, and while it still reads the names of the links it throws away whatever notices
 * arrive in between. So: it must own a netlink socket with groups, and after that be asleep, for between that
 * and its first wait for a notice it waits for nothing (the kernel answers a dump at once).
 *
 * @throws where /proc cannot be read, or the process is gone
 */
export function isListening(pid: number): boolean {
  if (!ownsGroups(pid)) return false;
  // The state stands after the name, which is in brackets and may hold anything.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('S');
}

function ownsGroups(pid: number): boolean {
  const inodes = new Set(socketInodes(pid));
  // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode; Eth 0 is NETLINK_ROUTE, Groups is a hexadecimal mask.
  return readFileSync(`/proc/${pid}/net/netlink`, 'utf8')
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .some(([, protocol, , groups = '', , , , , , inode = '']) => protocol === '0' && parseInt(groups, 16) !== 0 && inodes.has(inode));
}

function* socketInodes(pid: number): Generator<string> {
  const folder = `/proc/${pid}/fd`;
  for (const name of readdirSync(folder)) {
    const target = linkTarget(`${folder}/${name}`);
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) yield inode;
  }
}

/** Empty where it was closed meanwhile. */
function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
