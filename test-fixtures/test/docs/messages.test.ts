/** The tables of messages in docs/operations.md: every row is a message of the sources, every message that speaks of trouble has a row. */
import { readFileSync, readdirSync } from 'node:fs';
import test from 'ava';
import ts from 'typescript';

const root = new URL('../../../', import.meta.url);

/** What stands between backquotes in the first column of the tables below "Messages that need action". */
function rows(): readonly string[] {
  const [, tables = ''] = readFileSync(new URL('docs/operations.md', root), 'utf8').split('## Messages that need action\n');
  return tables
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(/^\| (.*?) \| /.exec(line)?.[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, message = '']) => message));
}

interface Sentence {
  readonly where: string;
  /** `…` for what is put in. */
  readonly text: string;
  /** Whether it is said of something that is wrong. */
  readonly isTrouble: boolean;
}

/** Calls that say, or give, what is wrong. */
const TELLERS = ['warning', 'error', 'err', 'refuse', 'nobody', 'missing', 'absent', 'fault', 'give', 'unavailable', 'tell', 'onTrouble', 'onSocketTrouble', 'onWatch'];
/** Functions, methods and constants that do so as a whole. */
const SPEAKERS = ['problems', 'unmet', 'unmetDesires', 'standingProblems', 'whyNot', 'whyNotAdded', 'missingInterface', 'absentAddress', 'messageOf', 'unmetOf', 'reopen', 'warnOfRisks', 'valueOf', 'whatStandsAt', 'readStateFile'];
const PROPERTIES = ['message', 'reason', 'note'];

/** Of no operator: traces of `simulate`, a network in memory. */
const SPARED = [/^packages\/cli\/src\/simulate\//, /^packages\/driver-mock\//];
/** Drivers that were told to end; what is accepted; parts of other messages; the end of a problem. */
const NO_TROUBLE = [
  /^The (?:caller cancelled|(?:netlink|iproute2) driver was closed)/,
  /^(?:accepted: |at least |at most |one listener on |an address |interfaces that |each key once|ATTEMPTS of |…, here or in )/,
  /^(?:listener … \(… port …\)|the address of …|: what … \(…\) names is left out)$/,
  /^no problem any more/,
];

const textOf = (node: ts.StringLiteralLike | ts.TemplateExpression): string =>
  ts.isTemplateExpression(node) ? node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('') : node.text;

const wordsOf = (text: string): number => text.split(/\s+/).filter((word) => /[a-z]{2}/i.test(word)).length;

function nameOf(node: ts.Node): string | null {
  if (ts.isCallExpression(node)) {
    const { expression } = node;
    return ts.isPropertyAccessExpression(expression) ? expression.name.text : ts.isIdentifier(expression) ? expression.text : null;
  }
  return null;
}

function speaksOfTrouble(node: ts.Node): boolean {
  for (let it: ts.Node = node; !ts.isSourceFile(it); it = it.parent) {
    if (TELLERS.includes(nameOf(it) ?? '')) return true;
    if (ts.isPropertyAssignment(it) && PROPERTIES.includes(it.name.getText())) return true;
    if ((ts.isFunctionDeclaration(it) || ts.isMethodDeclaration(it) || ts.isGetAccessor(it) || ts.isVariableDeclaration(it)) && it.name !== undefined) {
      if ([...SPEAKERS, ...PROPERTIES].includes(it.name.getText())) return true;
    }
  }
  return false;
}

function sentencesOf(path: string): readonly Sentence[] {
  const source = ts.createSourceFile(path, readFileSync(new URL(path, root), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Sentence[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ where: `${path}:${String(line)}`, text: textOf(node), isTrouble: speaksOfTrouble(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const SENTENCES = readdirSync(new URL('packages', root), { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[^/]+\/src\/.*\.ts$/.test(path))
  .sort()
  .flatMap((path) => sentencesOf(`packages/${path}`));

/** Whether the fixed parts of `row` stand in `text`, in their order. */
function fits(row: string, text: string): boolean {
  let from = 0;
  for (const part of row.split('…')) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

test('every row is a message of the sources', (t) => {
  t.true(rows().length > 100);
  t.deepEqual(rows().filter((row) => !SENTENCES.some(({ text }) => fits(row, text))), []);
});

test('every message that speaks of trouble has a row', (t) => {
  const troubles = SENTENCES.filter(({ where, text, isTrouble }) => isTrouble && wordsOf(text) >= 3 && !SPARED.some((it) => it.test(where)) && !NO_TROUBLE.some((it) => it.test(text)));
  t.true(troubles.length > 100);
  t.deepEqual(troubles.filter(({ text }) => !rows().some((row) => fits(row, text))).map(({ where, text }) => `${where}: ${text}`), []);
});
