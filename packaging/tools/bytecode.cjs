// `bytecode.cjs PROGRAM INSTALLED` writes PROGRAM.bytecode, for packaging/begin.cjs: what the V8 that runs this makes of a program that will be installed
// as INSTALLED. With --random-seed it is the same each time.
const { readFileSync, writeFileSync } = require('node:fs');
const { wrap } = require('node:module');
const { Script } = require('node:vm');

const [, , program, installed] = process.argv;

const script = new Script(wrap(readFileSync(program, 'utf8')), { filename: installed });
writeFileSync(`${program}.bytecode`, script.createCachedData());
