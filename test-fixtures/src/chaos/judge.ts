/** The kernel and the status against what the contract asks for. */
import type { StatusReport } from '@fastbypass/core';
import type { Configuration, Wanted } from './configuration.js';
import type { CardMemories } from './memory.js';
import { CARDS, FOREIGN, INTERFACES, LISTENERS, MANAGED, NAMED, bitsOf, isV6 } from './scenery.js';
import type { Seen } from './world.js';

/** Of somebody who did just that: true for 10 s after the last repair. */
const UNDONE = /^somebody undoes .* again and again/;

/** What the status does not say yet, or wrongly; empty: it says that all is done. */
export function statusFaults(status: StatusReport, { mode, active, up }: Wanted): readonly string[] {
  const faults: string[] = [];
  if (!status.settled) faults.push('not settled');
  if (!status.converged) faults.push('not converged');
  if (status.mode !== mode) faults.push(`mode ${status.mode}, not ${mode}`);
  for (const { index, status: is } of status.listeners) {
    const wanted = active.get(index) === true ? 'active' : 'failed';
    if (is !== wanted) faults.push(`listener ${index} is ${is}, not ${wanted}`);
  }
  if (status.listeners.length !== active.size) faults.push(`${status.listeners.length} listeners, not ${active.size}`);
  for (const { name, observed } of status.interfaces) {
    if ((observed === 'up') !== up.get(name)) faults.push(`interface ${name} is ${observed} by the status`);
  }
  for (const problem of status.problems) if (!UNDONE.test(problem)) faults.push(`problem: ${problem}`);
  return faults;
}

export interface Judged {
  readonly faults: readonly string[];
  /** Addresses without their lease: it is given to one that stands, and so a little later. */
  readonly unleased: readonly string[];
  /** Prefixes under which each card's address stands. */
  readonly cards: ReadonlyMap<number, readonly number[]>;
}

/** @param leftBehind addresses of removed listeners: they may be there, where this process had not added them */
export function kernelFaults(seen: Seen, configuration: Configuration, wanted: Wanted, memories: CardMemories, leftBehind: ReadonlySet<string>): Judged {
  const faults: string[] = [];
  const unleased: string[] = [];
  const cards = new Map<number, readonly number[]>();
  const expected = new Map<string, Set<string>>(INTERFACES.map((name) => [name, new Set(FOREIGN[name] ?? [])]));
  for (const index of configuration.listeners.keys()) {
    const spec = LISTENERS[index];
    if (spec !== undefined) expected.get(spec.interface)?.add(`${spec.host}/${spec.prefix ?? bitsOf(spec.host)}`);
  }
  for (const [index, { address, interface: name }] of CARDS.entries()) {
    const standing = (seen.interfaces.get(name)?.addresses ?? []).map((it) => it.address).filter((it) => it.startsWith(`${address}/`));
    const prefixes = standing.map((it) => Number(it.split('/')[1]));
    cards.set(index, prefixes);
    const isConfigured = configuration.cards.has(index);
    if (!isConfigured || wanted.mode === 'bypass') continue;
    const memory = index === NAMED ? { prefixes: new Set([configuration.namedPrefix]), exact: true } : memories.of(index);
    const isRight = prefixes.length > 0 && prefixes.every((it) => memory.prefixes.has(it)) && (!memory.exact || prefixes.length === memory.prefixes.size);
    if (!isRight) faults.push(`card ${index} (${address}) stands with prefixes [${prefixes.join(', ')}], wanted ${memory.exact ? 'all' : 'some'} of [${[...memory.prefixes].join(', ')}]`);
    for (const it of standing) expected.get(name)?.add(it);
  }
  const leased = new Set([...configuration.cards].map((index) => CARDS[index]?.address));
  for (const [name, addresses] of expected) {
    const it = seen.interfaces.get(name);
    if (it === undefined) {
      faults.push(`interface ${name} is missing`);
      continue;
    }
    const isManaged = (MANAGED as readonly string[]).includes(name);
    if (it.up !== (wanted.up.get(name) ?? true)) faults.push(`interface ${name} is ${it.up ? 'up' : 'down'}`);
    for (const address of addresses) {
      const mayLack = isManaged && !it.up && isV6(address);
      if (!mayLack && !it.addresses.some((other) => other.address === address)) faults.push(`${address} is not on ${name}`);
    }
    for (const { address, forever } of it.addresses) {
      if (!addresses.has(address) && !leftBehind.has(address.split('/')[0] ?? '')) faults.push(`${address} is on ${name}, nobody wants it`);
      const mayEnd = configuration.lease > 0 && leased.has(address.split('/')[0] ?? '');
      if (forever && mayEnd) unleased.push(`${address} on ${name} has no lifetime`);
      if (!forever && !mayEnd) faults.push(`${address} on ${name} has a lifetime`);
    }
  }
  if (!seen.defaultRoute) faults.push('the default route is gone');
  return { faults, unleased, cards };
}
