// The package on a real systemd: npm run test:system.
export default {
  files: ['packaging/dist-test/**/*.test.js'],
  timeout: '15m',
  nodeArguments: ['--enable-source-maps'],
  environmentVariables: { FORCE_COLOR: '0' },
  workerThreads: false,
};
