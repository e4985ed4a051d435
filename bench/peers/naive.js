// The daemon that one would write in an afternoon: a timer set anew by each heartbeat, one `ip` per address.
//   node naive.js HOST PORT COUNT DETECTION INTERFACE CARDS      cards are 10.8.0.1 and the following
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { clearTimeout, setTimeout } from 'node:timers';

const [host, port, count, detection, name, cards] = process.argv.slice(2);
const silent = new Set(Array.from({ length: Number(count) }, (_, listener) => listener));
let present = false;

function change(verb) {
  present = verb === 'add';
  for (let card = 1; card <= Number(cards); card++) {
    spawn('ip', ['address', verb, `10.8.${card >> 8}.${card & 255}/32`, 'dev', name], { stdio: 'ignore' });
  }
}

for (const listener of [...silent]) {
  const socket = createSocket('udp4');
  let timer;
  socket.on('message', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      silent.add(listener);
      if (present) change('delete');
    }, Number(detection));
    silent.delete(listener);
    if (silent.size === 0 && !present) change('add');
  });
  socket.bind(Number(port) + listener, host);
}
