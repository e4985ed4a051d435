// Loaded into a daemon before its own code: SIGUSR2 has the whole heap collected at once, which stops all else meanwhile.
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
