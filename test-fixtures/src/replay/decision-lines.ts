/** The decision log of daemons, read from their log (LOG_LEVEL=DEBUG). */

import { type IpAddress, parseIpAddress } from '@fastbypass/core';

/** What is told of an instant; plans and all else that is not looked at are no lines. */
export interface Told {
  readonly listener?: number;
  readonly status?: string;
  readonly mode?: string;
  readonly failed?: number;
  readonly reload?: string;
}

/** `at`: whole ms since the start of that daemon. */
export type DecisionLine = { readonly at: number } & (
  | { readonly kind: 'heartbeat'; readonly listener: number; readonly source: IpAddress | null }
  | { readonly kind: 'reload'; readonly text: string }
  | { readonly kind: 'launched'; readonly listener: number; readonly awaited: boolean }
  | { readonly kind: 'unavailable'; readonly listener: number }
  | { readonly kind: 'judged'; readonly listeners: readonly number[]; readonly late: number }
  | { readonly kind: 'decided' }
  | { readonly kind: 'told'; readonly record: Told }
  /** Lines were lost here. */
  | { readonly kind: 'gap' }
);

/** From the start of one process to its end. */
export interface Life {
  /** The configuration at the start. */
  readonly config: string;
  readonly lines: readonly DecisionLine[];
}

type Json = Readonly<Record<string, unknown>>;

/** @param log whole lines of one or more daemons, one after the other; what comes before the first start is skipped */
export function livesIn(log: string): readonly Life[] {
  const lives: { readonly config: string; readonly lines: DecisionLine[] }[] = [];
  for (const line of log.split('\n')) {
    const life = lives.at(-1);
    const [, direction = '', text = ''] = /^\S+ DEBUG +(in|step|out) (\{.*\})$/.exec(line) ?? [];
    if (direction === '') {
      const last = life?.lines.at(-1)?.at ?? 0;
      if (/^\(\d+ lines were lost here/.test(line)) life?.lines.push({ at: last, kind: 'gap' });
      continue;
    }
    const json = JSON.parse(text) as Json;
    if (direction === 'step' && 'start' in json) lives.push({ config: String(json['start']), lines: [] });
    else life?.lines.push(...lineOf(direction, json));
  }
  return lives;
}

function lineOf(direction: string, json: Json): readonly DecisionLine[] {
  const at = Number(json['at']);
  if (direction === 'out') {
    const { at: _at, ...record } = json;
    return 'plan' in record ? [] : [{ at, kind: 'told', record }];
  }
  if ('heartbeat' in json) {
    const source = json['source'];
    return [{ at, kind: 'heartbeat', listener: Number(json['heartbeat']), source: typeof source === 'string' ? parseIpAddress(source) : null }];
  }
  if ('reload' in json) return [{ at, kind: 'reload', text: String(json['reload']) }];
  if ('launched' in json) return [{ at, kind: 'launched', listener: Number(json['launched']), awaited: json['awaited'] === true }];
  if ('unavailable' in json) return [{ at, kind: 'unavailable', listener: Number(json['unavailable']) }];
  if ('unwritten' in json) return [{ at, kind: 'gap' }];
  if ('judged' in json) return [{ at, kind: 'judged', listeners: json['judged'] as readonly number[], late: Number(json['late']) }];
  return [{ at, kind: 'decided' }];
}
