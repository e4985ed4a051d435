import { setTimeout } from 'node:timers/promises';
import { familyOf } from '@fastbypass/core';
import * as E from 'fp-ts/lib/Either.js';
import type { Run } from '../command.js';
import { type Endpoint, formatEndpoint } from '../endpoint.js';
import { ExitStatus } from '../exit-status.js';
import { isRefusal, reasonOf } from '../file-error.js';
import { openSender } from '../heartbeat-sender.js';

export const run: Run<'interval' | 'count' | 'bind', Endpoint> = async ({ operand, options, terminal, misuse }) => {
  const { interval, count, bind } = options;
  if (bind !== null && familyOf(bind) !== familyOf(operand.host)) return misuse(`--bind ${bind} and ${operand.host} are not of one family, IPv4 or IPv6`);
  const target = formatEndpoint(operand.host, operand.port);
  const sender = await openSender(operand, bind)();
  if (E.isLeft(sender)) {
    terminal.err(`fbypass_ctl: cannot send to ${target}${bind === null ? '' : ` from ${bind}`}: ${reasonOf(sender.left)}`);
    return isRefusal(sender.left) ? ExitStatus.notPermitted : ExitStatus.failed;
  }
  const { send, close } = sender.right;
  const ended = terminal.untilInterrupted();
  const start = performance.now();
  for (let number = 1; !ended.aborted; number++) {
    const text = `heartbeat ${String(number)}`;
    const sent = await send(text);
    // A test sender goes on: what is missing now may come.
    if (E.isLeft(sent)) terminal.err(`${text} to ${target}: ${reasonOf(sent.left)}`);
    else await terminal.out(`${text} to ${target}${sent.right.unheard ? ' (nobody listened there for the last one)' : ''}\n`);
    if (number === count) break;
    // From the start, not from the last one: a late timer delays one heartbeat and not all that follow.
    const pause = Math.max(0, start + number * interval - performance.now());
    await setTimeout(pause, undefined, { signal: ended }).catch(() => undefined);
  }
  close();
  return ExitStatus.done;
};
