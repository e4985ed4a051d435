import test from 'ava';
import { loadAddon } from '@fastbypass/driver-netlink';
import * as E from 'fp-ts/lib/Either.js';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whyNoNamespaces } from '@fastbypass/test-fixtures';

const DEMO = fileURLToPath(new URL('../dist/demo/main.js', import.meta.url));
/** Tests are declared at once, so this is found out before. */
const why = await whyNoNamespaces();
/** The user `nobody`. */
const STRANGER = 65534;

interface Run {
  readonly output: string;
  readonly code: number | null;
}

/** @param until text after which it is interrupted */
function demo(words: readonly string[], { until, asNobody = false }: { readonly until?: string; readonly asNobody?: boolean } = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [DEMO, ...words], { stdio: ['ignore', 'pipe', 'pipe'], ...(asNobody ? { uid: STRANGER, gid: STRANGER } : {}) });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        output += text;
        if (until !== undefined && output.includes(until)) child.kill('SIGINT');
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ output, code });
    });
  });
}

test('the demo shows what it is to show, in lines of 80 characters', async (t) => {
  const { output, code } = await demo([]);
  t.is(code, 0, output);
  const inOrder = ['it runs with the driver mock', 'NORMAL', 'DPI 2 has FAILED', 'shuts down interface e2', 'DPI 1 has FAILED', 'BYPASS', 'takes 192.168.1.211/32 off eth0', 'NORMAL', 'All happened as it should'];
  let from = 0;
  for (const text of inOrder) {
    const at = output.indexOf(text, from);
    t.true(at >= 0, `"${text}" is missing or too early:\n${output}`);
    from = at + text.length;
  }
  t.regex(output, /last heartbeat -> failed: \d/);
  t.deepEqual(
    output.split('\n').filter((line) => line.length > 80),
    [],
  );
});

test('Ctrl-C ends the demo and leaves nothing behind', async (t) => {
  const { output, code } = await demo([], { until: 'DPI 2 sends as well' });
  t.is(code, 130, output);
  t.regex(output, /Interrupted/);
});

test('unknown words are wrong usage', async (t) => {
  t.is((await demo(['--fast'])).code, 2);
});

(why === null ? test : test.skip)(`the demo on the real kernel${why === null ? '' : ` (${why})`}`, async (t) => {
  const { output, code } = await demo(['--real']);
  t.is(code, 0, output);
  t.regex(output, /card 0: traffic through the DPIs[^]*card 0: joins the line[^]*card 0: traffic through/);
  t.regex(output, /the kernel agrees: it has no address of a card/);
  t.true(output.includes(`it runs with the driver ${E.isRight(loadAddon()) ? 'netlink' : 'iproute2'}`), output);
});

test('--real without root says what to do', async (t) => {
  const { output, code } = await demo(['--real'], { asNobody: process.getuid?.() === 0 });
  t.is(code, 2, output);
  t.regex(output, /needs root[^]*sudo/);
});
