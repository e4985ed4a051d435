import { readFileSync } from 'node:fs';
import test from 'ava';
import { MonitorLines } from '../dist/monitor-lines.js';

const recorded = (version: string): string =>
  readFileSync(new URL(`../../../test-fixtures/ip-output/${version}/monitor.txt`, import.meta.url), 'utf8');

const names = (changed: ReadonlySet<string> | null): readonly string[] | null => changed && [...changed];

const LINK = '3: eth0: <BROADCAST,UP> mtu 1500\\    link/ether 00:00:00:00:00:00\n';
const TIED = LINK.replace('eth0', 'eth0@peer');

for (const version of ['6.1', '4.9']) {
  test(`every line of a recorded monitor is understood: ${version}`, (t) => {
    const lines = new MonitorLines();
    const changed = new Set<string>();
    for (const line of recorded(version).split(/(?<=\n)/)) {
      const told = lines.read(line);
      t.truthy(told, line);
      for (const name of told ?? []) changed.add(name);
    }
    const ends = ['east', 'west', 'far0', 'br0', 'port0', 'mv0', 'vx0', 'mv1', 'a\\', 'b@c', '"q"', "#it's", 'dynamic', 'secondary', 'gone', 'renamed'];
    t.deepEqual(ends.filter((name) => !changed.has(name)), []);
    t.deepEqual([...changed].filter((name) => name.startsWith('Deleted') || name === 'NONE'), []);
  });
}

test('a line that comes in pieces is one line', (t) => {
  const lines = new MonitorLines();
  t.deepEqual(names(lines.read(LINK.slice(0, 5))), []);
  t.deepEqual(names(lines.read(LINK.slice(5))), ['eth0']);
});

test('a renaming tells of both names, and addresses are told under the new one although ip prints the old', (t) => {
  const lines = new MonitorLines();
  lines.learn(LINK);
  t.deepEqual(names(lines.read(LINK.replace('eth0', 'wan'))), ['eth0', 'wan']);
  t.deepEqual(names(lines.read('3: eth0    inet 10.0.0.1/24 scope global wan\\       valid_lft forever preferred_lft forever\n')), ['wan']);
  t.deepEqual(names(lines.read('Deleted 3: eth0    inet 10.0.0.1/24 scope global wan\\       valid_lft forever\n')), ['wan']);
});

test('a link that is deleted is told under the name it had', (t) => {
  const lines = new MonitorLines();
  lines.learn(LINK);
  t.deepEqual(names(lines.read(`Deleted ${TIED.replace('peer', 'NONE')}`)), ['eth0']);
});

test('what was heard before the names were learnt wins', (t) => {
  const lines = new MonitorLines();
  lines.read(LINK.replace('eth0', 'wan'));
  lines.learn(LINK);
  t.deepEqual(names(lines.read('3: eth0    inet 10.0.0.1/24\n')), ['wan']);
});

test('names with @ are learnt from each other', (t) => {
  const lines = new MonitorLines();
  lines.learn('4: b@c@a\\: <UP> mtu 1\n5: a\\@b@c: <UP> mtu 1\n6: x@y: <UP> mtu 1\n');
  t.deepEqual(names(lines.read('4: old    inet 1.2.3.4/8\n5: old    inet 1.2.3.4/8\n6: old    inet 1.2.3.4/8\n')), ['b@c', 'a\\', 'x@y']);
});

test('a line that is not understood is said so, and the next one is read', (t) => {
  const lines = new MonitorLines();
  t.is(lines.read('what is this\n'), null);
  t.deepEqual(names(lines.read(LINK)), ['eth0']);
});

test('while it is not certain what is the name and what it is tied to, both are told', (t) => {
  const lines = new MonitorLines();
  t.deepEqual(names(lines.read(TIED)), ['eth0@peer', 'eth0']);
  lines.learn(`2: peer@eth0: <UP> mtu 1\n${TIED}`);
  t.deepEqual(names(lines.read(TIED)), ['eth0']);
  t.deepEqual(names(lines.read('3: old    inet 10.0.0.1/24\n')), ['eth0']);
});
