import { isIP } from 'node:net';
import test from 'ava';
import * as E from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import {
  type IpAddress,
  InterfaceAddress,
  IpAddress as IpAddressCodec,
  addressOfBytes,
  bitsOf,
  cidrOf,
  familyOf,
  formatInterfaceAddress,
  inCidr,
  isIpv4Mapped,
  isIpv6LinkLocal,
  isMulticast,
  isUnspecified,
  networkOf,
  numberOf,
  parseInterfaceAddress,
  parseIpAddress,
  parseWithPrefix,
  unmapped,
} from '../dist/address.js';

const address = (text: string): IpAddress => {
  const parsed = parseIpAddress(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
};

// -------------------------------------------------------------------------------------
// arbitraries
// -------------------------------------------------------------------------------------

/** Hextets with many zeros, so that runs to be shortened are frequent. */
const hextets = fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }) }), {
  minLength: 8,
  maxLength: 8,
});

const octets = fc.array(fc.nat({ max: 255 }), { minLength: 4, maxLength: 4 });

const quad = octets.map((it) => it.join('.'));

/** IPv6 in any spelling: groups padded or not, in either case, a run shortened anywhere, the end as a dotted quad. */
const spelling = fc
  .record({ hextets, padded: fc.boolean(), upper: fc.boolean(), dotted: fc.boolean(), from: fc.nat({ max: 7 }) })
  .map(({ hextets: groups, padded, upper, dotted, from }) => {
    const texts = groups.map((group) => (padded ? group.toString(16).padStart(4, '0') : group.toString(16)));
    const [high = 0, low = 0] = groups.slice(6);
    const tail = dotted ? [`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`] : texts.slice(6);
    const all = [...texts.slice(0, 6), ...tail];
    // From `from` on, as many zeros as there are, within the part that is written as hextets.
    const end = dotted ? 6 : 8;
    let to = from;
    while (to < end && groups[to] === 0) to++;
    const text = to > from ? `${all.slice(0, from).join(':')}::${all.slice(to).join(':')}` : all.join(':');
    return upper ? text.toUpperCase() : text;
  });

const anyAddress = fc.oneof(quad, spelling).map(address);

/** Text that is nearly an address. */
const nearly = fc.oneof(
  fc.array(fc.constantFrom(':', '::', '.', '0', '1', 'ff', '255', '256', '01', 'g', '%e0', '/', ' ', '[', '1.2.3.4'), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.tuple(fc.oneof(quad, spelling), fc.nat({ max: 40 }), fc.constantFrom('', '.', ':', '0', 'x')).map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1)),
);

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

test('what is an address, Node agrees upon', (t) => {
  fc.assert(
    fc.property(fc.oneof(nearly, spelling, quad), (text) => {
      // Node takes a zone, which belongs to an interface and not to the address.
      const family = text.includes('%') ? 0 : isIP(text);
      const parsed = parseIpAddress(text);
      return (parsed === null ? 0 : familyOf(parsed)) === family;
    }),
    { numRuns: 5000 },
  );
  t.pass();
});

test('IPv6 has the canonical form of the URL standard, but for mapped addresses', (t) => {
  fc.assert(
    fc.property(spelling, (text) => {
      const canonical = address(text);
      // RFC 5952, section 5, has mapped addresses with a dotted quad, the URL standard has not.
      return isIpv4Mapped(canonical) || `[${canonical}]` === new URL(`http://[${text}]`).hostname;
    }),
    { numRuns: 5000 },
  );
  t.pass();
});

for (const [text, canonical] of [
  ['2001:DB8::1', '2001:db8::1'],
  ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['::0001', '::1'],
  ['1::', '1::'],
  ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ['::FFFF:102:304', '::ffff:1.2.3.4'],
  ['64:ff9b::1.2.3.4', '64:ff9b::102:304'],
  ['::1.2.3.4', '::102:304'],
  ['192.168.1.211', '192.168.1.211'],
  ['0.0.0.0', '0.0.0.0'],
] as const) {
  test(`${text} is ${canonical}`, (t) => {
    t.is(parseIpAddress(text), canonical as IpAddress);
  });
}

for (const text of [
  '', ' ', '1', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.04', '1.2.3.-4', ' 1.2.3.4', '1.2.3.4 ', '1.2.3.4\n', '0x1.2.3.4', '1.2.3.', '.1.2.3',
  ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '::1:2:3:4:5:6:7:8', '12345::', 'g::', '::1%eth0', '[::1]', '1.2.3.4::', '::1.2.3.4:1', '::1.2.3', '::1.2.3.256', ':1', '1:',
  'localhost', '１.2.3.4',
]) {
  test(`${JSON.stringify(text)} is no address`, (t) => {
    t.is(parseIpAddress(text), null);
  });
}

for (const [text, expected] of [
  ['10.0.0.1', { address: '10.0.0.1', prefix: null }],
  ['10.0.0.1/0', { address: '10.0.0.1', prefix: 0 }],
  ['10.0.0.1/032', { address: '10.0.0.1', prefix: 32 }],
  ['::1/128', { address: '::1', prefix: 128 }],
  ['10.0.0.1/33', null],
  ['::1/129', null],
  ['10.0.0.1/', null],
  ['10.0.0.1/-1', null],
  ['10.0.0.1/24/24', null],
  ['10.0.0.1/255.255.255.0', null],
  ['/24', null],
] as const) {
  test(`${text} read with a prefix is ${JSON.stringify(expected)}`, (t) => {
    t.deepEqual(parseWithPrefix(text), expected as ReturnType<typeof parseWithPrefix>);
  });
}

