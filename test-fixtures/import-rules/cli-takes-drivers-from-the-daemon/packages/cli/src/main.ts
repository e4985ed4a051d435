import '@fastbypass/core';
import '@fastbypass/daemon';
import '@fastbypass/driver-mock';
import './violates-iproute2.js';
import './violates-netlink.js';
