import test from 'ava';
import fc from 'fast-check';
import { type AddressAttributes, type InterfaceAddress, type IpAddress, bitsOf, familyOf, parseIpAddress } from '@fastbypass/core';
import { words } from '@fastbypass/test-fixtures';
import { readAddress, writeAddition, writeRemoval } from '../dist/address.js';
import { messagesIn } from '../dist/message.js';
import { MessageWriter } from '../dist/message-writer.js';
import { viewOf } from '../dist/view.js';

const { addressOf, hostOf } = words;

const written = (write: (writer: MessageWriter) => void): Buffer => {
  const writer = new MessageWriter(512);
  write(writer);
  return writer.bytes.subarray(0, writer.length);
};

const addition = (text: string, attributes: AddressAttributes = {}, replace = false): string =>
  written((writer) => writeAddition(writer, 5, 7, addressOf(text), attributes, replace)).toString('hex');

const hex = (text: string): string => text.replace(/\s+/g, '');

test('a bare IPv4 address is added', (t) => {
  t.is(addition('10.0.0.1/24'), hex('30000000 1400 0506 05000000 00000000  02 18 00 00 07000000  0800 0200 0a000001  0800 0100 0a000001  0800 0800 00000000'));
});

test('an IPv6 address is added without DAD', (t) => {
  const address = '20010db8 00000000 00000000 00000001';
  t.is(addition('2001:db8::1/64'), hex(`48000000 1400 0506 05000000 00000000  0a 40 00 00 07000000  1400 0200 ${address}  1400 0100 ${address}  0800 0800 02000000`));
});

test('a lifetime replaces, rounded up to whole seconds, and is preferred to the end', (t) => {
  t.true(addition('10.0.0.1/24', { validLifetime: 29.2 }, true).includes(hex('1400 0600 1e000000 1e000000 00000000 00000000')));
  t.true(addition('10.0.0.1/24', {}, true).startsWith(hex('30000000 1400 0505')));
  t.true(addition('10.0.0.1/24', { validLifetime: Infinity }).includes(hex('1400 0600 ffffffff ffffffff')));
  t.true(addition('10.0.0.1/24', { validLifetime: 0.2, preferredLifetime: 9 }).includes(hex('1400 0600 01000000 01000000')));
  t.true(addition('10.0.0.1/24', { preferredLifetime: 0 }).includes(hex('1400 0600 00000000 ffffffff')));
});

test('a removal names the address twice: without IFA_ADDRESS the kernel would not look at the prefix', (t) => {
  const removal = (peer?: IpAddress): string => written((writer) => writeRemoval(writer, 5, 7, addressOf('10.0.0.1/32'), peer)).toString('hex');
  t.is(removal(), hex('28000000 1500 0500 05000000 00000000  02 20 00 00 07000000  0800 0200 0a000001  0800 0100 0a000001'));
  t.is(removal(hostOf('10.0.0.2')), hex('28000000 1500 0d00 05000000 00000000  02 20 00 00 07000000  0800 0200 0a000001  0800 0100 0a000002'));
});

// -------------------------------------------------------------------------------------
// an addition has the form of a notice
// -------------------------------------------------------------------------------------

const host = fc.oneof(fc.ipV4(), fc.ipV6()).map(parseIpAddress).filter((it) => it !== null);
const four = fc.ipV4().map(hostOf);
const lifetime = fc.integer({ min: 1, max: 0xffff_fffe });

const interfaceAddress: fc.Arbitrary<InterfaceAddress> = host.chain((address) => fc.integer({ min: 0, max: bitsOf(address) }).map((prefix) => ({ address, prefix })));

/** What IPv6 has not is left out, and no peer that is the address itself. */
const addressWithAttributes = interfaceAddress.chain((added) =>
  fc
    .record(
      {
        metric: fc.integer({ min: 1, max: 0xffff_ffff }),
        noPrefixRoute: fc.constant(true),
        peer: host.filter((it) => it !== added.address && familyOf(it) === familyOf(added.address)).map((address) => ({ address, prefix: added.prefix })),
        lifetimes: fc.tuple(lifetime, lifetime).map(([a, b]) => ({ validLifetime: Math.max(a, b), preferredLifetime: Math.min(a, b) })),
        ...(familyOf(added.address) === 4 && {
          scope: fc.constantFrom('site', 'link', 'host', 'nowhere', '42'),
          broadcast: four,
          label: fc.constantFrom('east:1', 'other', 'ü'),
        }),
      },
      { requiredKeys: [] },
    )
    .map(({ lifetimes, ...attributes }): readonly [InterfaceAddress, AddressAttributes] => [added, { ...attributes, ...lifetimes }]),
);

test('what is written is what is read', (t) => {
  fc.assert(
    fc.property(addressWithAttributes, fc.integer({ min: 1, max: 0x7fff_ffff }), fc.boolean(), ([added, attributes], index, replace) => {
      const bytes = written((writer) => writeAddition(writer, 1, index, added, attributes, replace));
      const [message] = messagesIn(viewOf(bytes), bytes.length);
      const seen = message && readAddress(message);
      const { label, ...others } = attributes;
      t.deepEqual(seen, { index, label, address: { ...added, secondary: false, attributes: others } });
    }),
  );
});