test('without a prefix an interface bears the whole address', (t) => {
  t.is(parseInterfaceAddress('10.0.0.1')?.prefix, 32);
  t.is(parseInterfaceAddress('::1')?.prefix, 128);
  t.is(parseInterfaceAddress('nowhere'), null);
});

// -------------------------------------------------------------------------------------
// codecs
// -------------------------------------------------------------------------------------

test('an address that is encoded is decoded to itself', (t) => {
  fc.assert(
    fc.property(anyAddress, fc.nat({ max: 128 }), (it, bits) => {
      const onInterface = { address: it, prefix: bits % (bitsOf(it) + 1) };
      t.deepEqual(IpAddressCodec.decode(IpAddressCodec.encode(it)), E.right(it));
      t.true(IpAddressCodec.is(it));
      t.deepEqual(InterfaceAddress.decode(InterfaceAddress.encode(onInterface)), E.right(onInterface));
      t.is(formatInterfaceAddress(onInterface), InterfaceAddress.encode(onInterface));
    }),
  );
});

test('codecs refuse what is no text, and no address', (t) => {
  for (const value of [null, undefined, 1, {}, [], 'e0', '1.2.3']) {
    t.true(E.isLeft(IpAddressCodec.decode(value)));
    t.true(E.isLeft(InterfaceAddress.decode(value)));
    t.false(IpAddressCodec.is(value));
  }
  t.false(IpAddressCodec.is('2001:DB8::1'), 'not in its canonical form');
});

// -------------------------------------------------------------------------------------
// questions
// -------------------------------------------------------------------------------------

test('an address is its number', (t) => {
  fc.assert(
    fc.property(octets, hextets, (four, eight) => {
      t.is(numberOf(address(four.join('.'))), BigInt(`0x${four.map((it) => it.toString(16).padStart(2, '0')).join('')}`));
      const hex = eight.map((it) => it.toString(16).padStart(4, '0'));
      t.is(numberOf(address(hex.join(':'))), BigInt(`0x${hex.join('')}`));
    }),
  );
});

test('a network has the first bits of the address, and zeros after them', (t) => {
  fc.assert(
    fc.property(anyAddress, fc.nat({ max: 128 }), (it, bits) => {
      const width = bitsOf(it);
      const prefix = bits % (width + 1);
      const binary = numberOf(it).toString(2).padStart(width, '0');
      t.is(networkOf(it, prefix), BigInt(`0b${binary.slice(0, prefix).padEnd(width, '0')}`));
      const cidr = cidrOf({ address: it, prefix });
      t.deepEqual(cidr, { family: familyOf(it), base: networkOf(it, prefix), prefix });
      t.true(inCidr(cidr, it));
    }),
  );
});

test('a set of addresses has none of the other family, and none of its neighbours', (t) => {
  const cidr = cidrOf({ address: address('10.0.0.77'), prefix: 25 });
  for (const [text, inside] of [['10.0.0.0', true], ['10.0.0.127', true], ['10.0.0.128', false], ['9.255.255.255', false], ['::a00:4d', false]] as const) {
    t.is(inCidr(cidr, address(text)), inside, text);
  }
  t.true(inCidr(cidrOf({ address: address('1.2.3.4'), prefix: 0 }), address('255.255.255.255')));
  t.false(inCidr(cidrOf({ address: address('0.0.0.0'), prefix: 0 }), address('::')));
});

test('kinds of addresses are told apart', (t) => {
  const kinds = (text: string): readonly string[] => {
    const it = address(text);
    const is = { unspecified: isUnspecified(it), mapped: isIpv4Mapped(it), multicast: isMulticast(it), linkLocal: isIpv6LinkLocal(it) };
    return Object.entries(is).flatMap(([kind, yes]) => (yes ? [kind] : []));
  };
  const expected: Readonly<Record<string, readonly string[]>> = {
    '0.0.0.0': ['unspecified'], '::': ['unspecified'], '::ffff:0.0.0.0': ['mapped'], '::ffff:0:1.2.3.4': [],
    '223.255.255.255': [], '224.0.0.0': ['multicast'], '239.255.255.255': ['multicast'], '240.0.0.0': [],
    'feff::1': [], 'ff02::1': ['multicast'], 'fe80::1': ['linkLocal'], 'febf::1': ['linkLocal'], 'fec0::1': [], '169.254.0.1': [],
  };
  for (const [text, found] of Object.entries(expected)) t.deepEqual(kinds(text), found, text);
});

test('a mapped sender is compared as IPv4', (t) => {
  t.is(unmapped(address('::ffff:c0a8:1d3')), address('192.168.1.211'));
  t.is(unmapped(address('::1')), address('::1'));
  t.is(unmapped(address('10.0.0.1')), address('10.0.0.1'));
});

test('the address of bytes is that of its text', (t) => {
  const bytesOf = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (octet) => parseInt(octet, 16));
  for (const [hex, text] of [
    ['7f000001', '127.0.0.1'],
    ['ffffffff', '255.255.255.255'],
    ['0'.repeat(32), '::'],
    [`${'0'.repeat(31)}1`, '::1'],
    ['20010db8000000000000ff0000428329', '2001:db8::ff00:42:8329'],
    ['00000000000000000000ffff0a000001', '::ffff:10.0.0.1'],
  ] as const) {
    t.is(addressOfBytes(bytesOf(hex)), text as IpAddress);
    t.is(addressOfBytes(bytesOf(hex)), parseIpAddress(text));
  }
  for (const size of [0, 3, 5, 15, 17]) t.is(addressOfBytes(new Uint8Array(size)), null);
});
