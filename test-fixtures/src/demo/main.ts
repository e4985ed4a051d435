/** `npm run demo`: the real daemon at work, with simulated DPIs. `--real`: on the real kernel, in network namespaces. */
import { DaemonHome } from '../daemon/daemon-home.js';
import { whyNoNamespaces } from '../netns/namespace.js';
import { mockStage } from './mock-stage.js';
import { Play } from './play.js';
import { realStage } from './real-stage.js';
import { openScreen } from './screen.js';

const USAGE = `npm run demo             the network in memory, no root needed
npm run demo -- --real   the real kernel, in throw-away network namespaces; needs root and iproute2`;

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

async function main(words: readonly string[]): Promise<number> {
  const real = words.includes('--real');
  if (words.some((word) => word !== '--real')) {
    console.error(USAGE);
    return EXIT.usage;
  }
  const why = real ? await whyNoNamespaces() : null;
  if (why !== null) {
    console.error(`--real cannot be shown here: it ${why}. Try: sudo npm run demo -- --real (with Debian's iproute2), or npm run demo.`);
    return EXIT.usage;
  }
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('interrupted'));
    // Nobody reads any more, as with `| head`.
    process.stdout.on('error', () => resolve('interrupted'));
  });
  return show(real, interrupted);
}

async function show(real: boolean, interrupted: Promise<'interrupted'>): Promise<number> {
  const stage = await (real ? realStage() : mockStage());
  const home = new DaemonHome();
  console.log(`Three DPIs send heartbeats to the daemon; it serves two bypass cards. From two\nsilent DPIs on the cards have to bypass: then it takes away the addresses that\nthey ping. Links e0 (of all), e1 and e2 (of DPI 1 and DPI 2) are shut as well.\n${stage.about}\n`);
  const screen = openScreen(process.stdout);
  const play = new Play(stage, home, screen);
  try {
    const outcome = await Promise.race([play.run(), interrupted]);
    screen.end();
    if (outcome === 'interrupted') {
      console.log('\nInterrupted: the daemon is stopped, all is cleaned up.');
      return EXIT.interrupted;
    }
    console.log(`\nAll happened as it should. Measured:\n${play.measures.map((line) => `  ${line}`).join('\n')}\n`);
    console.log(real ? 'Next: README.md says how to configure it for your broker.' : 'Next: "npm run demo -- --real" (as root) does the same on the real kernel;\nREADME.md says how to configure it.');
    return EXIT.done;
  } catch (error) {
    screen.say({ kind: 'bad', text: error instanceof Error ? error.message : String(error) });
    screen.end();
    return EXIT.failed;
  } finally {
    await play.close();
    await stage.close();
    home.remove();
  }
}

process.exitCode = await main(process.argv.slice(2));
// A run that was broken off must not go on behind the prompt.
process.exit();
