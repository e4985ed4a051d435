import '@fastbypass/daemon';
