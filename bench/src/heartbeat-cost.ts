import { type MonitorState, initialState, isQuietStep, listeners, readConfig, transition } from '@fastbypass/core';

/** Heartbeats of one measurement. */
const HEARTBEATS = 20_000;
/** A prime, so that each listener has its turn in no order that a cache would like. */
const STRIDE = 7919;

/** A monitor whose listeners are all active. @throws where core and this disagree on what a configuration is */
function monitorOf(count: number): MonitorState {
  const lines = Array.from({ length: count }, (_, index) => `LISTEN_HB_HOST[${index}]=10.0.${index >> 8}.${index & 255}\nLISTEN_HB_PORT[${index}]=3000`);
  const reading = readConfig(['LISTEN_HEARTBEAT_IFS=eth0', ...lines, 'BYPASS_CARD_HOST[0]=10.1.0.1', 'BYPASS_CARD_IFS=eth0'].join('\n'), 'bench.env');
  if (reading.outcome !== 'configured') throw new Error(`not a configuration: ${JSON.stringify(reading.diagnostics)}`);
  let state = initialState(reading.config, 0);
  for (const { id } of listeners(state)) {
    state = transition(state, { type: 'launched', at: 0, listener: id, awaited: true });
    state = transition(state, { type: 'heartbeat', at: 0, listener: id, source: null });
  }
  return transition(state, { type: 'decided', at: 0 });
}

/** A monitor on its way: as in the daemon, nobody keeps its old states. */
interface Run {
  readonly count: number;
  state: MonitorState;
  /** Heartbeats so far. */
  heartbeats: number;
  readonly costs: number[];
}

/** µs for each heartbeat, as the daemon hands it in: a step, and the question whether anything has come of it. */
function measure(run: Run): number {
  let { state, heartbeats } = run;
  let loud = 0;
  const begun = performance.now();
  for (const end = heartbeats + HEARTBEATS; heartbeats < end; heartbeats++) {
    const before = state;
    state = transition(before, { type: 'heartbeat', at: heartbeats / 100, listener: (heartbeats * STRIDE) % run.count, source: null });
    if (!isQuietStep(before, state)) loud++;
  }
  const took = performance.now() - begun;
  if (loud > 0) throw new Error(`${loud} heartbeats of active listeners were not quiet`);
  run.state = state;
  run.heartbeats = heartbeats;
  return (took * 1000) / HEARTBEATS;
}

/**
 * The core's cost of a heartbeat, by number of listeners, in µs. Rounds take turns with the sizes, so that what else the
 * machine does meets all of them alike; the first round warms up and does not count.
 *
 * @returns a value of each round by size
 */
export function heartbeatCosts(sizes: readonly number[], rounds: number): ReadonlyMap<number, readonly number[]> {
  const runs = sizes.map((count): Run => ({ count, state: monitorOf(count), heartbeats: 0, costs: [] }));
  for (let round = 0; round <= rounds; round++) {
    for (const run of runs) {
      const cost = measure(run);
      if (round > 0) run.costs.push(cost);
    }
  }
  return new Map(runs.map(({ count, costs }) => [count, costs]));
}
