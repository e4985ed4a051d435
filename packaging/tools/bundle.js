// One JavaScript file for each program, with all that it imports, and the licences of what is in them.
import { build } from 'esbuild';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Of prom-client, what nothing here uses: it would load TLS, cryptography and processes of workers, 4 MB in all. Whoever begins
 * to use it is told by a program that does not start.
 */
const UNUSED = {
  name: 'unused',
  setup(it) {
    it.onResolve({ filter: /^\.\/lib\/(pushgateway|cluster|defaultMetrics)$/ }, ({ path, importer }) => (/\/prom-client\/index\.js$/.test(importer) ? { path, namespace: 'unused' } : undefined));
    it.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: '' }));
  },
};

/**
 * CommonJS: an ES module that imports `node:http` makes Node 24 load all of its HTTP client as well, for a name that it exports; 14 MB and 30 ms.
 *
 * @param root of the repository
 * @param programs entry points by the name of the program
 * @param folder that the files are written to
 * @returns licences of the npm packages that are in them, one text
 */
export async function bundle(root, programs, folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // Of a CommonJS module each file that imports it gets a copy of all its names: 3 MB and 10 ms with these two.
    alias: { 'fp-ts/lib': 'fp-ts/es6', 'io-ts': 'io-ts/es6' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': 'moduleUrl', 'process.env.NODE_ENV': '"production"' },
    plugins: [UNUSED],
    // Names stay, for a stack that somebody sends us. A comment with a letter beyond ASCII doubles what the text takes in memory.
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const packages = new Set(Object.keys(metafile.inputs).map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]));
  packages.delete(undefined);
  return [...packages].sort().map((path) => licence(join(root, path))).join(`\n${'-'.repeat(80)}\n\n`);
}

function licence(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  const text = file === undefined ? `(The package names its licence, and brings no text of it: ${license})` : readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${version}, ${license}\n\n${text}\n`;
}
