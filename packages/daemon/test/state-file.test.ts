import { type InterfaceName, type IpAddress, type Ledger, emptyLedger, parseInterfaceAddress } from '@fastbypass/core';
import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Persistence } from '../dist/persistence.js';
import { readStateFile, stateText, writeStateFile } from '../dist/state-file.js';

const eth0 = 'eth0' as InterfaceName;
const card = { interface: eth0, address: '10.0.0.1' as IpAddress, prefixes: [24, 32], taken: true };
const peer = parseInterfaceAddress('10.9.0.2/32');
const dropped = { address: 'fd00::7' as IpAddress, prefix: 64, secondary: false, attributes: { scope: 'global', validLifetime: 30, ...(peer && { peer }) } };
const shut = { name: 'e1' as InterfaceName, index: 7, down: true, dropped: [dropped] };
const own = { interface: eth0, index: 2, address: '10.0.0.1' as IpAddress, prefix: 24 };
const lost = { interface: eth0, index: 2, ...dropped };
const ledger: Ledger = { ...emptyLedger, cards: new Map([['eth0 10.0.0.1', card]]), shut: [shut], leased: new Map([['eth0 10.0.0.1/24', own]]), lost: new Map([['eth0 fd00::7/64', lost]]) };

const path = (t: { teardown: (done: () => void) => void }): string => {
  const folder = mkdtempSync(join(tmpdir(), 'fastbypass-state-'));
  t.teardown(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return join(folder, 'run', 'control.state.json');
};

test('what is written is read again, attributes and all', (t) => {
  const file = path(t);
  t.true(E.isRight(writeStateFile(file, stateText(ledger))));
  t.deepEqual(readStateFile(file), E.right({ cards: [card], shut: [shut], leased: [own], lost: [lost] }));
  t.deepEqual(readdirSync(join(file, '..')), ['control.state.json']);
});

test('removed cards that are not taken away yet are remembered too', (t) => {
  const file = path(t);
  writeStateFile(file, stateText({ ...ledger, cards: new Map(), removedCards: [card] }));
  t.deepEqual(E.map(({ cards }: { cards: unknown }) => cards)(readStateFile(file)), E.right([card]));
});

test('no file is nothing to remember; a broken one says why', (t) => {
  const file = path(t);
  t.deepEqual(readStateFile(file), E.right({ cards: [], shut: [], leased: [], lost: [] }));
  for (const text of ['', '{', '[]', '{"version":2}', '{"version":1,"cards":[{}],"shut":[]}']) {
    writeStateFile(file, text);
    t.true(E.isLeft(readStateFile(file)), text);
  }
});

test('a prefix that its address cannot have is refused, and named', (t) => {
  const file = path(t);
  for (const [address, prefix] of [['10.0.0.1', 33], ['10.0.0.1', -1], ['10.0.0.1', 1.5], ['fd00::1', 129]] as const) {
    writeStateFile(file, stateText({ ...ledger, cards: new Map([['of a test', { ...card, address: address as IpAddress, prefixes: [24, prefix] }]]) }));
    t.deepEqual(readStateFile(file), E.left(`${address}/${String(prefix)}: no such prefix; accepted: 0 to 32, of IPv6 to 128`));
  }
});

test('before a removal only what it takes to put things back must be on record', (t) => {
  const file = path(t);
  const persistence = new Persistence(file, false);
  persistence.beforeRemoval({ ...ledger, shut: [] });
  const first = readFileSync(file, 'utf8');
  persistence.beforeRemoval({ ...ledger, shut: [], cards: new Map([['eth0 10.0.0.1', { ...card, taken: false }]]) });
  t.is(readFileSync(file, 'utf8'), first, 'a mark of progress is written later');
  persistence.beforeRemoval(ledger);
  t.not(readFileSync(file, 'utf8'), first);
});

test('a file that cannot be written is a problem, not an end; a dry run writes none', (t) => {
  const file = path(t);
  writeFileSync(join(file, '..', '..', 'run'), '');
  const persistence = new Persistence(file, false);
  persistence.save(ledger);
  t.regex(persistence.problems[0] ?? '', /control\.state\.json cannot be written/);
  rmSync(join(file, '..', '..', 'run'));
  persistence.save(ledger);
  t.deepEqual(persistence.problems, []);
  rmSync(join(file, '..'), { recursive: true });
  new Persistence(file, true).save(ledger);
  t.false(existsSync(file));
});

(process.getuid?.() === 0 ? test : test.skip)('what root writes belongs to whom the folder belongs, and no link of that user is followed', (t) => {
  const file = path(t);
  const folder = join(file, '..');
  mkdirSync(folder);
  chownSync(folder, 4711, 4712);
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'mine');
  symlinkSync(victim, `${file}.new`);
  t.deepEqual(writeStateFile(file, stateText(ledger)), E.right(undefined));
  const { uid, gid, mode } = statSync(file);
  t.deepEqual([uid, gid, mode & 0o777], [4711, 4712, 0o600]);
  t.is(readFileSync(victim, 'utf8'), 'mine');
  t.is(statSync(victim).uid, 0);
});
