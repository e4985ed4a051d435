import '@fastbypass/core';
import './violates-cli.js';
