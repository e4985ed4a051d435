/** `packaging/sample.env` and the table of docs/configuration.md, made from the parser's own table of keys. */
import { KEYS, type Key, type KeyName, formatKey } from '@fastbypass/core';

export interface Chapter {
  readonly title: string;
  readonly keys: readonly KeyName[];
}

export const CHAPTERS: readonly Chapter[] = [
  {
    title: 'Listeners: one for each DPI',
    keys: [
      'LISTEN_HB_HOST',
      'LISTEN_HB_PORT',
      'LISTEN_HEARTBEAT_IFS',
      'LISTEN_HEARTBEAT_ATTEMPTS',
      'LISTEN_HEARTBEAT_TIMEOUT',
      'LISTEN_HEARTBEAT_RECOVER',
      'LISTEN_HB_SOURCE',
    ],
  },
  { title: 'Bypass cards', keys: ['BYPASS_CARD_HOST', 'BYPASS_CARD_IFS', 'BYPASS_CARD_LEASE'] },
  { title: 'Mode', keys: ['LISTEN_HEARTBEAT_FAILED', 'BYPASS_HOLD_TIME'] },
  { title: 'Interfaces that are shut down', keys: ['LISTEN_CUBRO_IFS', 'LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS'] },
  { title: 'The daemon itself', keys: ['LOG_LEVEL', 'DRIVER'] },
];

/** What is so where the key is not written. The compiler asks for a word on each new key. */
export const WITHOUT: Readonly<Record<KeyName, string>> = {
  LISTEN_HB_HOST: 'needed; it or the port makes listener n',
  LISTEN_HB_PORT: 'needed',
  LISTEN_HEARTBEAT_IFS: 'needed, with or without [n]',
  LISTEN_HEARTBEAT_ATTEMPTS: '1',
  LISTEN_HEARTBEAT_TIMEOUT: '3000',
  LISTEN_HEARTBEAT_RECOVER: '1',
  LISTEN_HEARTBEAT_FAILED: '1',
  LISTEN_HB_SOURCE: 'any sender',
  BYPASS_CARD_HOST: 'needed at least once; it makes card n',
  BYPASS_CARD_IFS: 'needed, with or without [n]',
  BYPASS_CARD_LEASE: '0',
  BYPASS_HOLD_TIME: '0',
  LISTEN_CUBRO_IFS: 'empty',
  LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS: '0',
  LOG_LEVEL: 'INFO',
  DRIVER: 'netlink',
};

/** Lines of `sample.env` beyond each key's own example, so that together they make a configuration that runs. */
const MORE_EXAMPLES: Partial<Record<KeyName, readonly (readonly [index: number, value: string])[]>> = {
  LISTEN_HB_HOST: [[1, '192.168.1.202']],
  LISTEN_HB_PORT: [[1, '3100']],
  BYPASS_CARD_HOST: [[1, '192.168.1.212']],
  LISTEN_CUBRO_IFS: [[1, 'eth3']],
  LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS: [[1, '1']],
};

const HEADER = `# fastbypass_monitor: sample configuration, made from the parser's table of keys.
#
# Copy it to .env in the same folder, take the # away from the lines that begin with #KEY, put your own values in,
# and look at it with: fbypass_ctl check
#
#   KEY=value, KEY[n]=value with n = 0..9999, gaps allowed. An empty value is the same as no line.
#   Comments stand on their own line or after white space. Quotes, "..." or '...', make everything inside literal.
#   Where a key goes with and without [n], the one with [n] counts for that listener or card, the other for the rest.
#   LISTEN_CUBRO_IFS and LISTEN_SHUTDOWN_CUBRO_IFS_WHEN_BYPASS are the exception: with and without [n] are two things.
`;

const WIDTH = 116;

export const keysOf = ({ keys }: Chapter): readonly Key[] => keys.flatMap((name) => KEYS.filter((key) => key.name === name));

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function exampleLines({ name, form, example }: Key): readonly string[] {
  const more = (MORE_EXAMPLES[name] ?? []).map(([index, value]) => `#${formatKey(name, index)}=${value}`);
  if (form === 'indexed') return [`#${formatKey(name, 0)}=${example}`, ...more];
  const indexed = form === 'both' && more.length === 0 ? [`#${formatKey(name, 0)}=${example}`] : more;
  return [`#${name}=${example}`, ...indexed];
}

function sampleOf(key: Key): string {
  const without = WITHOUT[key.name];
  const lines = [key.meaning, `${without.startsWith('needed') ? without.replace('n', 'N') : `Default: ${without}`}.`];
  return [...lines.filter((text) => text !== '').flatMap(wrapped).map((line) => `# ${line}`), ...exampleLines(key), ''].join('\n');
}

export function sampleEnv(): string {
  const chapters = CHAPTERS.map((chapter) => [`# ==== ${chapter.title} ====`, '', ...keysOf(chapter).map(sampleOf)].join('\n'));
  return [HEADER, ...chapters].join('\n');
}

const FORMS: Readonly<Record<Key['form'], (name: KeyName) => string>> = {
  global: (name) => `\`${name}\``,
  indexed: (name) => `\`${name}[n]\``,
  both: (name) => `\`${name}\`, \`[n]\``,
};

/** `|` ends a cell of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

function rowOf(key: Key): string {
  const { meaning } = key;
  return `| ${[FORMS[key.form](key.name), cell(WITHOUT[key.name]), `\`${key.example}\``, cell(meaning)].join(' | ')} |`;
}

export function keyTables(): string {
  return CHAPTERS.map((chapter) =>
    [`### ${chapter.title}`, '', '| key | without it | example | meaning |', '|---|---|---|---|', ...keysOf(chapter).map(rowOf), ''].join('\n'),
  ).join('\n');
}
