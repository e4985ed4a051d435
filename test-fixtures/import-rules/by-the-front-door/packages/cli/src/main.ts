import '@fastbypass/daemon';
import './violates-source.js';
import './violates-compiled.js';
