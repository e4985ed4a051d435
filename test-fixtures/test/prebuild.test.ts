/** What the published packages with addons carry. */
import test from 'ava';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMPILERS = ['x86_64-linux-gnu-gcc', 'aarch64-linux-gnu-gcc'];
const missing = COMPILERS.filter((compiler) => spawnSync(compiler, ['--version']).error !== undefined);

for (const [name, addons] of [['driver-netlink', ['netlink']], ['daemon', ['udp-sockets', 'unix-datagram']]] as const) {
  const title = `${name} is packed with its addons for x64 and arm64, and without what makes them`;
  if (missing.length > 0) {
    test.skip(`${title} (needs ${missing.join(', ')})`, () => undefined);
    continue;
  }
  test(title, (t) => {
    const cwd = fileURLToPath(new URL(`../../packages/${name}`, import.meta.url));
    const { status, stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json'], { cwd, encoding: 'utf8' });
    t.is(status, 0, stderr);
    const [{ files }] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }];
    const paths = files.map(({ path }) => path);
    t.deepEqual(paths.filter((path) => path.startsWith('prebuilds/')).toSorted(), ['arm64', 'x64'].flatMap((arch) => addons.map((addon) => `prebuilds/linux-${arch}/${addon}.node`)));
    t.true(addons.every((addon) => paths.includes(`addon/${addon}.c`)));
    t.false(paths.some((path) => /^(tools|test|dist-test)\//.test(path)));
    for (const addon of addons) for (const arch of ['x64', 'arm64']) t.regex(stderr, new RegExp(`prebuilds/linux-${arch}/${addon}.node, glibc 2\\.\\d+ or later`));
  });
}
