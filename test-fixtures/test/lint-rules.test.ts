import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ESLint } from 'eslint';

const root = fileURLToPath(new URL('../../', import.meta.url));
const eslint = new ESLint({ cwd: root });

/** The rules that report `text`, standing in place of a file of the project. */
const reporting = async (file: string, text: string): Promise<readonly (string | null)[]> => {
  const results = await eslint.lintText(text, { filePath: `${root}${file}` });
  return results.flatMap((result) => result.messages.map((message) => message.ruleId));
};

const inCore = 'packages/core/src/index.ts';
const inDaemon = 'packages/daemon/src/index.ts';

for (const specifier of ['fp-ts', 'fp-ts/Either', 'fp-ts/lib/Either', 'fp-ts/es6/Either.js', 'io-ts/lib/Decoder.js']) {
  test.serial(`an import of ${specifier} is refused`, async (t) => {
    t.deepEqual(await reporting(inDaemon, `import '${specifier}';\n`), ['no-restricted-imports']);
  });
}

test.serial('imports of one fp-ts module and of io-ts pass', async (t) => {
  t.deepEqual(await reporting(inDaemon, "import 'fp-ts/lib/Either.js';\nimport 'io-ts';\n"), []);
});

const refusedInCore: readonly (readonly [string, string, string])[] = [
  ['the clock', 'export const now = (): number => Date.now();\n', 'no-restricted-globals'],
  ['chance', 'export const roll = (): number => Math.random();\n', 'no-restricted-properties'],
  ['an exception', "export const f = (): never => {\n  throw new Error('no');\n};\n", 'no-restricted-syntax'],
];

for (const [name, text, rule] of refusedInCore) {
  test.serial(`${name} is refused in the core, and there alone`, async (t) => {
    t.deepEqual(await reporting(inCore, text), [rule]);
    t.deepEqual(await reporting(inDaemon, text), []);
  });
}

test.serial('any is refused, and so is a comment that silences a rule', async (t) => {
  t.true((await reporting(inDaemon, 'export const f = (a: any): unknown => a;\n')).includes('@typescript-eslint/no-explicit-any'));
  const silenced = await reporting(inDaemon, '// eslint-disable-next-line\nexport const f = (a: any): unknown => a;\n');
  t.true(silenced.includes('@typescript-eslint/no-explicit-any'));
});
