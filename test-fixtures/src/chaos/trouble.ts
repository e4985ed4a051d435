/** Trouble of all kinds, each a thing to do at once or one after the other on what it concerns. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Dpi } from '../dpi/dpi.js';
import { BASE, BROKEN, anyConfiguration, textOf } from './configuration.js';
import type { CardMemories } from './memory.js';
import type { Random } from './random.js';
import { CARDS, INTERFACES, LISTENERS, NAMED } from './scenery.js';
import type { Supervisor } from './supervisor.js';
import type { World } from './world.js';

export interface Stage {
  readonly random: Random;
  readonly world: World;
  readonly supervisor: Supervisor;
  readonly dpis: readonly Dpi[];
  readonly memories: CardMemories;
  /** Hosts of removed listeners whose addresses may stay. */
  readonly leftBehind: Set<string>;
  /** What must not be; told at once. */
  readonly fault: (what: string) => void;
}

export interface Trouble {
  readonly kind: string;
  readonly what: string;
  /** Troubles of one subject come one after the other. */
  readonly subject: string;
  readonly work: () => Promise<unknown>;
}

type Maker = (stage: Stage) => Trouble;

const flap: Maker = ({ random, world }) => {
  const name = random.pick(INTERFACES);
  const ms = random.pick([0, 5, 50, 300, 900]);
  return { kind: 'flap', what: `${name} for ${ms} ms`, subject: name, work: () => world.flap(name, ms) };
};

const rename: Maker = ({ random, world }) => {
  const name = random.pick(INTERFACES);
  const ms = random.pick([0, 20, 200, 900]);
  return { kind: 'rename', what: `${name} for ${ms} ms`, subject: name, work: () => world.rename(name, ms) };
};

const recreate: Maker = ({ random, world, memories }) => {
  const name = random.pick(INTERFACES);
  const ms = random.pick([0, 20, 200, 900]);
  const work = (): Promise<void> => {
    for (const [index, card] of CARDS.entries()) if (card.interface === name) memories.shaken(index);
    return world.recreate(name, ms);
  };
  return { kind: 'recreate', what: `${name} after ${ms} ms`, subject: name, work };
};

const steal: Maker = ({ random, world, memories }) => {
  const index = random.between(0, CARDS.length - 1);
  const { address, interface: name } = random.pick(CARDS.slice(index, index + 1));
  const work = (): Promise<void> => {
    memories.shaken(index);
    return world.steal(name, address);
  };
  return { kind: 'steal card', what: `${address} of ${name}`, subject: name, work };
};

const stealOften: Maker = ({ random, world, memories }) => {
  const index = random.between(0, CARDS.length - 1);
  const { address, interface: name } = random.pick(CARDS.slice(index, index + 1));
  const ms = random.between(1000, 2000);
  const work = (): Promise<void> => {
    memories.shaken(index);
    return world.stealAgainAndAgain(name, address, ms);
  };
  return { kind: 'steal card in a loop', what: `${address} of ${name} for ${ms} ms`, subject: name, work };
};

const stealHost: Maker = ({ random, world }) => {
  const { host, interface: name } = random.pick(LISTENERS);
  return { kind: 'steal listener', what: `${host} of ${name}`, subject: name, work: () => world.steal(name, host) };
};

/** Where the card is not configured, the address would be nobody's business. */
const duplicate: Maker = ({ random, world, memories, supervisor }) => {
  const index = random.between(0, CARDS.length - 1);
  const { address, interface: name } = random.pick(CARDS.slice(index, index + 1));
  const prefix = memories.anyPrefix(index, random);
  const work = async (): Promise<void> => {
    const known = await supervisor.status();
    if (known?.mode !== 'bypass' || !supervisor.configuration.cards.has(index)) return;
    if (index !== NAMED) memories.added(index, prefix);
    await world.add(name, `${address}/${prefix}`);
  };
  return { kind: 'duplicate card', what: `${address}/${prefix} on ${name}, where bypass`, subject: 'daemon', work };
};

const reload: Maker = ({ random, supervisor, memories, leftBehind, fault }) => {
  const next = random.chance(0.3) ? BASE : anyConfiguration(random);
  const work = async (): Promise<void> => {
    const before = supervisor.configuration;
    for (const index of before.cards) if (!next.cards.has(index)) memories.left(index);
    for (const index of before.listeners.keys()) if (!next.listeners.has(index)) leftBehind.add(LISTENERS[index]?.host ?? '');
    const said = await supervisor.reload(next);
    if (said !== null) fault(said);
  };
  return { kind: 'reload', what: textOf(next).trim().replaceAll('\n', '; '), subject: 'daemon', work };
};

