import { Namespace } from '@fastbypass/test-fixtures';

export const NEAR = '10.9.0.1';
export const FAR = '10.9.0.2';
/** The interface of the broker. */
export const INTERFACE = 'eth0';
/** The first port for heartbeats. */
export const PORT = 3000;

/**
 * Two network namespaces: the broker with `eth0`, and the senders with `br0`, behind a bridge as behind a switch, so that
 * the broker keeps its carrier when the link of the senders goes down.
 */
export class Stage {
  private constructor(
    readonly near: Namespace,
    readonly far: Namespace,
  ) {}

  static async create(): Promise<Stage> {
    const stage = new Stage(await Namespace.create(), await Namespace.create());
    const { near, far } = stage;
    // The neighbours' chatter of IPv6 would be load that nobody has asked for.
    for (const namespace of [near, far]) await namespace.run('sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    await near.ip('link', 'add', INTERFACE, 'type', 'veth', 'peer', 'name', 'p0', 'netns', far.name);
    await far.batch(['link add br0 type bridge', 'link set p0 master br0', 'link set p0 up', 'link set br0 up', `address add ${FAR}/24 dev br0`]);
    await near.batch([`link set ${INTERFACE} up`, `address add ${NEAR}/24 dev ${INTERFACE}`]);
    return stage;
  }

  /** The link of the senders. */
  async setFarLink(state: 'up' | 'down'): Promise<void> {
    await this.far.ip('link', 'set', 'dev', 'br0', state);
  }

  async remove(): Promise<void> {
    await this.far.delete();
    await this.near.delete();
  }
}
