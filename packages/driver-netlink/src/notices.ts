import { type InterfaceName, isInterfaceName } from '@fastbypass/core';
import { readAddressIndex } from './address.js';
import { AF_BRIDGE, RTM_DELADDR, RTM_DELLINK, RTM_NEWADDR, RTM_NEWLINK } from './constants.js';
import { type Link, readLinkHead } from './link.js';
import type { Message } from './message.js';

/**
 * Turns notices into names of interfaces that have changed. Notices of addresses carry no more than an index, so the names
 * are kept here; of a renamed interface both names are told.
 */
export class Notices {
  readonly #names = new Map<number, string>();
  readonly #lookUp: (index: number) => string | null;

  /** @param lookUp what the interface of this index is called now; null: it is gone */
  constructor(links: readonly Link[], lookUp: (index: number) => string | null) {
    for (const { index, name } of links) this.#names.set(index, name);
    this.#lookUp = lookUp;
  }

  /** Notices were lost, a renaming perhaps among them. */
  forget(): void {
    this.#names.clear();
  }

  /** Adds what the notice tells of to `changed`. */
  read(message: Message, changed: Set<InterfaceName>): void {
    for (const name of this.#namesIn(message)) if (isInterfaceName(name)) changed.add(name);
  }

  #namesIn(message: Message): readonly string[] {
    switch (message.type) {
      case RTM_NEWLINK:
      case RTM_DELLINK:
        return this.#namesOfLink(message);
      case RTM_NEWADDR:
      case RTM_DELADDR: {
        const index = readAddressIndex(message);
        return index === null ? [] : this.#namesOfIndex(index);
      }
      default:
        return [];
    }
  }

  #namesOfLink(message: Message): readonly string[] {
    const head = readLinkHead(message);
    if (head === null) return [];
    const { family, index, name } = head;
    const before = this.#names.get(index);
    // A port that leaves its bridge is told of as a deleted link of that family.
    if (message.type === RTM_DELLINK && family !== AF_BRIDGE) this.#names.delete(index);
    else if (name !== undefined) this.#names.set(index, name);
    return [...new Set([before, name])].filter((it) => it !== undefined);
  }

  /** None where the interface is gone: of that a notice of its own is on its way, with the name. */
  #namesOfIndex(index: number): readonly string[] {
    const known = this.#names.get(index);
    if (known !== undefined) return [known];
    const name = this.#lookUp(index);
    if (name === null) return [];
    this.#names.set(index, name);
    return [name];
  }
}
