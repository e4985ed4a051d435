/** What is told of each instant: the lines of `simulate` and the events of the control socket. */
import { formatInterfaceAddress } from './address.js';
import type { InterfaceName } from './interface-name.js';
import type { ListenerStatus } from './listener.js';
import type { ModeName } from './monitor.js';
import type { Operation } from './network.js';
import { type Plan, operationsOf } from './plan.js';

export interface OperationRecord {
  readonly op: Operation['op'];
  readonly interface: InterfaceName;
  /** With prefix; operations on addresses alone have one. */
  readonly address?: string;
}

export interface ReloadRecord {
  readonly reload: 'accepted' | 'rejected';
}

export interface ListenerRecord {
  readonly listener: number;
  readonly status: ListenerStatus;
}

export interface ModeRecord {
  readonly mode: ModeName;
  /** Failed listeners. */
  readonly failed: number;
}

export interface PlanRecord {
  readonly plan: readonly OperationRecord[];
}

/** The order of the union is the order within an instant. */
export type InstantRecord = ReloadRecord | ListenerRecord | ModeRecord | PlanRecord;

export const operationRecord = (operation: Operation): OperationRecord =>
  'address' in operation
    ? { op: operation.op, interface: operation.interface, address: formatInterfaceAddress(operation.address) }
    : { op: operation.op, interface: operation.interface };

export const planRecord = (plan: Plan): PlanRecord => ({ plan: operationsOf(plan).map(operationRecord) });
