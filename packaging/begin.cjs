// What /usr/bin/fastbypass_monitor and fbypass_ctl start: `begin.cjs PROGRAM WORD…` runs a program from the bytecode that lies beside it
// (docs/decisions/0021).
const { readFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');

/** V8 goes without bytecode that is not there, or not its own: the program only starts later. */
function bytecodeOf(program) {
  try {
    return readFileSync(`${program}.bytecode`);
  } catch {
    return undefined;
  }
}

// The program sees the words that it would see without us.
process.argv.splice(1, 1);
const [, program] = process.argv;

const script = new Script(wrap(readFileSync(program, 'utf8')), { filename: program, cachedData: bytecodeOf(program) });
script.runInThisContext()(exports, require, module, program, dirname(program));
