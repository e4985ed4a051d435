// What a small Node process needs to have one address changed by `ip`.
//   node spawn-ip.js INTERFACE TRIALS      prints, for each trial, when it removed the address and when it knew of the end: ns
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const [name, trials] = process.argv.slice(2);
const now = () => process.hrtime.bigint();

async function ip(verb) {
  const begun = now();
  await once(spawn('ip', ['address', verb, '10.8.0.1/32', 'dev', name], { stdio: 'ignore' }), 'exit');
  return `${begun} ${now()}`;
}

for (let trial = 0; trial < Number(trials); trial++) {
  await ip('add');
  await pause(30);
  console.log(await ip('delete'));
  await pause(30);
}
