import { type InterfaceName, isInterfaceName } from '@fastbypass/core';
import { readAddressIndex } from './address.js';
import { AF_BRIDGE, RTM_DELADDR, RTM_DELLINK, RTM_NEWADDR, RTM_NEWLINK } from './constants.js';
import { type Link, isSameLink, readLink, readLinkFamily } from './link.js';
import type { Message } from './message.js';

/**
 * Turns notices into names of interfaces that have changed. Each link is kept as it was told last: notices of addresses carry no more than an
 * index; of a renamed interface both names are told; and much that the kernel tells of a link (its carrier comes up late, at most once a second
 * for all that wait) changes nothing that is observed, so nobody need look. What is told of less than the whole link always counts.
 */
export class Notices {
  readonly #links = new Map<number, Link>();
  readonly #lookUp: (index: number) => Link | null;

  /** @param lookUp the link of this index as it is now; null: it is gone */
  constructor(links: readonly Link[], lookUp: (index: number) => Link | null) {
    for (const link of links) this.#links.set(link.index, link);
    this.#lookUp = lookUp;
  }

  /** Notices were lost. */
  forget(): void {
    this.#links.clear();
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
    const link = readLink(message);
    if (link === null) return [];
    const before = this.#links.get(link.index);
    // What a bridge tells of its port is not all of the link, and one that leaves it is told of as a deleted link.
    if (readLinkFamily(message) !== AF_BRIDGE) {
      if (message.type === RTM_DELLINK) this.#links.delete(link.index);
      else if (before !== undefined && isSameLink(before, link)) return [];
      // Nor is all of the link what is told of a scan for radio networks.
      else if (link.promoteSecondaries !== undefined) this.#links.set(link.index, link);
    }
    return before === undefined || before.name === link.name ? [link.name] : [before.name, link.name];
  }

  /** None where the interface is gone: of that a notice of its own is on its way, with the name. */
  #namesOfIndex(index: number): readonly string[] {
    const link = this.#links.get(index) ?? this.#lookUp(index);
    if (link === null) return [];
    this.#links.set(index, link);
    return [link.name];
  }
}
