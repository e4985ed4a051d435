import '@fastbypass/driver-mock';
import '@fastbypass/driver-netlink';
