import { type AddressAttributes, formatInterfaceAddress } from '@fastbypass/core';
import { type Check, type Suite, EAST } from './suite.js';
import type { Bench } from './harness.js';
import { add, addressOf, addressesNow, del, hostOf, interfaceNow, prepare, verdicts } from './words.js';

/** Seconds that may pass between adding an address and observing it. */
const SLACK_S = 10;

const attributesNow = async ({ driver }: Bench, text: string): Promise<AddressAttributes | undefined> =>
  (await interfaceNow(driver, EAST)).addresses.find((it) => formatInterfaceAddress(it) === text)?.attributes;

async function comesBack(t: Check, bench: Bench, text: string, attributes: AddressAttributes): Promise<void> {
  await prepare(bench.driver, add(EAST, text, attributes));
  t.deepEqual(await attributesNow(bench, text), attributes);
}

/** What an address carries besides itself is set by `address-add`, and observed, so that it can be put back as it was. */
export function attributeContract({ test }: Suite): void {
  test('an address that was added bare carries nothing', async (t, bench) => {
    await comesBack(t, bench, '10.0.0.1/24', {});
    await comesBack(t, bench, '2001:db8::1/64', {});
  });

  for (const [text, attributes] of [
    ['10.0.0.1/24', { scope: 'link' }],
    ['10.0.0.1/24', { scope: '42' }],
    ['10.0.0.1/24', { label: `${EAST}:7` }],
    ['10.0.0.1/24', { broadcast: hostOf('10.0.0.255') }],
    ['10.0.0.1/24', { metric: 77 }],
    ['10.0.0.1/24', { noPrefixRoute: true }],
    ['10.0.0.1/24', { scope: 'site', label: `${EAST}:7`, broadcast: hostOf('10.0.0.255'), metric: 77, noPrefixRoute: true }],
    ['2001:db8::1/64', { metric: 77 }],
    ['2001:db8::1/64', { noPrefixRoute: true }],
  ] as const) {
    test(`${text} comes back with ${JSON.stringify(attributes)}`, (t, bench) => comesBack(t, bench, text, attributes));
  }

  for (const text of ['10.0.0.1/24', '2001:db8::1/64']) {
    test(`${text} comes back with what is left of its lifetimes`, async (t, bench) => {
      await prepare(bench.driver, add(EAST, text, { validLifetime: 1000, preferredLifetime: 500 }));
      const { validLifetime = 0, preferredLifetime = 0, ...others } = (await attributesNow(bench, text)) ?? {};
      t.true(validLifetime <= 1000 && validLifetime > 1000 - SLACK_S, `valid ${String(validLifetime)}`);
      t.true(preferredLifetime <= 500 && preferredLifetime > 500 - SLACK_S, `preferred ${String(preferredLifetime)}`);
      t.deepEqual(others, {});
    });
  }

  for (const [text, far] of [
    ['10.0.3.1/32', '10.0.4.1/32'],
    ['10.0.3.1/24', '10.0.4.1/24'],
    ['2001:db8::1/128', '2001:db8::2/128'],
  ] as const) {
    test(`${text} with the peer ${far} comes back with it, and is removed by its own address`, async (t, bench) => {
      await comesBack(t, bench, text, { peer: addressOf(far) });
      t.deepEqual(await verdicts(bench.driver, del(EAST, text)), ['done']);
      t.deepEqual(await addressesNow(bench.driver, EAST), []);
    });
  }
}
