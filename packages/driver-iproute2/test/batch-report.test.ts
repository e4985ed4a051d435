import test from 'ava';
import { type InterfaceName } from '@fastbypass/core';
import { words } from '@fastbypass/test-fixtures';
import { batchLines } from '../dist/batch-lines.js';
import { readBatchReport } from '../dist/batch-report.js';
import type { IpOperation } from '../dist/operation-words.js';

const [EAST, WEST] = ['east' as InterfaceName, 'west' as InterfaceName];
const batch = [words.add(EAST, '10.0.0.1/32'), words.down(EAST), words.up(WEST), words.del(EAST, '10.0.0.9/32')] as readonly IpOperation[];
const lines = batchLines(batch);

test('before a link is set, it is looked at', (t) => {
  t.deepEqual(lines.map(({ place, does, text }) => [place, does, text.split(' ').slice(0, 2).join(' ')]), [
    [0, true, 'address add'],
    [1, false, 'link show'],
    [1, true, 'link set'],
    [2, false, 'link show'],
    [2, true, 'link set'],
    [3, true, 'address del'],
  ]);
});

test('reasons belong to the line that is named after them', (t) => {
  const stderr = 'RTNETLINK answers: File exists\nCommand failed -:1\nError: ipv4: Address not found.\nCommand failed -:6\n';
  const report = readBatchReport(lines, '', stderr);
  t.deepEqual([...report.failed], [[0, 'RTNETLINK answers: File exists'], [3, 'Error: ipv4: Address not found.']]);
  t.true(report.complete);
});

test('the state of a link is taken from the line of its own look, also where another look failed', (t) => {
  const stderr = 'Device "east" does not exist.\nCommand failed -:2\nCannot find device "east"\nCommand failed -:3\n';
  const report = readBatchReport(lines, '5: west@x: <BROADCAST,UP> mtu 1500\\    link/ether\n', stderr);
  t.deepEqual([...report.wasUp], [[2, true]]);
  t.deepEqual([...report.failed], [[1, 'Cannot find device "east"']]);
});

test('a reason that names no line shows that ip broke off', (t) => {
  t.false(readBatchReport(lines, '', 'Command failed -:1\nError: argument "x" is wrong\n').complete);
  t.false(readBatchReport(lines, '', 'Cannot open netlink socket: Too many open files\n').complete);
  t.false(readBatchReport(lines, '', '').complete);
});
