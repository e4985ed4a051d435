import type { StatusReport } from '@fastbypass/core';
import type { Paint, Style } from '../terminal.js';
import { clockTime, duration } from '../text.js';

const MODE_STYLE: Readonly<Record<StatusReport['mode'], Style>> = {
  normal: ['bold', 'green'],
  bypass: ['bold', 'white', 'bgRed'],
  unknown: ['bold', 'yellow'],
};

/** `MODE BYPASS  for 2.1 s, since ...`. `now`: ms since 1970. */
export function modeLine({ mode, since }: StatusReport, { now, paint }: { readonly now: number; readonly paint: Paint }): string {
  return `${paint(MODE_STYLE[mode], `MODE ${mode.toUpperCase()}`)}  for ${duration(now - Date.parse(since))}, since ${clockTime(since)}`;
}
