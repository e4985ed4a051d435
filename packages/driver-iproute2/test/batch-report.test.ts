import test from 'ava';
import { type InterfaceName } from '@fastbypass/core';
import { words } from '@fastbypass/test-fixtures';
import { batchLines } from '../dist/batch-lines.js';
import { readBatchReport } from '../dist/batch-report.js';
import type { IpOperation } from '../dist/operation-words.js';

const [EAST, WEST] = ['east' as InterfaceName, 'west' as InterfaceName];
const batch = [words.add(EAST, '10.0.0.1/32'), words.down(EAST), words.up(WEST), words.del(EAST, '10.0.0.9/32')] as readonly IpOperation[];
const lines = batchLines(batch);

const shown = (operations: readonly IpOperation[]): readonly (readonly [number, string])[] => batchLines(operations).map(({ place, role, text }) => [place, `${role}: ${text}`]);

test('before a link is set it is looked at', (t) => {
  t.deepEqual(shown([words.down(EAST), words.up(WEST)] as readonly IpOperation[]), [
    [0, 'before: address show dev east'],
    [0, 'operation: link set dev east down'],
    [1, 'before: address show dev west'],
    [1, 'operation: link set dev west up'],
  ]);
});

test('an interface is looked at before the first and after the last removal on an interface of which others may hang', (t) => {
  const removals = [words.del(EAST, '10.0.0.1/32'), words.del(WEST, 'fd00::1/64'), words.del(EAST, '10.0.0.2/32'), words.del(EAST, '10.0.0.3/32'), words.add(WEST, '10.0.0.1/32')];
  t.deepEqual(shown(removals as readonly IpOperation[]), [
    [0, 'before: address show dev east'],
    [0, 'operation: address del 10.0.0.1/32 dev east'],
    [1, 'operation: address del fd00::1/64 dev west'],
    [2, 'operation: address del 10.0.0.2/32 dev east'],
    [3, 'operation: address del 10.0.0.3/32 dev east'],
    [3, 'after: address show dev east'],
    [4, 'operation: address add 10.0.0.1/32 scope global dev west'],
  ]);
});

test('reasons belong to the line that is named after them', (t) => {
  const stderr = 'RTNETLINK answers: File exists\nCommand failed -:1\nError: ipv4: Address not found.\nCommand failed -:7\n';
  const report = readBatchReport(lines, '', stderr);
  t.deepEqual([...report.failed], [[0, 'RTNETLINK answers: File exists'], [3, 'Error: ipv4: Address not found.']]);
  t.true(report.complete);
});

test('the state of a link is taken from the line of its own look, also where another look failed', (t) => {
  const stderr = 'Device "east" does not exist.\nCommand failed -:2\nCannot find device "east"\nCommand failed -:3\n';
  const report = readBatchReport(lines, '5: west@x: <BROADCAST,UP> mtu 1500\\    link/ether\n', stderr);
  t.deepEqual([...report.before], [[2, { index: 5, up: true, addresses: [] }]]);
  t.deepEqual([...report.failed], [[1, 'Cannot find device "east"']]);
});

test('a reason that names no line shows that ip broke off', (t) => {
  t.false(readBatchReport(lines, '', 'Command failed -:1\nError: argument "x" is wrong\n').complete);
  t.false(readBatchReport(lines, '', 'Cannot open netlink socket: Too many open files\n').complete);
  t.false(readBatchReport(lines, '', '').complete);
});
