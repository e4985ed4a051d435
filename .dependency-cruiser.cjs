// Who may import whom. Each rule has a tree of its own name under test-fixtures/import-rules, which proves that it fires.
// Paths are not anchored at their beginning, so that the same rules judge those trees; an import of another workspace
// by its name resolves to that workspace's dist/index.js.

const inPackage = (name) => `(?:^|/)packages/${name}/`;
const inSource = (name) => `(?:^|/)packages/${name}/src/`;
const npm = (name) => `(?:^|/)node_modules/(?:${name})/`;
// A workspace that is not built yet does not resolve and stands under its bare name.
const workspace = (name) => [inPackage(name), `^@fastbypass/${name}`];

const coreLibraries = 'fp-ts|io-ts|ts-pattern';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-stands-alone',
      comment: 'The core is pure: it imports fp-ts, io-ts, ts-pattern and itself; no Node builtin, no other package.',
      severity: 'error',
      from: { path: inSource('core') },
      to: { pathNot: [inSource('core'), npm(coreLibraries)] },
    },
    {
      name: 'driver-knows-core-alone',
      comment: 'A driver adapts the port that the core defines; it knows no other driver, no daemon, no command line.',
      severity: 'error',
      from: { path: '(?:^|/)packages/(driver-[^/]+)/src/' },
      to: {
        path: [inPackage('[^/]+'), '^@fastbypass/'],
        pathNot: [inPackage('core'), '^@fastbypass/core$', '(?:^|/)packages/$1/'],
      },
    },
    {
      name: 'daemon-looks-down',
      comment: 'The daemon stands on the core and the drivers; it does not know the command line.',
      severity: 'error',
      from: { path: inSource('daemon') },
      to: { path: workspace('cli') },
    },
    {
      name: 'drivers-from-the-registry',
      comment: 'Which drivers there are is known to packages/daemon/src/drivers.ts alone.',
      severity: 'error',
      from: { path: inSource('daemon'), pathNot: '(?:^|/)packages/daemon/src/drivers\\.ts$' },
      to: { path: workspace('driver-[^/]+') },
    },
    {
      name: 'cli-takes-drivers-from-the-daemon',
      comment: 'The command line takes drivers from the registry of the daemon; the mock alone is its own, for simulate.',
      severity: 'error',
      from: { path: inSource('cli') },
      to: { path: workspace('driver-(?!mock(?:/|$))[^/]+') },
    },
    {
      name: 'by-the-front-door',
      comment: 'Another package is imported by its name, which leads to its index; never by a path into its files.',
      severity: 'error',
      from: { path: '(?:^|/)packages/([^/]+)/src/' },
      to: {
        path: inPackage('[^/]+'),
        pathNot: ['(?:^|/)packages/$1/', '(?:^|/)packages/[^/]+/dist/index\\.(?:js|d\\.ts)$'],
      },
    },
    {
      name: 'source-without-tests',
      comment: 'What is shipped imports no test, no fixture and no test tool.',
      severity: 'error',
      from: { path: inSource('[^/]+') },
      to: {
        path: ['(?:^|/)packages/[^/]+/(?:test|dist-test)/', '(?:^|/)test-fixtures/', '^@fastbypass/test-fixtures', npm('ava|fast-check')],
      },
    },
    {
      name: 'winston-behind-the-logger',
      comment: 'packages/daemon/src/logger.ts is the one file that knows the logging library.',
      severity: 'error',
      from: { pathNot: '(?:^|/)packages/daemon/src/logger\\.ts$' },
      to: { path: npm('winston[^/]*') },
    },
    {
      name: 'fp-ts-by-module',
      comment: 'fp-ts/lib/Either.js and its like: the barrel loads over a hundred modules, fp-ts/es6 does not load in Node (nor fp-ts/Either, which resolves to the right file and is left to eslint).',
      severity: 'error',
      from: { pathNot: '(?:^|/)node_modules/' },
      to: { path: [npm('fp-ts'), '^fp-ts(?:/|$)'], pathNot: '(?:^|/)node_modules/fp-ts/lib/(?!index\\.)[A-Za-z]+\\.(?:js|d\\.ts)$' },
    },
    {
      name: 'io-ts-by-its-root',
      comment: 'io-ts itself: its other modules are experimental or report errors in words of their own.',
      severity: 'error',
      from: { pathNot: '(?:^|/)node_modules/' },
      to: { path: [npm('io-ts'), '^io-ts(?:/|$)'], pathNot: '(?:^|/)node_modules/io-ts/lib/index\\.(?:js|d\\.ts)$' },
    },
    {
      name: 'no-cycle',
      comment: 'Modules that import each other cannot be read, tested or replaced one by one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-dead-source',
      comment: 'What neither the index nor the main of its package reaches is dead.',
      severity: 'error',
      from: { path: '(?:^|/)packages/([^/]+)/src/(?:index|main)\\.ts$' },
      to: { path: '(?:^|/)packages/$1/src/', pathNot: '(?:^|/)src/(?:index|main)\\.ts$', reachable: false },
    },
    {
      name: 'declared-dependency',
      comment: 'A package names what it imports in its own package.json, and not among its devDependencies.',
      severity: 'error',
      from: { path: inSource('[^/]+') },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev', 'undetermined'], pathNot: ['(?:^|/)packages/', '(?:^|/)test-fixtures/'] },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere is judged by no other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '(?:^|/)dist(?:-test)?/'] },
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      mainFields: ['main'],
    },
  },
};
