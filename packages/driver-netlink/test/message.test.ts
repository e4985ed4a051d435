import test from 'ava';
import fc from 'fast-check';
import { type Message, messagesIn, readVerdict } from '../dist/message.js';
import { MessageWriter } from '../dist/message-writer.js';
import { readAddress, readAddressIndex } from '../dist/address.js';
import { viewOf } from '../dist/view.js';
import { readLink, readLinkFamily, writeLinkQuestion, writeLinkState, writePromotion } from '../dist/link.js';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replace(/\s+/g, ''), 'hex');

const messages = (bytes: Buffer): readonly Message[] => [...messagesIn(viewOf(bytes), bytes.length)];

const verdictsIn = (hex: string): readonly unknown[] => messages(bytesOf(hex)).map(readVerdict);

const written = (write: (writer: MessageWriter) => void): string => {
  const writer = new MessageWriter(512);
  write(writer);
  return writer.bytes.toString('hex', 0, writer.length);
};

/** struct nlmsghdr: length, type, flags, sequence, port. */
const REQUEST = '38000000 1400 0506 09000000 00000000';

// -------------------------------------------------------------------------------------
// reading
// -------------------------------------------------------------------------------------

test('an acknowledgement is read', (t) => {
  t.deepEqual(verdictsIn(`24000000 0200 0001 09000000 11110000 00000000 ${REQUEST}`), [{ errno: 0, words: null }]);
});

test('a refusal without words is read', (t) => {
  t.deepEqual(verdictsIn(`24000000 0200 0001 09000000 11110000 9dffffff ${REQUEST}`), [{ errno: 99, words: null }]);
});

// NLMSGERR_ATTR_MSG "no" and NLMSGERR_ATTR_OFFS.
const WORDS = '0700 0100 6e6f0000 0800 0200 04000000';

test('a refusal with words is read where the request is capped', (t) => {
  t.deepEqual(verdictsIn(`34000000 0200 0003 09000000 11110000 efffffff ${REQUEST} ${WORDS}`), [{ errno: 17, words: 'no' }]);
});

test('a refusal with words is read where the request is repeated in full', (t) => {
  t.deepEqual(verdictsIn(`5c000000 0200 0002 09000000 11110000 efffffff ${REQUEST} ${'ee'.repeat(40)} ${WORDS}`), [{ errno: 17, words: 'no' }]);
});

test('several messages in a datagram are read, each aligned, and one that is cut short is not', (t) => {
  const first = '11000000 0300 0000 01000000 00000000 aa000000';
  const second = '10000000 1000 1000 02000000 00000000';
  const seen = messages(bytesOf(`${first} ${second} 40000000 1000 0000 03000000 00000000`)).map(({ type, flags, sequence, start, end }) => [type, flags, sequence, end - start]);
  t.deepEqual(seen, [
    [3, 0, 1, 1],
    [16, 16, 2, 0],
  ]);
});

test('whatever bytes come, reading ends and throws nothing', (t) => {
  const octets = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' });
  const attribute = fc.tuple(fc.nat(60), octets(40), fc.constantFrom(0, 0, 0, 1, -5, 300)).map(([type, value, lie]) => {
    const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
    bytes.writeUInt16LE(Math.max(0, 4 + value.length + lie));
    bytes.writeUInt16LE(type, 2);
    bytes.set(value, 4);
    return bytes;
  });
  const attributes = fc.tuple(fc.constantFrom(4, 8, 16, 20, 36), octets(36), fc.array(attribute, { maxLength: 8, size: 'max' })).map(([size, head, all]) => {
    const begin = Buffer.alloc(size);
    begin.set(head.subarray(0, size));
    return Buffer.concat([begin, ...all]);
  });
  const header = fc.tuple(fc.constantFrom(2, 3, 16, 17, 20, 21), fc.nat(0xffff), fc.oneof(octets(200), attributes));
  fc.assert(
    fc.property(fc.array(header, { maxLength: 4 }), fc.uint8Array({ maxLength: 20 }), (parts, rest) => {
      const all = parts.map(([type, flags, body]) => {
        const message = Buffer.alloc((16 + body.length + 3) & ~3);
        message.writeUInt32LE(16 + body.length);
        message.writeUInt16LE(type, 4);
        message.writeUInt16LE(flags, 6);
        message.set(body, 16);
        return message;
      });
      const bytes = Buffer.concat([...all, rest]);
      for (const message of messages(bytes)) for (const read of [readVerdict, readLink, readLinkFamily, readAddress, readAddressIndex]) read(message);
    }),
  );
  t.pass();
});

// -------------------------------------------------------------------------------------
// writing
// -------------------------------------------------------------------------------------

const hex = (text: string): string => text.replace(/\s+/g, '');

test('a link is asked for by its name', (t) => {
  t.is(
    written((writer) => writeLinkQuestion(writer, 5, 'east')),
    hex(`34000000 1200 0100 05000000 00000000  00 00 0000 00000000 00000000 00000000  0900 0300 6561737400 000000  0800 1d00 08000000`),
  );
});

test('a link is set up and down by its index', (t) => {
  const head = '20000000 1300 0500 05000000 00000000  00 00 0000 07000000';
  t.is(written((writer) => writeLinkState(writer, 5, 7, true)), hex(`${head} 01000000 01000000`));
  t.is(written((writer) => writeLinkState(writer, 5, 7, false)), hex(`${head} 00000000 01000000`));
});

test('promotion is turned on by three nests', (t) => {
  t.is(
    written((writer) => writePromotion(writer, 5, 7)),
    hex(`34000000 1300 0500 05000000 00000000  00 00 0000 07000000 00000000 00000000  1400 1a80  1000 0280  0c00 0100  0800 1400 01000000`),
  );
});

test('several messages stand one behind the other', (t) => {
  const writer = new MessageWriter(512);
  for (const name of ['a', 'seventeen', 'b']) writeLinkQuestion(writer, 1, name);
  t.is(messages(writer.bytes.subarray(0, writer.length)).length, 3);
});
