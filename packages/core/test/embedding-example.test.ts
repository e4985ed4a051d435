/** The example of docs/embedding.md, which shows the lines between the marks as they stand here. */
import { readFileSync } from 'node:fs';
import test from 'ava';
// example: begin
import * as O from 'fp-ts/lib/Option.js';
import {
  type InterfaceName,
  type MonitorEvent,
  type ObservedState,
  desiredState,
  emptyLedger,
  formatOperation,
  initialState,
  learn,
  listeners,
  nextDeadline,
  operationsOf,
  planManaged,
  readConfig,
  transition,
} from '@fastbypass/core';

const TEXT = `
LISTEN_HB_HOST[0]=192.168.1.202
LISTEN_HB_PORT[0]=3000
LISTEN_HEARTBEAT_IFS=eth0
LISTEN_HEARTBEAT_ATTEMPTS=3
LISTEN_HEARTBEAT_TIMEOUT=1000
BYPASS_CARD_HOST[0]=192.168.1.211
BYPASS_CARD_IFS=eth0
`;

/** What the daemon would do to this network: one heartbeat, then silence until the listener has failed. */
function example(): readonly string[] {
  const reading = readConfig(TEXT, 'example.env');
  if (reading.outcome !== 'configured') return reading.diagnostics.map(({ message }) => message);
  const { config } = reading;

  const eth0 = 'eth0' as InterfaceName;
  const addresses = config.cards.map(({ address }) => ({ address, prefix: 24, secondary: false, attributes: {} }));
  const network: ObservedState = new Map([[eth0, { name: eth0, index: 2, up: true, promoteSecondaries: false, addresses, lower: [] }]]);
  let ledger = emptyLedger;
  let state = initialState(config, 0);
  const told: string[] = [];

  /** All facts of one instant, then what they mean. */
  const instant = (at: number, ...facts: readonly MonitorEvent[]): void => {
    for (const event of [...facts, { type: 'expired', at, late: 0 }, { type: 'decided', at }] as const) state = transition(state, event);
    const desired = desiredState(state);
    ledger = learn(ledger, config, desired, network);
    const plan = operationsOf(planManaged(desired, ledger, network)).map(formatOperation);
    told.push(`${String(at)}: ${state.mode.name} [${plan.join(', ')}]`);
  };

  for (const { id } of listeners(state)) {
    instant(0, { type: 'launched', at: 0, listener: id, awaited: true });
    instant(200, { type: 'heartbeat', at: 200, listener: id, source: null });
  }
  for (let next = nextDeadline(state); O.isSome(next) && state.mode.name !== 'bypass'; next = nextDeadline(state)) instant(next.value);
  return told;
}
// example: end

test('the example of docs/embedding.md does what the page says', (t) => {
  const page = readFileSync(new URL('../../../docs/embedding.md', import.meta.url), 'utf8');
  const source = readFileSync(new URL('../test/embedding-example.test.ts', import.meta.url), 'utf8');
  const [, shown = ''] = /\/\/ example: begin\n([^]*?)\/\/ example: end\n/.exec(source) ?? [];
  const told = ['0: unknown []', '200: normal []', '1200: normal []', '2200: normal []', '3200: bypass [address-del eth0 192.168.1.211/24]'];
  t.deepEqual(example(), told);
  t.true(page.includes(`\`\`\`ts\n${shown}\`\`\`\n`), 'the page shows another example');
  t.true(page.includes(`\`\`\`\n${told.join('\n')}\n\`\`\`\n`), 'the page shows another output');
});
