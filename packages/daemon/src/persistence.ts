import type { CardMemory, Ledger } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { stateText, writeStateFile } from './state-file.js';

/** Keeps the state file true, and writes no more than that needs. */
export class Persistence {
  private written = '';
  private saved: Ledger | null = null;
  private failure: string | null = null;

  constructor(
    private readonly path: string,
    private readonly readOnly: boolean,
  ) {}

  get problems(): readonly string[] {
    return this.failure === null ? [] : [`${this.path} cannot be written: a restart would not know prefixes and interfaces to restore: ${this.failure}`];
  }

  /** Before something is taken away: what it takes to put it back must be on record. */
  beforeRemoval(ledger: Ledger): void {
    if (this.saved === null || !isOnRecord(ledger, this.saved)) this.save(ledger);
  }

  save(ledger: Ledger): void {
    if (this.readOnly || ledger === this.saved) return;
    const text = stateText(ledger);
    const result = text === this.written ? E.right(undefined) : writeStateFile(this.path, text);
    this.failure = E.isLeft(result) ? result.left : null;
    if (E.isLeft(result)) return;
    this.written = text;
    this.saved = ledger;
  }
}

/** Without what is only a mark of progress: a card that is taken away has lost nothing that the file does not have. */
function isOnRecord(ledger: Ledger, saved: Ledger): boolean {
  const haveSame = (card: CardMemory, other: CardMemory | undefined): boolean => other !== undefined && (card.prefixes === other.prefixes || card.prefixes.join() === other.prefixes.join());
  return (
    ledger.cards.size === saved.cards.size &&
    [...ledger.cards].every(([key, card]) => haveSame(card, saved.cards.get(key))) &&
    areSame(ledger.removedCards, saved.removedCards) &&
    areSame(ledger.shut, saved.shut) &&
    areSame([...ledger.lost.values()], [...saved.lost.values()])
  );
}

const areSame = <A>(these: readonly A[], those: readonly A[]): boolean => these.length === those.length && these.every((it, place) => it === those[place]);
