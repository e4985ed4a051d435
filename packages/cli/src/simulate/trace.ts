/** A trace: what happens to the daemon, line by line, in virtual time. NDJSON. */
import { InterfaceAddress, InterfaceName, IpAddress, type Operation } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** An interface of the world at the start; addresses are added in the order given. */
const WorldInterface = t.exact(
  t.intersection([
    t.type({ name: InterfaceName }),
    t.partial({ up: t.boolean, addresses: t.array(InterfaceAddress), promoteSecondaries: t.boolean }),
  ]),
);
export type WorldInterface = t.TypeOf<typeof WorldInterface>;

const WorldLine = t.type({ world: t.type({ interfaces: t.array(WorldInterface) }) });

const wholeNumber = new t.Type<number>(
  'a whole number',
  (value): value is number => Number.isSafeInteger(value),
  (value, context) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? t.success(value) : t.failure(value, context)),
  t.identity,
);

/** Any name: the kernel knows no interface of an impossible one, and refuses. */
const AnyInterface = t.string as unknown as typeof InterfaceName;

// Strict: what else stands there must not reach the network as attributes.
const ExternalOperation: t.Type<Operation, unknown> = t.union([
  t.strict({ op: t.literal('address-add'), interface: AnyInterface, address: InterfaceAddress }),
  t.strict({ op: t.literal('address-del'), interface: AnyInterface, address: InterfaceAddress }),
  t.strict({ op: t.literal('link-up'), interface: AnyInterface }),
  t.strict({ op: t.literal('link-down'), interface: AnyInterface }),
  t.strict({ op: t.literal('promote-secondaries'), interface: AnyInterface }),
]);

const KINDS = {
  heartbeat: t.intersection([t.type({ at: wholeNumber, heartbeat: wholeNumber }), t.partial({ source: IpAddress })]),
  reload: t.type({ at: wholeNumber, reload: t.string }),
  external: t.type({ at: wholeNumber, external: ExternalOperation }),
  unlaunchable: t.type({ at: wholeNumber, unlaunchable: wholeNumber }),
  end: t.type({ at: wholeNumber, end: t.literal(true) }),
} as const;
type Kind = keyof typeof KINDS;

/** `at`: whole ms since the daemon's start. `heartbeat`, `unlaunchable`: index of a listener. */
export type TraceLine = { readonly [K in Exclude<Kind, 'end'>]: t.TypeOf<(typeof KINDS)[K]> }[Exclude<Kind, 'end'>];

export interface Trace {
  /** Null: every interface that the configuration names exists, is up and bears no address. */
  readonly world: readonly WorldInterface[] | null;
  readonly lines: readonly TraceLine[];
  /** The last instant; it is complete. */
  readonly end: number;
}

/** A sentence that names the line, 1-based. */
export type TraceError = string;

const FORMS = 'accepted: {"at":MS} with one of "heartbeat", "reload", "external", "unlaunchable" or "end", or "world" on the first line';

export function readTrace(text: string): E.Either<TraceError, Trace> {
  let world: Trace['world'] = null;
  let end: number | null = null;
  let last = 0;
  let first = true;
  const lines: TraceLine[] = [];
  const contents = text.replace(/^\uFEFF/, '').trimEnd().split('\n');
  for (const [position, content] of contents.entries()) {
    if (content.trim() === '') continue;
    const wrong = (why: string): E.Either<TraceError, Trace> => E.left(`trace line ${String(position + 1)}: ${why}`);
    if (end !== null) return wrong('nothing may follow the line with "end"');
    const value = parseJson(content);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(`this is no JSON object; ${FORMS}`);
    if ('world' in value) {
      const read = WorldLine.decode(value);
      if (!first || 'at' in value) return wrong('"world" stands on the first line, alone');
      if (E.isLeft(read)) return wrong(explain(read.left));
      world = read.right.world.interfaces;
      const twice = repeated(world.map(({ name }) => name));
      if (twice !== undefined) return wrong(`interface ${twice} stands twice in the world`);
    } else {
      const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => kind in value);
      const [kind] = kinds;
      if (kind === undefined || kinds.length > 1) return wrong(`this is ${kind === undefined ? 'no known event' : `${kinds.join(' and ')} at once`}; ${FORMS}`);
      const read = KINDS[kind].decode(value);
      if (E.isLeft(read)) return wrong(explain(read.left));
      const line = read.right;
      if (line.at < last) return wrong(`"at" goes back from ${String(last)} to ${String(line.at)}`);
      last = line.at;
      if ('end' in line) end = line.at;
      else lines.push(line);
    }
    first = false;
  }
  return end === null ? E.left(`trace line ${String(contents.length)}: the trace ends here without a last line {"at":MS,"end":true}`) : E.right({ world, lines, end });
}

function repeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return names.find((name) => seen.has(name) || !seen.add(name));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The deepest place that does not fit, in one sentence. */
function explain(errors: t.Errors): string {
  const [deepest] = [...errors].sort((a, b) => b.context.length - a.context.length);
  if (deepest === undefined) return FORMS;
  const path = deepest.context.map(({ key }) => key).filter((key) => key !== '' && !/^\d+$/.test(key));
  const accepted = deepest.context.at(-1)?.type.name ?? '';
  return `"${path.join('.')}" is ${shown(deepest.value)}; accepted: ${accepted}`;
}

/** A value in an error: what is not plain is named by its kind. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'an object') : JSON.stringify(value);
}