const reloadBroken: Maker = ({ random, supervisor, fault }) => {
  const text = random.pick(BROKEN);
  const work = async (): Promise<void> => {
    const said = await supervisor.reloadBroken(text);
    if (said !== null) fault(said);
  };
  return { kind: 'broken reload', what: JSON.stringify(text), subject: 'daemon', work };
};

const kill: Maker = ({ random, supervisor }) => {
  const ms = random.pick([0, 100, 700]);
  return { kind: 'kill -9', what: `restart after ${ms} ms`, subject: 'daemon', work: () => supervisor.kill().then(() => supervisor.startAfter(ms)) };
};

const stop: Maker = ({ random, supervisor }) => {
  const ms = random.pick([0, 300]);
  return { kind: 'stop', what: `restart after ${ms} ms`, subject: 'daemon', work: () => supervisor.stop().then(() => supervisor.startAfter(ms)) };
};

/** Addresses that hang on the address of card {@link NAMED} under its usual prefix, and nothing else of others does. */
const NEIGHBOURS = Array.from({ length: 75 }, (_, at) => `10.2.2.${String(130 + at)}/25`);

/** Somebody adds addresses while it is decided that the card's, on which they hang, is to go, and while it goes. */
const lateNeighbours: Maker = ({ random, world, dpis, fault }) => {
  const name = 'c1';
  // The detection times are 600 and 700 ms, from the last heartbeat on.
  const after = random.pick([550, 570, 590, 650, 670, 690]);
  const work = async (): Promise<void> => {
    await world.namespace.setPromotion(name, false).catch(() => undefined);
    const silentSince = performance.now();
    for (const dpi of dpis) await dpi.hush();
    await pause(silentSince + after - performance.now());
    await world.addSteadily(name, NEIGHBOURS, 40);
    for (const dpi of dpis) dpi.talk();
    let lost: readonly string[] = [];
    for (let left = 20; left > 0; left--) {
      lost = await world.missing(name, NEIGHBOURS);
      if (lost.length === 0) break;
      await pause(100);
    }
    if (lost.length > 0) fault(`addresses that somebody added to ${name} while the mode changed are lost: ${lost.join(', ')}`);
    await world.takeAway(name, NEIGHBOURS);
  };
  return { kind: 'late neighbours', what: `on ${name} from ${after} ms of silence on`, subject: name, work };
};

/** Somebody takes over for a while. */
const force: Maker = ({ random, supervisor, fault }) => {
  const command = random.pick(['force_on', 'force_off'] as const);
  const ms = random.pick([0, 300]);
  const work = async (): Promise<void> => {
    const said = await supervisor.force(command);
    if (said !== null) fault(`${command}: ${said}`);
    await supervisor.startAfter(ms);
  };
  return { kind: command, what: `restart after ${ms} ms`, subject: 'daemon', work };
};

const freeze: Maker = ({ random, supervisor }) => {
  const ms = random.between(200, 2000);
  return { kind: 'freeze', what: `${ms} ms`, subject: 'daemon', work: () => supervisor.freeze(ms) };
};

/** More notices than a watcher's buffer holds. */
const burst: Maker = ({ random, world }) => {
  const count = random.pick([200, 2000]);
  return { kind: 'burst', what: `${count} addresses come and go on f0`, subject: 'f0', work: () => world.burst('f0', count) };
};

/** Several at once, of one file. */
const reloadStorm: Maker = ({ random, supervisor }) => {
  const count = random.between(2, 5);
  return { kind: 'reloads at once', what: `${count} of the same file`, subject: 'daemon', work: () => supervisor.reloadAtOnce(count) };
};

/** Silence from a delayed heartbeat to a failure. */
const silence: Maker = ({ random, dpis }) => {
  const which = random.some([...dpis.keys()], 0.5);
  const ms = random.pick([100, 290, 400, 590, 610, 900, 1500]);
  const work = async (): Promise<void> => {
    for (const index of which) await dpis[index]?.hush();
    await pause(ms);
    for (const index of which) dpis[index]?.talk();
  };
  return { kind: 'silence', what: `DPIs ${which.join(', ')} for ${ms} ms`, subject: 'dpis', work };
};

/** Each as often as it stands here. */
const MAKERS: readonly Maker[] = [flap, flap, flap, rename, rename, recreate, recreate, recreate, steal, steal, stealOften, stealHost, duplicate, duplicate, lateNeighbours, reload, reload, reload, reloadBroken, reloadStorm, burst, kill, kill, stop, force, freeze, silence, silence, silence, silence, silence];

export const anyTrouble = (stage: Stage): Trouble => stage.random.pick(MAKERS)(stage);
