/**
 * Numbers of the kernel's interface, each under the name that its header in `include/uapi/linux` gives it. All of them
 * have held since Linux 4.9; what is younger says so.
 */

// -------------------------------------------------------------------------------------
// netlink.h
// -------------------------------------------------------------------------------------

/** Size of `struct nlmsghdr`. */
export const NLMSG_HDRLEN = 16;
/** Size of `struct nlattr`. */
export const NLA_HDRLEN = 4;
/** Messages and attributes begin at multiples of it (`NLMSG_ALIGNTO`, `NLA_ALIGNTO`). */
export const ALIGN_TO = 4;
/** What is left of an attribute's type without its two flags. */
export const NLA_TYPE_MASK = 0x3fff;
export const NLA_F_NESTED = 0x8000;

export const NLMSG_NOOP = 1;
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

export const NLM_F_REQUEST = 0x01;
export const NLM_F_ACK = 0x04;
/** Tell the asking socket too what everybody is told about the consequences. */
export const NLM_F_ECHO = 0x08;
/** The network changed while it was dumped: what was dumped may have holes. */
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_DUMP = 0x300;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
/** Of an acknowledgement: it repeats of the request no more than the header. */
export const NLM_F_CAPPED = 0x100;
/** Of an acknowledgement: attributes follow. Since Linux 4.12. */
export const NLM_F_ACK_TLVS = 0x200;

/** Attribute of an acknowledgement: why, in words. */
export const NLMSGERR_ATTR_MSG = 1;

// -------------------------------------------------------------------------------------
// rtnetlink.h
// -------------------------------------------------------------------------------------

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
export const RTM_SETLINK = 19;
export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;

/** `RTMGRP_LINK`, `RTMGRP_IPV4_IFADDR`, `RTMGRP_IPV6_IFADDR`. */
export const WATCHED_GROUPS = 0x1 | 0x10 | 0x100;

/** `RTMGRP_LINK`, `RTMGRP_IPV6_IFADDR`: what tells which IPv6 addresses go with a link that goes down. */
export const WITNESSED_GROUPS = 0x1 | 0x100;

/** Bit of `IFLA_EXT_MASK`: leave out statistics, half of all bytes (`RTEXT_FILTER_SKIP_STATS`). */
export const RTEXT_FILTER_SKIP_STATS = 1 << 3;

/** `enum rt_scope_t`, as `ip` names it. */
export const SCOPES: ReadonlyMap<string, number> = new Map([
  ['global', 0],
  ['site', 200],
  ['link', 253],
  ['host', 254],
  ['nowhere', 255],
]);

// -------------------------------------------------------------------------------------
// socket.h (not uapi), if.h, if_link.h, ip.h
// -------------------------------------------------------------------------------------

export const AF_UNSPEC = 0;
export const AF_INET = 2;
/** Family of messages about the ports of a bridge. */
export const AF_BRIDGE = 7;
export const AF_INET6 = 10;

/** Size of `struct ifinfomsg`. */
export const IFINFOMSG = 16;
export const IFF_UP = 1;

export const IFLA_IFNAME = 3;
export const IFLA_LINK = 5;
export const IFLA_MASTER = 10;
export const IFLA_LINKINFO = 18;
export const IFLA_AF_SPEC = 26;
export const IFLA_EXT_MASK = 29;
export const IFLA_LINK_NETNSID = 37;
/** Within `IFLA_LINKINFO`. */
export const IFLA_INFO_KIND = 1;
export const IFLA_INFO_DATA = 2;
/** Within `IFLA_INFO_DATA` of a vxlan. */
export const IFLA_VXLAN_LINK = 3;
/** Within `AF_INET` within `IFLA_AF_SPEC`. */
export const IFLA_INET_CONF = 1;
/** Within `IFLA_INET_CONF`: the type of an attribute where it is set; it is read from an array that begins with 1. */
export const IPV4_DEVCONF_PROMOTE_SECONDARIES = 20;

// -------------------------------------------------------------------------------------
// if_addr.h
// -------------------------------------------------------------------------------------

/** Size of `struct ifaddrmsg`. */
export const IFADDRMSG = 8;

/** The other end where there is a peer; else the address itself. */
export const IFA_ADDRESS = 1;
/** The address itself; IPv6: only where there is a peer. */
export const IFA_LOCAL = 2;
export const IFA_LABEL = 3;
export const IFA_BROADCAST = 4;
export const IFA_CACHEINFO = 6;
/** Flags of 32 bits, instead of the 8 in the header. */
export const IFA_FLAGS = 8;
/** Metric of the route that the address brings. Since Linux 4.18. */
export const IFA_RT_PRIORITY = 9;

/** IPv4: secondary. IPv6 uses the same bit for temporary addresses. */
export const IFA_F_SECONDARY = 0x01;
/** IPv6: no duplicate address detection. */
export const IFA_F_NODAD = 0x02;
export const IFA_F_NOPREFIXROUTE = 0x200;

/** A lifetime of `struct ifa_cacheinfo` that never ends (`INFINITY_LIFE_TIME`, addrconf.h). */
export const FOREVER = 0xffff_ffff;

// -------------------------------------------------------------------------------------
// errno-base.h, errno.h
// -------------------------------------------------------------------------------------

export const EPERM = 1;
export const ENXIO = 6;
export const EEXIST = 17;
export const ENODEV = 19;
export const EADDRNOTAVAIL = 99;
