/**
 * The entries of a file by key, with what is wrong about the keys themselves: unknown, repeated, of nobody.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic, Scope } from './diagnostic.js';
import { type Entry, type EnvFile, MAX_INDEX } from './env-file.js';
import { KEYS, type Key, type KeyName, keyNamed, nearestKey } from './keys.js';
import type { ValueCodec } from './values.js';

/** The entries that count, by the name of their key, then by index; null: without one. */
export type Entries = ReadonlyMap<KeyName, ReadonlyMap<number | null, Entry>>;

export class KeyedValues {
  private readonly latest = new Map(KEYS.map(({ name }) => [name, new Map<number | null, Entry>()]));
  private readonly found: Diagnostic[] = [];

  constructor(
    private readonly file: string,
    { entries, unreadable }: EnvFile,
  ) {
    const accepted = 'KEY=value, KEY[n]=value, a # comment or a blank line';
    for (const { line, key, text, reason } of unreadable) {
      this.error('line', { line, key, found: text, accepted, message: `${reason}: ${quoted(text)}; accepted: ${accepted}` });
    }
    for (const entry of entries) this.take(entry);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.found;
  }

  entry(name: KeyName, index: number | null): Entry | undefined {
    return this.latest.get(name)?.get(index);
  }

  get entries(): Entries {
    return this.latest;
  }

  /** Those of one name. */
  entriesOf(name: KeyName): Iterable<Entry> {
    return this.latest.get(name)?.values() ?? [];
  }

  /** Ascending indices under which any of `names` stands. */
  indicesOf(names: readonly KeyName[]): readonly number[] {
    const indices = new Set<number>();
    for (const name of names) for (const index of this.latest.get(name)?.keys() ?? []) if (index !== null) indices.add(index);
    return [...indices].sort((a, b) => a - b);
  }

  /** The value of an entry; a bad one is told as an error of `scope`, in the name of `bearer` where that is another. */
  read<A>(entry: Entry, codec: ValueCodec<A>, scope: Scope, bearer = ''): E.Either<'bad', A> {
    const result = codec.decode(entry.value);
    if (E.isRight(result)) return result;
    const key = entry.key;
    this.error(scope, {
      line: entry.line,
      key,
      found: entry.value,
      accepted: codec.name,
      message: `${bearer}${key} is ${quoted(entry.value)}; accepted: ${codec.name}`,
    });
    return E.left('bad');
  }

  error(scope: Scope, said: Omit<Diagnostic, 'severity' | 'scope' | 'file'>): void {
    this.found.push({ severity: 'error', scope, file: this.file, ...said });
  }

  /** @param said what differs from the entry itself; without an entry all of it */
  warning(scope: Scope, entry: Entry | undefined, message: string, said: Partial<Pick<Diagnostic, 'key' | 'found' | 'accepted'>> = {}): void {
    const of = { line: entry?.line ?? null, key: entry === undefined ? null : entry.key, found: entry?.value ?? null, accepted: null };
    this.found.push({ severity: 'warning', scope, file: this.file, ...of, ...said, message });
  }

  private take(entry: Entry): void {
    const key = keyNamed(entry.name);
    const { index } = entry;
    if (key === undefined || index === 'large' || !fits(key, index)) {
      this.unknown(entry, key);
      return;
    }
    const before = this.entry(key.name, index);
    if (before !== undefined) {
      this.warning('line', entry, `${entry.key} stands on line ${String(before.line)} and again on line ${String(entry.line)}: the last one, ${quoted(entry.value)}, wins; accepted: each key once`, { accepted: 'each key once' });
    }
    this.latest.get(key.name)?.set(index, entry);
  }

  private unknown(entry: Entry, key: Key | undefined): void {
    const written = entry.key;
    if (key !== undefined) {
      const accepted = forms(key);
      this.warning('line', entry, `unknown key ${written} (value ${quoted(entry.value)}); accepted: ${accepted}`, { accepted });
      return;
    }
    const nearest = forms(nearestKey(entry.name));
    this.warning('line', entry, `unknown key ${written} (value ${quoted(entry.value)}); the nearest known key is ${nearest}`, { accepted: nearest });
  }
}

export const quoted = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);

const fits = ({ form }: Key, index: number | null): boolean => form !== (index === null ? 'indexed' : 'global');

function forms({ name, form }: Key): string {
  const indexed = `${name}[n], n = 0..${String(MAX_INDEX)}`;
  return form === 'global' ? name : form === 'indexed' ? indexed : `${name} or ${indexed}`;
}
