import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { cruise, type ICruiseResult, type IConfiguration } from 'dependency-cruiser';

const root = fileURLToPath(new URL('../../', import.meta.url));
const trees = join(root, 'test-fixtures/import-rules');
const rules = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as Required<IConfiguration>;
const names = rules.forbidden.map((rule) => String(rule.name));

const cruised = async (baseDir: string, globs: string[]): Promise<ICruiseResult> => {
  const { output } = await cruise(globs, { ...rules.options, baseDir, ruleSet: { forbidden: rules.forbidden }, validate: true });
  if (typeof output === 'string') throw new Error(output);
  return output;
};

/** `rule: file`, once for each file that a rule reports. */
const reported = (result: ICruiseResult): string[] =>
  [...new Set(result.summary.violations.map((violation) => `${violation.rule.name}: ${violation.from}`))].sort();

for (const name of names) {
  test.serial(`${name} reports the files that break it, and no other rule fires`, async (t) => {
    const tree = join(trees, name);
    const expected = readdirSync(tree, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?:^|\/)violates-[^/]*\.ts$/.test(file))
      .map((file) => `${name}: ${file}`)
      .sort();
    t.not(expected.length, 0);
    t.deepEqual(reported(await cruised(tree, ['packages'])), expected);
  });
}

test.serial('every tree belongs to a rule', (t) => {
  const folders = readdirSync(trees, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  t.deepEqual(folders.map((entry) => entry.name).sort(), [...names].sort());
});

// dependency-cruiser says "no violations" of a tree of which it has read nothing.
test.serial('the real tree is read, to the last source', async (t) => {
  const result = await cruised(root, ['packages/*/src', 'packages/*/test', 'test-fixtures/src', 'test-fixtures/test']);
  const read = new Set(result.modules.map((module) => module.source));
  const sources = readdirSync(join(root, 'packages'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[^/]+\/(?:src|test)\/.*\.ts$/.test(file))
    .map((file) => `packages/${file}`);
  t.true(sources.length > 6);
  t.deepEqual(
    sources.filter((source) => !read.has(source)),
    [],
  );
  t.true(read.has('node_modules/fp-ts/lib/Either.js'));
});
