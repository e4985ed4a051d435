/** The daemon's events, in plain words. */
import type { OperationRecord } from '@fastbypass/core';
import type { DaemonEvent } from '../daemon/event-stream.js';
import { CARDS, DETECTION, GLOBAL } from './stage.js';

export type Kind = 'act' | 'sees' | 'decides' | 'does' | 'card' | 'good' | 'bad';

export interface Told {
  readonly kind: Kind;
  readonly text: string;
}

export function tellEvent({ event, data }: DaemonEvent): readonly Told[] {
  const { listener, status, mode, failed, plan } = data;
  if (listener !== undefined) {
    const text = {
      active: `DPI ${String(listener)} is active: its heartbeats arrive`,
      failed: `DPI ${String(listener)} has FAILED: silent for ${String(DETECTION)} ms`,
      unknown: `DPI ${String(listener)} is waited for`,
      unavailable: `listener ${String(listener)} cannot be launched`,
    }[status ?? 'unknown'];
    return [{ kind: 'sees', text }];
  }
  if (event === 'mode' && mode !== undefined) return [{ kind: 'decides', text: `${mode.toUpperCase()}: ${String(failed)} of 3 DPIs failed, the threshold is 2` }];
  return (plan ?? []).map((operation) => ({ kind: 'does', text: operationText(operation) }));
}

function operationText({ op, interface: name, address = '' }: OperationRecord): string {
  const card = CARDS.findIndex((host) => address.startsWith(`${host}/`));
  const whose = name === GLOBAL ? '' : ` of DPI ${name.slice(1)}`;
  switch (op) {
    case 'address-add':
      if (address.includes(':')) return `puts ${address} back on ${name}, as before the shutdown`;
      return card < 0 ? `puts ${address} on ${name}, where the heartbeats arrive` : `puts ${address} on ${name}: card ${String(card)} gets its answers`;
    case 'address-del':
      return card < 0 ? `takes ${address} off ${name}` : `takes ${address} off ${name}: card ${String(card)} will bypass`;
    case 'link-down':
      return `shuts down interface ${name}${whose}`;
    case 'link-up':
      return `brings up interface ${name}${whose}`;
    case 'promote-secondaries':
      return `turns on promotion of secondary addresses on ${name}`;
  }
}
