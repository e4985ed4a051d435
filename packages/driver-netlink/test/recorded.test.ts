/** Dumps as a kernel has sent them; `recorded/` holds each datagram in base64, with the kernel's version. */
import test from 'ava';
import { readFileSync } from 'node:fs';
import { type InterfaceName, type ObservedInterface, formatInterfaceAddress } from '@fastbypass/core';
import { type SeenAddress, readAddress } from '../dist/address.js';
import { IFLA_IFNAME, NLMSG_DONE, RTM_NEWLINK } from '../dist/constants.js';
import { readLink } from '../dist/link.js';
import { type Message, messagesIn } from '../dist/message.js';
import { MessageWriter } from '../dist/message-writer.js';
import { Notices } from '../dist/notices.js';
import { observedState } from '../dist/observed-state.js';
import { viewOf } from '../dist/view.js';

interface Recording {
  readonly kernel: string;
  readonly links: readonly string[];
  readonly ipv4: readonly string[];
  readonly ipv6: readonly string[];
}

const recording = JSON.parse(readFileSync(new URL('../test/recorded/linux-6.18.json', import.meta.url), 'utf8')) as Recording;

function read<A>(datagrams: readonly string[], decode: (message: Message) => A | null): readonly A[] {
  const found: A[] = [];
  for (const bytes of datagrams.map((text) => Buffer.from(text, 'base64'))) {
    for (const message of messagesIn(viewOf(bytes), bytes.length)) {
      const it = message.type === NLMSG_DONE ? null : decode(message);
      if (it !== null) found.push(it);
    }
  }
  return found;
}

const addresses = (): readonly SeenAddress[] => [...read(recording.ipv4, readAddress), ...read(recording.ipv6, readAddress)];
const shown = (it: ObservedInterface | undefined): readonly string[] =>
  it?.addresses.map((address) => `${formatInterfaceAddress(address)}${address.secondary ? ' secondary' : ''} ${JSON.stringify(address.attributes)}`) ?? [];

const state = observedState(read(recording.links, readLink), addresses(), false);
const named = (name: string): ObservedInterface | undefined => [...state.values()].find((it) => it.name === name);

test('the links of the recording', (t) => {
  t.deepEqual(
    [...state.values()].map(({ name, up, promoteSecondaries, lower }) => [name, up, promoteSecondaries, lower]),
    [
      ['lo', true, false, []],
      ['west', true, false, []],
      ['east', true, false, []],
      ['br', false, false, ['west']],
      ['mac', false, true, ['east']],
      ['vx', false, false, ['east']],
    ],
  );
});

test('the addresses of the recording, with what they carry', (t) => {
  t.deepEqual(shown(named('east')).filter((text) => !text.startsWith('fe80:')), [
    '10.0.1.1/24 {"scope":"link","metric":77}',
    '10.0.0.1/24 {"broadcast":"10.0.0.255"}',
    '10.0.2.1/32 {"peer":{"address":"10.0.3.1","prefix":32}}',
    '10.0.4.1/24 {"validLifetime":5000,"preferredLifetime":4000,"noPrefixRoute":true}',
    '10.0.0.2/24 secondary {"label":"east:two"}',
    '2001:db8::1/64 {}',
    '2001:db8::3/128 {"peer":{"address":"2001:db8::4","prefix":128}}',
    '2001:db8:0:1::1/64 {"metric":99,"noPrefixRoute":true}',
  ]);
  t.deepEqual(shown(named('lo')), ['127.0.0.1/8 {"scope":"host"}', '::1/128 {}']);
});

test('an address of an interface that came after the links is left out', (t) => {
  const links = read(recording.links, readLink).filter(({ name }) => name !== 'east');
  const without = observedState(links, addresses(), true);
  t.deepEqual([...without.keys()].sort(), ['br', 'lo', 'mac', 'vx', 'west']);
  t.true([...without.values()].every(({ promoteSecondaries }) => promoteSecondaries));
  t.deepEqual([...without.values()].find(({ name }) => name === 'mac')?.lower, []);
});

test('a link that is told of as it was has not changed; what is not all of a link counts, and is not kept', (t) => {
  const notices = new Notices(read(recording.links, readLink), () => null);
  const told = (messages: Iterable<Message>): readonly string[] => {
    const changed = new Set<InterfaceName>();
    for (const message of messages) notices.read(message, changed);
    return [...changed];
  };
  const { index, name } = read(recording.links, readLink)[1] ?? { index: NaN, name: '' };
  const whole = read(recording.links, (message) => (readLink(message)?.index === index ? message : null));
  const writer = new MessageWriter(128);
  writer.begin(RTM_NEWLINK, 0, 0);
  for (const word of [0, index, 0, 0]) writer.u32(word);
  const begin = writer.beginAttribute(IFLA_IFNAME);
  writer.text(`${name}\0`);
  writer.endAttribute(begin);
  writer.end();
  const partial = [...messagesIn(viewOf(writer.bytes), writer.length)];
  t.deepEqual([whole.length, told(whole), told(partial), told(whole)], [1, [], [name], []]);
  notices.forget();
  t.deepEqual([told(whole), told(whole)], [[name], []]);
});
