import { DEFAULT_CONFIG, DEFAULT_LOG_DIR, DEFAULT_SOCKET, LOG_FILE } from '@fastbypass/core';
import { italic, term } from './roff.js';

/** FILES of the man pages of both programs. */
export const FILES: readonly string[] = [
  term(italic(DEFAULT_CONFIG), 'The configuration. \\fIsample.env\\fR beside it names every key.'),
  term(italic(`${DEFAULT_LOG_DIR}/${LOG_FILE}`), 'The log; older parts end in .1 (the newest of them), .2 and so on.'),
  term(italic(DEFAULT_SOCKET), 'The control socket, for root and its group.'),
  term(italic(DEFAULT_SOCKET.replace(/\.sock$/, '.state.json')), 'What must outlive a process: prefixes of cards\\(aq addresses, interfaces that were shut down.'),
];
