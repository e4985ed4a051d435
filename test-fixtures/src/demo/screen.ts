/** Where the demo is shown: redrawn in place on a terminal, lines with time offsets elsewhere. */
import { monotonicNow } from '../monotonic.js';
import { type Scene, picture } from './picture.js';
import type { Kind, Told } from './telling.js';

export interface Screen {
  readonly say: (told: Told) => void;
  readonly show: (scene: Scene) => void;
  /** After it the cursor stands under all that was drawn. */
  readonly end: () => void;
}

const WIDTH = 80;
const LABELS: Readonly<Record<Kind, string>> = { act: '>>', sees: 'sees', decides: 'decides', does: 'does', card: 'card', good: 'ok', bad: 'WRONG' };

interface Line extends Told {
  /** ms since the beginning. */
  readonly at: number;
}

export const openScreen = (output: NodeJS.WriteStream): Screen => (output.isTTY ? new LiveScreen(output) : plainScreen(output));

function plainScreen(output: NodeJS.WriteStream): Screen {
  const begun = monotonicNow();
  return {
    say: (told) => {
      if (told.kind === 'act') output.write('\n');
      for (const row of rowsOf({ ...told, at: monotonicNow() - begun })) output.write(`${row}\n`);
    },
    show: () => undefined,
    end: () => undefined,
  };
}

/** At most {@link WIDTH} characters each. */
function rowsOf({ kind, text, at }: Line): readonly string[] {
  const label = kind === 'act' ? '>>' : `   ${LABELS[kind].padEnd(8)}`;
  const head = `${(at / 1000).toFixed(2).padStart(6)} s ${label} `;
  const rows: string[] = [];
  let row = head;
  for (const word of text.split(' ')) {
    if (row.length + word.length > WIDTH && row.trim() !== '') {
      rows.push(row.trimEnd());
      row = ' '.repeat(head.length);
    }
    row += `${word} `;
  }
  return [...rows, row.trimEnd()];
}

class LiveScreen implements Screen {
  private readonly begun = monotonicNow();
  private readonly lines: Line[] = [];
  private scene: Scene = { status: null, talking: [], positions: [] };
  private drawn = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly colours: boolean;

  constructor(private readonly output: NodeJS.WriteStream) {
    this.colours = process.env['NO_COLOR'] === undefined;
    output.write('\x1b[?25l');
    this.timer = setInterval(() => {
      this.draw();
    }, 100);
  }

  say(told: Told): void {
    this.lines.push({ ...told, at: monotonicNow() - this.begun });
    this.draw();
  }

  show(scene: Scene): void {
    this.scene = scene;
  }

  end(): void {
    clearInterval(this.timer);
    this.draw();
    this.output.write('\x1b[?25h');
  }

  private draw(): void {
    const above = picture(this.scene, monotonicNow() - this.begun).map((text) => this.paint(text.slice(0, WIDTH)));
    const room = Math.max(3, Math.min(this.output.rows, 40) - above.length - 2);
    const below = this.lines.flatMap((line) => this.paintedRows(line)).slice(-room);
    const all = [...above, ...below];
    const back = this.drawn > 0 ? `\x1b[${String(this.drawn)}A\r` : '';
    // Lines of an earlier, longer drawing go as well.
    this.output.write(`${back}${all.map((text) => `\x1b[2K${text}\n`).join('')}\x1b[J`);
    this.drawn = all.length;
  }

  private paintedRows(line: Line): readonly string[] {
    const colour = { act: '1', sees: '36', decides: '33', does: '35', card: '34', good: '32', bad: '31' }[line.kind];
    return rowsOf(line).map((row) => (this.colours ? `\x1b[${colour}m${row}\x1b[0m` : row));
  }

  private paint(text: string): string {
    if (!this.colours) return text;
    return text
      .replace(/\b(FAILED|BYPASS|silent|absent|down)\b/g, '\x1b[31m$1\x1b[0m')
      .replace(/\b(active|NORMAL|sending|present|up)\b/g, '\x1b[32m$1\x1b[0m');
  }
}
