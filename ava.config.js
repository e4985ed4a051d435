export default {
  files: ['packages/*/dist-test/**/*.test.js', 'test-fixtures/dist-test/**/*.test.js', 'bench/dist-test/**/*.test.js'],
  concurrency: 2,
  timeout: '2m',
  nodeArguments: ['--enable-source-maps'],
  environmentVariables: { FORCE_COLOR: '0' },
  workerThreads: false,
};
