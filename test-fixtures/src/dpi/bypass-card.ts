/**
 * A simulated bypass card: it pings its address on the broker. While that is answered the traffic goes through the
 * broker and the DPIs; when it is not, the card joins the line past them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eachLine } from '../lines.js';
import { monotonicNow } from '../monotonic.js';
import type { Namespace } from '../netns/namespace.js';

export type CardPosition = 'unknown' | 'through' | 'bypass';

const PROBE = fileURLToPath(new URL('./card-probe.js', import.meta.url));

/** ms without an answer after which the card switches: three pings. */
const LOST_AFTER = 600;
const LOOK = 20;

/** How cards of this machine ping. Node has no ICMP: without `ping` they knock on a closed TCP port, and a refusal is an answer. */
export const pinger = (): 'ping' | 'tcp' =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'ping'))) ? 'ping' : 'tcp';

export class BypassCard {
  private lastAnswer: number | null = null;
  private readonly begun = monotonicNow();
  private current: CardPosition = 'unknown';
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly child: ChildProcess,
    private readonly onSwitch: (position: CardPosition) => void,
  ) {
    if (child.stdout !== null) {
      eachLine(child.stdout, (line) => {
        if (!/bytes from|answered/.test(line)) return;
        this.lastAnswer = monotonicNow();
        this.look();
      });
    }
    child.on('error', () => undefined);
    this.timer = setInterval(() => {
      this.look();
    }, LOOK);
  }

  /** @param namespace where the card is: its pings go through a cable, as those of a real one */
  static start(namespace: Namespace, address: string, onSwitch: (position: CardPosition) => void): BypassCard {
    const ping = pinger() === 'ping' ? ['ping', '-n', '-i', '0.2', '-W', '1', address] : [process.execPath, PROBE, address];
    const [file = '', ...words] = [...namespace.prefix, ...ping];
    return new BypassCard(spawn(file, words, { stdio: ['ignore', 'pipe', 'ignore'] }), onSwitch);
  }

  get position(): CardPosition {
    return this.current;
  }

  close(): void {
    clearInterval(this.timer);
    this.child.kill();
  }

  private look(): void {
    const next: CardPosition = monotonicNow() - (this.lastAnswer ?? this.begun) > LOST_AFTER ? 'bypass' : this.lastAnswer === null ? 'unknown' : 'through';
    if (next === this.current) return;
    this.current = next;
    this.onSwitch(next);
  }
}
