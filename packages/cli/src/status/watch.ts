/** `status --watch`: asks each second, whoever answers, until Ctrl-C. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import { controlClient } from '../control-client.js';
import { type ControlError, tell } from '../control-error.js';
import { ExitStatus } from '../exit-status.js';
import type { Options } from '../option.js';
import type { Terminal } from '../terminal.js';
import { blocks } from './blocks.js';
import { picture } from './picture.js';

/** ms from one look to the next. */
const PERIOD = 1000;
/** ms that an answer may take: an older picture would be taken for the present. */
const LIMIT = 2000;

export async function watch({ options, terminal }: { readonly options: Pick<Options, 'socket' | 'json'>; readonly terminal: Terminal }): Promise<ExitStatus> {
  const { status } = controlClient(options.socket, { quick: LIMIT, stop: LIMIT, reload: LIMIT });
  const ended = terminal.untilInterrupted();
  const interrupted = once(ended, 'abort').then(() => null);
  const display = options.json || terminal.screen === null ? blocks(terminal, options.json) : await picture(terminal, terminal.screen);
  let refused: ControlError | null = null;
  while (!ended.aborted && refused === null) {
    const sight = await Promise.race([status(), interrupted]);
    if (sight === null) break;
    // What no restart of the daemon will change.
    if (E.isLeft(sight) && sight.left.type === 'not-permitted') refused = sight.left;
    else {
      await display.show(sight, Date.now());
      await setTimeout(PERIOD, undefined, { signal: ended }).catch(() => undefined);
    }
  }
  await display.close();
  return refused === null ? ExitStatus.done : tell(terminal, refused);
}
