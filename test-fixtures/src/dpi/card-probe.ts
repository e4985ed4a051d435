/** `card-probe ADDRESS`: knocks on a TCP port five times a second; prints a line for each answer, a refusal is one. */
import { connect } from 'node:net';

const [address = ''] = process.argv.slice(2);
/** Discard; closed wherever somebody has not opened it, which is an answer just as well. */
const PORT = 9;
const EVERY = 200;
/** ms that an answer may take. */
const LIMIT = 500;

setInterval(() => {
  const socket = connect({ host: address, port: PORT });
  const limit = setTimeout(() => socket.destroy(), LIMIT);
  const end = (answered: boolean): void => {
    clearTimeout(limit);
    socket.destroy();
    if (answered) process.stdout.write('answered\n');
  };
  socket.once('connect', () => {
    end(true);
  });
  socket.once('error', (error) => {
    end('code' in error && error.code === 'ECONNREFUSED');
  });
}, EVERY);
process.on('SIGINT', () => undefined);
