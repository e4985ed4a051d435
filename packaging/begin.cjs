// What /usr/bin/fastbypass_monitor and fbypass_ctl start: `begin.cjs FLAG… PROGRAM WORD…` runs a program under V8's FLAGs, from the bytecode that lies
// beside it. V8 takes no bytecode that was made under other flags than it has, neither that one nor Node's own, so they are set once both are loaded
// (docs/decisions/0021).
const { readFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { dirname } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

/** V8 goes without bytecode that is not there, or not its own: the program only starts later. */
function bytecodeOf(program) {
  try {
    return readFileSync(`${program}.bytecode`);
  } catch {
    return undefined;
  }
}

const place = process.argv.findIndex((word, index) => index > 1 && !word.startsWith('--'));
// The program sees the words that it would see without us.
const [, ...flags] = process.argv.splice(1, place - 1);
const [, program] = process.argv;

const script = new Script(wrap(readFileSync(program, 'utf8')), { filename: program, cachedData: bytecodeOf(program) });
// What takes longest of Node's own, with all that it loads in turn.
require('node:http');
require('node:child_process');
for (const flag of flags) setFlagsFromString(flag);
script.runInThisContext()(exports, require, module, program, dirname(program));
