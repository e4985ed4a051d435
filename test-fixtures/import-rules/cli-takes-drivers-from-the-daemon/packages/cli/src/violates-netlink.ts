import '@fastbypass/driver-netlink';
