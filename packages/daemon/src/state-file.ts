/**
 * What must outlive the process: the prefixes that cards' addresses had, and what was shut down. A small JSON file
 * beside the control socket, replaced as a whole.
 */
import {
  InterfaceAddress,
  InterfaceName,
  IpAddress,
  type Ledger,
  type ObservedAddress,
  type Remembered,
  bitsOf,
  formatInterfaceAddress,
} from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { closeSync, fchownSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Beside the control socket: one daemon, one socket, one file. */
export const stateFileOf = (socket: string): string => `${socket.replace(/\.sock$/, '')}.state.json`;

const Attributes = t.partial({
  scope: t.string,
  label: t.string,
  broadcast: t.string,
  peer: InterfaceAddress,
  metric: t.number,
  validLifetime: t.number,
  preferredLifetime: t.number,
  noPrefixRoute: t.boolean,
});

const Kept = t.type({ address: InterfaceAddress, attributes: Attributes });

const StateFile = t.type({
  version: t.literal(1),
  cards: t.array(t.type({ interface: InterfaceName, address: IpAddress, prefixes: t.array(t.number), taken: t.boolean })),
  shut: t.array(t.type({ name: InterfaceName, index: t.number, down: t.boolean, dropped: t.array(Kept) })),
  leased: t.array(t.type({ interface: InterfaceName, index: t.number, address: InterfaceAddress })),
  lost: t.array(t.intersection([t.type({ interface: InterfaceName, index: t.number }), Kept])),
});

const NOTHING: Remembered = { cards: [], shut: [], leased: [], lost: [] };

/** What the last process left; Left: why it cannot be read. No file is nothing to remember. */
export function readStateFile(path: string): E.Either<string, Remembered> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return isMissing(error) ? E.right(NOTHING) : E.left(reasonOf(error));
  }
  try {
    const read = StateFile.decode(JSON.parse(text));
    if (E.isLeft(read)) return E.left('it is not a state file of this version');
    const { cards } = read.right;
    const impossible = cards.flatMap(({ address, prefixes }) => prefixes.filter((prefix) => !isPrefixOf(address, prefix)).map((prefix) => `${address}/${String(prefix)}`));
    if (impossible.length > 0) return E.left(`${impossible.join(', ')}: no such prefix; accepted: 0 to 32, of IPv6 to 128`);
    const shut = read.right.shut.map((it) => ({ ...it, dropped: it.dropped.map(addressKept) }));
    const leased = read.right.leased.map(({ interface: name, index, address }) => ({ interface: name, index, ...address }));
    const lost = read.right.lost.map((it) => ({ interface: it.interface, index: it.index, ...addressKept(it) }));
    return E.right({ cards, shut, leased, lost });
  } catch (error) {
    return E.left(reasonOf(error));
  }
}

const isPrefixOf = (address: IpAddress, prefix: number): boolean => Number.isInteger(prefix) && prefix >= 0 && prefix <= bitsOf(address);

/** The file's text for a ledger; equal texts need no writing. */
export function stateText({ cards, removedCards, shut, leased, lost }: Ledger): string {
  return JSON.stringify({
    version: 1,
    cards: [...cards.values(), ...removedCards],
    leased: [...leased.values()].map((own) => ({ interface: own.interface, index: own.index, address: formatInterfaceAddress(own) })),
    lost: [...lost.values()].map((it) => ({ interface: it.interface, index: it.index, ...keptText(it) })),
    shut: shut.map((it) => ({ ...it, dropped: it.dropped.map(keptText) })),
  });
}

/** An address that is to come back as it was. */
const addressKept = ({ address, attributes }: t.TypeOf<typeof Kept>): ObservedAddress => ({ ...address, secondary: false, attributes });

const keptText = (it: ObservedAddress): t.OutputOf<typeof Kept> => Kept.encode({ address: it, attributes: it.attributes });

/** Replaces the file; Left: why not. Whoever reads it sees the old or the new one, never half of it. */
export function writeStateFile(path: string, text: string): E.Either<string, void> {
  const next = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    rmSync(next, { force: true });
    writeForOwner(next, text);
    renameSync(next, path);
    return E.right(undefined);
  } catch (error) {
    return E.left(reasonOf(error));
  }
}

/**
 * The file belongs to whom the folder belongs: what `fbypass_ctl force_on` writes as root is for a daemon that may be another
 * user. `wx` follows no link that this user may have put there.
 */
function writeForOwner(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    const { uid, gid } = statSync(dirname(path));
    if (process.getuid?.() === 0) fchownSync(file, uid, gid);
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
