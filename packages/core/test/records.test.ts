import test from 'ava';
import type { Operation } from '../dist/network.js';
import { operationRecord, planRecord } from '../dist/records.js';
import { nameOf, withPrefix } from './arbitraries.js';
import { add } from './networks.js';

const CASES: readonly (readonly [Operation, string])[] = [
  [add('eth0', '192.168.1.211'), '{"op":"address-add","interface":"eth0","address":"192.168.1.211/32"}'],
  [{ op: 'address-add', interface: nameOf('eth0'), address: withPrefix('fd00:0::1/64'), attributes: { scope: 'link' } }, '{"op":"address-add","interface":"eth0","address":"fd00::1/64"}'],
  [{ op: 'address-del', interface: nameOf('eth0'), address: withPrefix('10.0.0.1/24') }, '{"op":"address-del","interface":"eth0","address":"10.0.0.1/24"}'],
  [{ op: 'link-up', interface: nameOf('e1') }, '{"op":"link-up","interface":"e1"}'],
  [{ op: 'link-down', interface: nameOf('e1') }, '{"op":"link-down","interface":"e1"}'],
  [{ op: 'promote-secondaries', interface: nameOf('e1') }, '{"op":"promote-secondaries","interface":"e1"}'],
];

for (const [operation, record] of CASES) {
  test(`an operation as it is told: ${record}`, (t) => t.is(JSON.stringify(operationRecord(operation)), record));
}

test('a plan is told in its order, whoever its steps are for', (t) => {
  const plan = CASES.map(([operation], position) => ({ operation, purpose: position % 2 === 0 ? 'ours' : 'put-back', needs: [] }) as const);
  t.is(JSON.stringify(planRecord(plan)), `{"plan":[${CASES.map(([, record]) => record).join(',')}]}`);
  t.deepEqual(planRecord([]), { plan: [] });
});
