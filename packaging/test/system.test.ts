// The package on a real systemd, from dpkg -i to purge. The tests of a suite are one story: each goes on where the last one ended.
// SUITES=bullseye,bookworm,trixie names other Debians than bookworm.
import test, { type ExecutionContext, type Implementation } from 'ava';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lifeScenes } from './scenes/life.js';
import { operatorScenes } from './scenes/operator.js';
import { command, succeed } from './support/command.js';
import { buildPackage } from './support/package.js';
import { type Story, beginStory } from './support/story.js';
import { whyNoSystem } from './support/why-not.js';

const why = await whyNoSystem();

/** Where the machine cannot, it is skipped by its name and the reason. */
function systemTest(title: string, body: Implementation<[]>): void {
  if (why === null) test.serial(title, body);
  else test.serial.skip(`${title} (${why})`, body);
}

let deb = '';

systemTest('the package is built, under both its names', async (t) => {
  deb = await buildPackage();
  t.regex(deb, /\/fastbypass-monitor_\d+\.\d+\.\d+_amd64\.deb$/);
  t.true(readFileSync(deb).equals(readFileSync(deb.replace(/fastbypass-monitor_(.*)_amd64\.deb$/, 'fastbypass_monitor-$1.deb'))));
});

systemTest('lintian has no error and no warning', async (t) => {
  const { status, output } = await command(['lintian', '--fail-on', 'error,warning', deb]);
  t.is(status, 0, output);
});

/** The package unpacked, as the root of a file system in which there is nothing else, and the words by which each program is started in it. */
async function emptyHost(t: ExecutionContext): Promise<{ readonly root: string; readonly words: ReadonlyMap<string, readonly string[]> }> {
  const root = mkdtempSync(join(tmpdir(), 'fbt-'));
  t.teardown(() => {
    rmSync(root, { recursive: true });
  });
  await succeed(['dpkg-deb', '--extract', deb, root]);
  const wordsOf = (program: string): readonly string[] => (/^exec (.*) "\$@"$/m.exec(readFileSync(join(root, 'usr/bin', program), 'utf8'))?.[1] ?? '').split(' ');
  return { root, words: new Map(['fastbypass_monitor', 'fbypass_ctl'].map((program) => [program, wordsOf(program)])) };
}

const versionOf = (program: string): RegExp => new RegExp(`^${program} \\d+\\.\\d+\\.\\d+$`, 'm');

systemTest('the programs need no library and no file of the host', async (t) => {
  const { root, words } = await emptyHost(t);
  for (const [program, started] of words) {
    // And as docs/migration.md has them started before the package is installed.
    const bare = [started[0], started.at(-1)].map(String);
    for (const begin of [started, bare]) t.regex(await succeed(['chroot', root, ...begin, '--version']), versionOf(program));
  }
});

systemTest('V8 takes all bytecode, and a program starts without', async (t) => {
  const { root, words } = await emptyHost(t);
  for (const [program, [node = '', ...rest]] of words) {
    const bytecode = join(root, `usr/lib/fastbypass_monitor/dist/${program}.js.bytecode`);
    const said = (): Promise<string> => succeed(['chroot', root, node, '--profile-deserialization', ...rest, '--version']);
    const taken = (output: string): number => Math.max(...[...output.matchAll(/^\[Deserializing from (\d+) bytes/gm)].map(([, bytes]) => Number(bytes)));
    const whole = await said();
    t.true(taken(whole) > 0.9 * statSync(bytecode).size);
    for (const spoil of [() => truncateSync(bytecode, 1000), () => rmSync(bytecode)]) {
      spoil();
      t.regex(await said(), versionOf(program));
    }
  }
});

const stories: Promise<Story>[] = [];

for (const suite of (process.env.SUITES ?? 'bookworm').split(',')) {
  let story: Promise<Story> | undefined;
  const begun = (): Promise<Story> => {
    if (story === undefined) stories.push((story = beginStory(suite, deb)));
    return story;
  };
  for (const scenes of [operatorScenes, lifeScenes]) scenes((title, body) => systemTest(`${suite}: ${title}`, async (t) => body(t, await begun())));
}

systemTest('built again the package is the same, byte for byte', async (t) => {
  const first = readFileSync(deb);
  t.true(first.equals(readFileSync(await buildPackage())));
});

test.after.always('the machines are gone', async () => {
  for (const told of await Promise.allSettled(stories)) {
    if (told.status === 'fulfilled') await told.value.broker.end();
  }
});
