import test from 'ava';
import { loadAddon } from '@fastbypass/driver-netlink';
import { whyNoNamespaces } from '@fastbypass/test-fixtures';
import * as E from 'fp-ts/lib/Either.js';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHAOS = fileURLToPath(new URL('../dist/chaos/main.js', import.meta.url));
const SECONDS = 60;
const SEED = 31;

const addon = loadAddon();
const why = (await whyNoNamespaces()) ?? (E.isLeft(addon) ? addon.left.message : null);
const title = `a minute of chaos on the real kernel, DRIVER=netlink, seed ${SEED}`;

(why === null ? test : test.skip)(`${title}${why === null ? '' : ` (${why})`}`, async (t) => {
  // The last calm may last until the latest launch is tried again.
  t.timeout(4 * SECONDS * 1000);
  const { code, output } = await new Promise<{ readonly code: unknown; readonly output: string }>((resolve) => {
    const words = [CHAOS, '--seconds', String(SECONDS), '--seed', String(SEED), '--driver', 'netlink'];
    execFile(process.execPath, words, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: `${stdout}${stderr}` });
    });
  });
  t.is(code, 0, output);
  t.regex(output, /good: seed 31, driver netlink, \d+ phases/);
  t.regex(output, /lives replayed: .* [1-9]\d* decisions alike/);
});
