import '@fastbypass/cli';
