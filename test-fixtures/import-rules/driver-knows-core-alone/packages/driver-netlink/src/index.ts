import 'node:child_process';
import '@fastbypass/core';
import './violates-other-driver.js';
import './violates-daemon.js';
import './violates-cli.js';
