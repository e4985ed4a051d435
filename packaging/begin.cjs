// What /usr/bin/fastbypass_monitor and fbypass_ctl start: `begin.cjs FLAG… PROGRAM WORD…` runs a program from the bytecode that lies beside it, and
// then sets V8's FLAGs. On Node's own command line they would stand too early: V8 refuses bytecode, that of Node's modules too, that was made with
// other flags (docs/decisions/0021).
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

const place = process.argv.findIndex((word, index) => index > 1 && !word.startsWith('--'));
// The program sees the words that it would see without us.
const [, ...flags] = process.argv.splice(1, place - 1);
const [, program] = process.argv;

const script = new Script(wrap(readFileSync(program, 'utf8')), { filename: program, cachedData: bytecodeOf(program) });
script.runInThisContext()(exports, require, module, program, dirname(program));
// Now that the program has loaded what it loads of Node.
for (const flag of flags) require('node:v8').setFlagsFromString(flag);
