/** Under which prefixes a card's address must come back, as far as the contract says. */
import type { Random } from './random.js';
import { AT_FIRST, CARDS, bitsOf } from './scenery.js';

interface Memory {
  readonly prefixes: ReadonlySet<number>;
  /** All of them; otherwise some of them, at least one: it depended on what the daemon has seen when. */
  readonly exact: boolean;
}

export class CardMemories {
  private readonly memories: Memory[] = CARDS.map(({ address }) => {
    const [, first] = AT_FIRST.find(([, it]) => it.startsWith(`${address}/`)) ?? [];
    return { prefixes: new Set([first === undefined ? bitsOf(address) : Number(first.split('/')[1])]), exact: true };
  });

  of(index: number): Memory {
    return this.memories[index] ?? { prefixes: new Set(), exact: false };
  }

  /** Somebody adds it, at a time when that may count. */
  added(index: number, prefix: number): void {
    this.memories[index] = { prefixes: new Set([...this.of(index).prefixes, prefix]), exact: false };
  }

  /** Somebody takes instances away one after the other. */
  shaken(index: number): void {
    const { prefixes } = this.of(index);
    if (prefixes.size > 1) this.memories[index] = { prefixes, exact: false };
  }

  /** It left the configuration: what it had may be forgotten. */
  left(index: number): void {
    this.added(index, bitsOf(CARDS[index]?.address ?? ''));
  }

  /** It was found gone while not configured. */
  forgotten(index: number): void {
    this.memories[index] = { prefixes: new Set([bitsOf(CARDS[index]?.address ?? '')]), exact: true };
  }

  /** It was found so while it was to be present. */
  seen(index: number, prefixes: readonly number[]): void {
    this.memories[index] = { prefixes: new Set(prefixes), exact: true };
  }

  /** A prefix to add it under. */
  anyPrefix(index: number, random: Random): number {
    return random.pick(CARDS[index]?.prefixes ?? [32]);
  }
}
