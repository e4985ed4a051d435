/**
 * The text of a `.env` file, line by line: what is written where, before anything is known about keys.
 *
 * Nothing is interpolated and nothing escaped; a quoted value is literal up to the next same quote.
 */

/** The last thing said about one key: `NAME` or `NAME[index]`. Values are never empty. */
export interface Entry {
  /** 1-based. */
  readonly line: number;
  /** As written, without white space: `NAME` or `NAME[12]`. */
  readonly key: string;
  readonly name: string;
  readonly index: Index;
  readonly value: string;
}

/** Null: no brackets; `large`: brackets with a number above {@link MAX_INDEX}. */
export type Index = number | null | 'large';

export interface UnreadableLine {
  readonly line: number;
  /** As far as it can be read. */
  readonly key: string | null;
  readonly text: string;
  readonly reason: string;
}

export interface EnvFile {
  /** In the order of their lines. Empty values are left out: they are the same as no line. */
  readonly entries: readonly Entry[];
  readonly unreadable: readonly UnreadableLine[];
}

export const MAX_INDEX = 9999;

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*(?:\[\s*0*(\d+)\s*\]\s*)?=\s*/;
const ONLY_COMMENT = /^\s*(?:#.*)?$/s;
const COMMENT_AFTER_SPACE = /\s#.*$/s;

function indexOf(digits: string | undefined): Index {
  if (digits === undefined) return null;
  const index = Number(digits);
  return index <= MAX_INDEX ? index : 'large';
}

/** The value of what stands after `head`, or the reason why it cannot be read. */
function valueOf(rest: string, head: string): string | { readonly reason: string } {
  const quote = rest[0];
  if (quote === '"' || quote === "'") {
    const end = rest.indexOf(quote, 1);
    if (end < 0) return { reason: `the quote ${quote} is not closed` };
    if (!ONLY_COMMENT.test(rest.slice(end + 1))) return { reason: `something follows the closing quote ${quote}` };
    return rest.slice(1, end);
  }
  // `K= #a` is empty, `K=#a` a value: only a `#` after white space begins a comment.
  if (quote === '#' && /\s$/.test(head)) return '';
  return rest.replace(COMMENT_AFTER_SPACE, '').trimEnd();
}

export function readEnvFile(text: string): EnvFile {
  const entries: Entry[] = [];
  const unreadable: UnreadableLine[] = [];
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    const content = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const assignment = ASSIGNMENT.exec(content);
    if (assignment === null) {
      if (!ONLY_COMMENT.test(content)) unreadable.push({ line, key: null, text: content, reason: 'this is no KEY=value' });
      continue;
    }
    const [head, name = '', digits] = assignment;
    const key = digits === undefined ? name : `${name}[${digits}]`;
    const value = valueOf(content.slice(head.length), head);
    if (typeof value !== 'string') unreadable.push({ line, key, text: content, reason: value.reason });
    else if (value !== '') entries.push({ line, key, name, index: indexOf(digits), value });
  }
  return { entries, unreadable };
}
