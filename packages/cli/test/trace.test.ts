import test from 'ava';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { type Trace, readTrace } from '../dist/simulate/trace.js';

const END = '{"at":9,"end":true}';

const read = (...lines: readonly string[]): E.Either<string, Trace> => readTrace(lines.join('\n'));

const external = (operation: object): string => JSON.stringify({ at: 1, external: operation });

test('a trace with each kind of line', (t) => {
  const trace = read(
    '{"world":{"interfaces":[{"name":"eth0","up":false,"addresses":["192.168.1.5/24","fd00:0::1"],"promoteSecondaries":true},{"name":"e1"}]}}',
    '{"at":0,"unlaunchable":1}',
    '{"at":1,"heartbeat":0}',
    '{"at":1,"heartbeat":0,"source":"10.0.0.9"}',
    '{"at":2,"reload":"A=1\\n"}',
    '{"at":3,"external":{"op":"address-del","interface":"eth0","address":"192.168.1.5"}}',
    '{"at":3,"external":{"op":"promote-secondaries","interface":"eth0"}}',
    END,
  );
  t.like(trace, {
    _tag: 'Right',
    right: {
      end: 9,
      world: {
        0: { name: 'eth0', up: false, promoteSecondaries: true, addresses: [{ address: '192.168.1.5', prefix: 24 }, { address: 'fd00::1', prefix: 128 }] },
        1: { name: 'e1' },
      },
      lines: [
        { at: 0, unlaunchable: 1 },
        { at: 1, heartbeat: 0 },
        { at: 1, heartbeat: 0, source: '10.0.0.9' },
        { at: 2, reload: 'A=1\n' },
        { at: 3, external: { op: 'address-del', interface: 'eth0', address: { address: '192.168.1.5', prefix: 32 } } },
        { at: 3, external: { op: 'promote-secondaries', interface: 'eth0' } },
      ],
    },
  });
});

test('CRLF, a BOM and blank lines are no matter', (t) => {
  t.like(read('\uFEFF{"at":1,"heartbeat":0}\r', '', '  \r', `${END}\r`, ''), { _tag: 'Right', right: { world: null, end: 9, lines: { length: 1 } } });
});

test('what stands beside what is known has no effect, and an impossible interface is one that is not there', (t) => {
  const added = { op: 'address-add', interface: 'a/b', address: '10.0.0.1/24', attributes: null };
  const trace = read(external(added), END);
  const [line] = E.isRight(trace) ? trace.right.lines : [];
  t.deepEqual<unknown, unknown>(line, { at: 1, external: { op: 'address-add', interface: 'a/b', address: { address: '10.0.0.1', prefix: 24 } } });
});

test('however deep a line goes, it is an error like others', (t) => {
  const trace = read(`{"at":${'['.repeat(20_000)}${']'.repeat(20_000)},"heartbeat":0}`, END);
  t.regex(E.isLeft(trace) ? trace.left : '', /line 1: "at" is a list; accepted: a whole number/);
});

/** What stands on line 2, after a good line and before a good end, and what the error says about it. */
const UNREADABLE: Readonly<Record<string, readonly [line: string, says: RegExp]>> = {
  'no JSON': ['{"at":1', /no JSON object/],
  'no object': ['[1]', /no JSON object/],
  'null': ['null', /no JSON object/],
  'no known event': ['{"at":1,"beat":0}', /no known event.*"heartbeat"/],
  'two events': ['{"at":1,"heartbeat":0,"unlaunchable":0}', /at once/],
  'no instant': ['{"heartbeat":0}', /"at" is missing/],
  'a negative instant': ['{"at":-1,"heartbeat":0}', /"at" is -1/],
  'a fraction of a ms': ['{"at":1.5,"heartbeat":0}', /"at" is 1.5; accepted: a whole number/],
  'an instant as text': ['{"at":"1","heartbeat":0}', /"at" is "1"/],
  'an index as text': ['{"at":1,"heartbeat":"0"}', /"heartbeat" is "0"/],
  'a bad source': ['{"at":1,"heartbeat":0,"source":"dpi7"}', /"source" is "dpi7"; accepted: an IPv4 or IPv6 address/],
  'a reload without text': ['{"at":1,"reload":true}', /"reload" is true/],
  'an external without operation': [external({ interface: 'eth0' }), /external/],
  'an unknown operation': [external({ op: 'link-flap', interface: 'eth0' }), /external/],
  'an operation without address': [external({ op: 'address-add', interface: 'eth0' }), /external/],
  'an operation with a bad address': [external({ op: 'address-add', interface: 'eth0', address: '1.2.3.4/33' }), /external/],
  'an operation without interface': [external({ op: 'link-up' }), /external/],
  'unlaunchable without index': ['{"at":1,"unlaunchable":-1}', /"unlaunchable" is -1/],
  'an end that is none': ['{"at":1,"end":false}', /"end" is false/],
  'the world on another line': ['{"world":{"interfaces":[]}}', /first line/],
  'time that goes back': ['{"at":0,"heartbeat":0}', /"at" goes back from 1 to 0/],
};

for (const [what, [line, says]] of Object.entries(UNREADABLE)) {
  test(`unreadable, and the line is named: ${what}`, (t) => {
    const trace = read('{"at":1,"heartbeat":0}', line, END);
    const error = E.isLeft(trace) ? trace.left : 'it was read';
    t.regex(error, /\bline 2\b/);
    t.regex(error, says);
  });
}

const WORLDS: Readonly<Record<string, readonly [world: string, says: RegExp]>> = {
  'no interfaces': ['{"world":{}}', /world/],
  'a bad name': ['{"world":{"interfaces":[{"name":"a b"}]}}', /name/],
  'a bad address': ['{"world":{"interfaces":[{"name":"e0","addresses":["10.0.0.300/24"]}]}}', /10\.0\.0\.300/],
  'up as a word': ['{"world":{"interfaces":[{"name":"e0","up":"yes"}]}}', /up/],
  'an interface twice': ['{"world":{"interfaces":[{"name":"e0"},{"name":"e0"}]}}', /e0/],
  'beside an event': ['{"at":0,"world":{"interfaces":[]}}', /alone/],
};

for (const [what, [world, says]] of Object.entries(WORLDS)) {
  test(`an unreadable world: ${what}`, (t) => {
    const trace = read(world, END);
    const error = E.isLeft(trace) ? trace.left : 'it was read';
    t.regex(error, /\bline 1\b/);
    t.regex(error, says);
  });
}

test('nothing may follow the end, and there must be one', (t) => {
  t.like(read(END, '{"at":9,"heartbeat":0}'), { _tag: 'Left', left: 'trace line 2: nothing may follow the line with "end"' });
  for (const trace of [read(''), read('{"at":1,"heartbeat":0}')]) t.regex(E.isLeft(trace) ? trace.left : '', /without a last line/);
});

test('whatever the text, it is read or refused in a sentence', (t) => {
  const fragment = fc.constantFrom('{', '}', '"at":1', ',', '"heartbeat":0', '"world":', '[', ']', END, '\n', '"end":true', '"interfaces":[]', '"external":{}', '1e400');
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fragment).map((parts) => parts.join('')), fc.json());
  fc.assert(
    fc.property(text, (it) => {
      const trace = readTrace(it);
      return E.isLeft(trace) ? trace.left.length > 10 : Number.isSafeInteger(trace.right.end);
    }),
  );
  t.pass();
});
