import '@fastbypass/driver-iproute2';
