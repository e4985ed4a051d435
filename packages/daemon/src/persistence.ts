import type { Ledger } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import { stateText, writeStateFile } from './state-file.js';

/** Keeps the state file true, and writes no more than that needs. */
export class Persistence {
  private written = '';
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
    if (essence(ledger) !== this.writtenEssence) this.save(ledger);
  }

  save(ledger: Ledger): void {
    const text = stateText(ledger);
    if (this.readOnly || text === this.written) return;
    const result = writeStateFile(this.path, text);
    this.failure = E.isLeft(result) ? result.left : null;
    if (E.isRight(result)) {
      this.written = text;
      this.writtenEssence = essence(ledger);
    }
  }

  private writtenEssence = '';
}

/** Without what is only a mark of progress: a card that is taken away has lost nothing that the file does not have. */
function essence(ledger: Ledger): string {
  const cards = [...ledger.cards.values(), ...ledger.removedCards].map(({ interface: name, address, prefixes }) => [name, address, prefixes]);
  const shut = ledger.shut.map(({ name, down, dropped }) => [name, down, dropped.map(({ address, prefix }) => [address, prefix])]);
  return JSON.stringify([cards, shut]);
}
