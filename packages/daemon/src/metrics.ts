/** What Prometheus is told. Counters of listeners are read at the scrape, so that a heartbeat costs nothing here. */
import { type ModeName, type MonitorState, type OperationResult, type Plan, listeners } from '@fastbypass/core';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { listenerMetrics } from './listener-metrics.js';

const MODES: readonly ModeName[] = ['unknown', 'normal', 'bypass'];

/** From 0.1 ms to 5 s; values are seconds. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export class Metrics {
  private readonly registry = new Registry();
  private readonly modeChanges = new Counter({ name: 'fastbypass_mode_changes_total', help: 'Changes of the mode.', registers: [this.registry] });
  private readonly operations = new Counter({
    name: 'fastbypass_operations_total',
    help: 'Operations on the network, by kind and result.',
    labelNames: ['op', 'result'] as const,
    registers: [this.registry],
  });
  private readonly toKernel = new Histogram({
    name: 'fastbypass_decision_to_kernel_seconds',
    help: "From a decision, or a notice of drift, to the kernel's last answer to the plan.",
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly failover = new Histogram({
    name: 'fastbypass_deadline_to_kernel_seconds',
    help: "From the deadline that brought a bypass to the kernel's last answer to the plan.",
    buckets: BUCKETS,
    registers: [this.registry],
  });
  private readonly lateness = new Histogram({
    name: 'fastbypass_loop_lateness_seconds',
    help: 'How late the event loop served a deadline.',
    buckets: BUCKETS,
    registers: [this.registry],
  });

  /** @param converged whether the network is as desired */
  constructor(
    private readonly state: () => MonitorState,
    converged: () => boolean,
  ) {
    const { registry } = this;
    const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[], collect: (gauge: Gauge<L>) => void): void => {
      new Gauge<L>({
        name,
        help,
        labelNames,
        registers: [registry],
        collect() {
          this.reset();
          collect(this);
        },
      });
    };
    gauge('fastbypass_mode', 'The mode: 1 for the one that is, 0 for the others.', ['mode'], (it) => {
      for (const mode of MODES) it.set({ mode }, state().mode.name === mode ? 1 : 0);
    });
    gauge('fastbypass_converged', '1 while the network is as desired.', [], (it) => {
      it.set(converged() ? 1 : 0);
    });
  }

  modeChanged(): void {
    this.modeChanges.inc();
  }

  /** @param ms from the decision to the last answer */
  planned(plan: Plan, results: readonly (OperationResult | null)[], ms: number): void {
    for (const [position, { operation }] of plan.entries()) {
      const result = results[position]?.outcome;
      if (result !== undefined) this.operations.inc({ op: operation.op, result });
    }
    this.toKernel.observe(ms / 1000);
  }

  /** @param ms from the deadline that brought a bypass to the last answer */
  failedOver(ms: number): void {
    this.failover.observe(ms / 1000);
  }

  /** @param ms by which a deadline was served late */
  servedLate(ms: number): void {
    this.lateness.observe(Math.max(0, ms) / 1000);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    return `${await this.registry.metrics()}\n${listenerMetrics(listeners(this.state()))}`;
  }
}
