import type { NetworkDriver } from '@fastbypass/core';
import { applyOperations } from './apply.js';
import { IpCommand, type Iproute2Options } from './ip-command.js';
import { observer } from './observe.js';
import { ownPromotion, promotionWithin } from './promotion.js';
import { beginWatch } from './watch.js';

/**
 * A driver that runs `ip` of iproute2: a new one for each observation and each plan (a long-lived one would go on to use
 * the index that a name once had), and a lasting `ip monitor` for each watch.
 *
 * An address that is added with a lifetime has its lifetime renewed where it is there already, and counts as done.
 */
export function iproute2Driver(options: Iproute2Options = {}): NetworkDriver {
  const ip = new IpCommand(options);
  const promotion = ip.namespace === null ? ownPromotion : promotionWithin(ip);
  const observe = observer(ip, promotion);
  return {
    name: 'iproute2',
    observe,
    apply: (operations, cancellation) => () => applyOperations({ ip, promotion, observe }, operations, cancellation),
    watch: (tell) => () => beginWatch(ip, tell),
    close: () => ip.processes.close(),
  };
}
