/** The namespace, and what somebody other than the daemon does in it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { Namespace } from '../netns/namespace.js';
import { AT_FIRST, FOREIGN, GATEWAY, INTERFACES, MANAGED, isV6 } from './scenery.js';

export interface SeenAddress {
  /** With prefix. */
  readonly address: string;
  readonly forever: boolean;
}

export interface SeenInterface {
  readonly up: boolean;
  /** Without link-local ones: the kernel makes them as it likes. */
  readonly addresses: readonly SeenAddress[];
}

export interface Seen {
  readonly interfaces: ReadonlyMap<string, SeenInterface>;
  readonly defaultRoute: boolean;
}

interface IpAddressJson {
  readonly ifname?: string;
  readonly flags?: readonly string[];
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number; readonly scope?: string; readonly valid_life_time?: number }[];
}

const FOREVER = 4294967295;
const QUIET = async (work: Promise<unknown>): Promise<boolean> => work.then(() => true, () => false);

export class World {
  constructor(readonly namespace: Namespace) {}

  async build(): Promise<void> {
    for (const name of INTERFACES) await this.namespace.addPair(name, `p-${name}`);
    for (const [name, address] of AT_FIRST) await this.add(name, address);
    for (const name of INTERFACES) await this.putBack(name);
  }

  async look(): Promise<Seen> {
    const links = JSON.parse(await this.namespace.ip('-j', 'address', 'show')) as readonly IpAddressJson[];
    const routes = JSON.parse((await this.namespace.ip('-j', '-4', 'route', 'show', 'default')) || '[]') as readonly { readonly gateway?: string; readonly dev?: string }[];
    const interfaces = new Map(
      links.map(({ ifname = '', flags = [], addr_info: infos = [] }) => {
        const addresses = infos.filter(({ scope }) => scope !== 'link').map(({ local = '', prefixlen = 0, valid_life_time: life }) => ({ address: `${local}/${prefixlen}`, forever: life === FOREVER }));
        return [ifname, { up: flags.includes('UP'), addresses }];
      }),
    );
    return { interfaces, defaultRoute: routes.some(({ gateway, dev }) => gateway === GATEWAY.via && dev === GATEWAY.interface) };
  }

  add(name: string, address: string): Promise<boolean> {
    return QUIET(this.namespace.ip('address', 'add', address, 'dev', name, ...(isV6(address) ? ['nodad'] : [])));
  }

  /** All that stands on the interface under this address. */
  async steal(name: string, address: string): Promise<void> {
    const seen = (await this.look()).interfaces.get(name);
    for (const it of seen?.addresses ?? []) {
      if (it.address.startsWith(`${address}/`)) await QUIET(this.namespace.ip('address', 'delete', it.address, 'dev', name));
    }
    await this.putBack(name);
  }

  /** `ip` in a loop, as a script that wants the address gone. */
  async stealAgainAndAgain(name: string, address: string, ms: number): Promise<void> {
    const family = isV6(address) ? '-6' : '-4';
    const loop = `end=$(($(date +%s%N) + ${ms}000000)); while [ $(date +%s%N) -lt $end ]; do ip ${family} address show dev ${name} 2>/dev/null | grep -o '${address}/[0-9]*' | while read a; do ip address delete $a dev ${name} 2>/dev/null; done; sleep 0.01; done`;
    await QUIET(this.namespace.run('sh', '-c', loop));
    await this.putBack(name);
  }

  async flap(name: string, ms: number): Promise<void> {
    await QUIET(this.namespace.ip('link', 'set', 'dev', name, 'down'));
    await pause(ms);
    await QUIET(this.namespace.ip('link', 'set', 'dev', name, 'up'));
    await this.putBack(name);
  }

  async rename(name: string, ms: number): Promise<void> {
    await this.namespace.ip('link', 'set', 'dev', name, 'name', `${name}x`);
    await pause(ms);
    await this.namespace.ip('link', 'set', 'dev', `${name}x`, 'name', name);
    await this.putBack(name);
  }

  async recreate(name: string, ms: number): Promise<void> {
    await this.namespace.ip('link', 'delete', 'dev', name);
    await pause(ms);
    await this.namespace.addPair(name, `p-${name}`);
    await this.putBack(name);
  }

  async burst(name: string, count: number): Promise<void> {
    const addresses = Array.from({ length: count }, (_, at) => `172.20.${at >> 8}.${at & 255}/32`);
    for (const verb of ['add', 'delete']) await this.namespace.batch(addresses.map((address) => `address ${verb} ${address} dev ${name}`));
  }

  /** One after the other, evenly over `ms`. */
  async addSteadily(name: string, addresses: readonly string[], ms: number): Promise<void> {
    const [file, ...words] = [...this.namespace.prefix, 'ip', '-force', '-batch', '-'];
    const child = spawn(file, words, { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.on('error', () => undefined);
    const ended = once(child, 'close');
    const begun = performance.now();
    for (const [place, address] of addresses.entries()) {
      while (performance.now() < begun + (place * ms) / addresses.length) await turn();
      child.stdin.write(`address add ${address} dev ${name}\n`);
    }
    child.stdin.end();
    await ended;
  }

  /** Those of these that are not on the interface. */
  async missing(name: string, addresses: readonly string[]): Promise<readonly string[]> {
    const there = new Set((await this.look()).interfaces.get(name)?.addresses.map(({ address }) => address));
    return addresses.filter((address) => !there.has(address));
  }

  /** Whatever of these is there goes. */
  async takeAway(name: string, addresses: readonly string[]): Promise<void> {
    const lacking = new Set(await this.missing(name, addresses));
    const there = addresses.filter((address) => !lacking.has(address));
    await QUIET(this.namespace.batch(there.map((address) => `address delete ${address} dev ${name}`)));
    await this.putBack(name);
  }

  /** Foreign addresses anew, behind what stands there: where a card does, they hang on it. */
  async hangOn(name: string): Promise<void> {
    for (const address of FOREIGN[name] ?? []) await QUIET(this.namespace.ip('address', 'delete', address, 'dev', name));
    await this.namespace.setPromotion(name, false);
    await this.putBack(name);
  }

  /** As an operator's scripts would, after what was done here to the interface. */
  async putBack(name: string): Promise<void> {
    for (let round = 0; round < 5; round++) {
      const seen = await this.look();
      const it = seen.interfaces.get(name);
      const isManaged = (MANAGED as readonly string[]).includes(name);
      const lacking = (FOREIGN[name] ?? []).filter((address) => it?.addresses.every((other) => other.address !== address) === true);
      const isRouteLacking = name === GATEWAY.interface && !seen.defaultRoute;
      // What stands on an interface that is down survives its coming up; whether it survives a link-down is the daemon's affair.
      const mayLack = round > 1 && isManaged && it?.up === false;
      if (!isRouteLacking && lacking.every((address) => mayLack && isV6(address))) return;
      for (const address of lacking) await this.add(name, address);
      if (isRouteLacking) await QUIET(this.namespace.ip('-4', 'route', 'replace', 'default', 'via', GATEWAY.via, 'dev', name));
      await pause(60);
    }
  }
}
