import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Whether the `ip monitor` of this process id hears whatever happens from now on.
 *
 * It says nothing when it begins, and while it still reads the names of the links it throws away what notices arrive in
 * between. After an overflow the kernel tells it of the loss at once, but goes on to drop notices, silently, until
 * all that is queued has been read. So: it must own a netlink socket with groups and nothing in its queue, and after
 * that be asleep. (Before its first wait for a notice it waits for nothing: the kernel answers a dump at once.)
 *
 * @throws where /proc cannot be read, or the process is gone
 */
export function isListening(pid: number): boolean {
  if (!hasEmptyQueue(pid)) return false;
  // The state stands after the name, which is in brackets and may hold anything.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('S');
}

function hasEmptyQueue(pid: number): boolean {
  const inodes = new Set(socketInodes(pid));
  // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode; Eth 0 is NETLINK_ROUTE, Groups is a hexadecimal mask.
  return readFileSync(`/proc/${pid}/net/netlink`, 'utf8')
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .some(
      ([, protocol, , groups = '', queued, , , , , inode = '']) =>
        protocol === '0' && parseInt(groups, 16) !== 0 && queued === '0' && inodes.has(inode),
    );
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
