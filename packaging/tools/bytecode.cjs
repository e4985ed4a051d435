// `bytecode.cjs PROGRAM INSTALLED` writes PROGRAM.bytecode, for packaging/begin.cjs: what the V8 that runs this makes of each function of a program that
// will be installed as INSTALLED. With --random-seed it is the same each time.
const { readFileSync, writeFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

const [, , program, installed] = process.argv;

setFlagsFromString('--no-lazy');
const script = new Script(wrap(readFileSync(program, 'utf8')), { filename: installed });
// What it is made with must be what it is read with.
setFlagsFromString('--lazy');
writeFileSync(`${program}.bytecode`, script.createCachedData());
