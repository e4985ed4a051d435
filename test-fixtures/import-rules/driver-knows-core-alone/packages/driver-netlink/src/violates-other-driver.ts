import '@fastbypass/driver-mock';
