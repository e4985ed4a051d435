/*
 * Watches one network namespace and says when the kernel changed what, and when heartbeats came in.
 *
 *   observer INTERFACE PROTOCOL PORT        IP protocol of heartbeats; UDP port they are sent to, 0 for any
 *
 * Lines on standard output, the first of them `ready`; time in ns of CLOCK_MONOTONIC:
 *   h TIME             a heartbeat came in: the kernel's own stamp of its arrival at the interface
 *   +a TIME ADDRESS    the kernel told that an IPv4 address was added; -a: removed
 *   +r TIME ROUTE      that an IPv4 route was added; -r: removed
 *   +l TIME INTERFACE  that a link was set up; -l: down
 *
 * Netlink messages bear no stamp of the kernel, so they are stamped when they are read, one by one; the process asks
 * for real-time priority to read them at once. Lines are written once it is quiet again, so that writing costs nobody
 * anything in the middle of a trial.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { QUIET_MS = 20, LONGEST_MS = 40, CHANGES = 1 << 16, BUFFER = 8 << 20 };

struct change {
  int64_t at;
  const char *word;
  char what[INET_ADDRSTRLEN + 4];
};

static struct change changes[CHANGES];
static int changed;

static int64_t now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* CLOCK_REALTIME - CLOCK_MONOTONIC, ns. Both are slewed alike, so it changes only where somebody sets the clock. */
static int64_t realtime_offset(void) {
  int64_t best = INT64_MAX, offset = 0;
  for (int round = 0; round < 3; round++) {
    int64_t before = now(CLOCK_MONOTONIC), real = now(CLOCK_REALTIME), after = now(CLOCK_MONOTONIC);
    if (after - before < best) best = after - before, offset = real - (before + after) / 2;
  }
  return offset;
}

static void grow(int fd) {
  int size = BUFFER;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) err(1, "SO_RCVBUFFORCE");
}

static int open_netlink(void) {
  struct sockaddr_nl local = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_LINK};
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) < 0) err(1, "netlink");
  grow(fd);
  return fd;
}

static int open_packets(const char *interface) {
  struct sockaddr_ll local = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex(interface)};
  int on = 1, fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_IP));
  if (local.sll_ifindex == 0 || fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) < 0) err(1, "packets of %s", interface);
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) < 0) err(1, "SO_TIMESTAMPNS");
  grow(fd);
  return fd;
}

/* The kernel hands over heartbeats alone: at 100,000 datagrams a second the others would cost too much. */
static void filter_packets(int fd, int protocol, int port) {
  struct sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)protocol, 0, 4),
      BPF_JUMP(BPF_JMP | BPF_JA, port == 0 ? 4 : 0, 0, 0), /* any port */
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)port, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, 64),
  };
  struct sock_fprog program = {sizeof code / sizeof *code, code};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) err(1, "SO_ATTACH_FILTER");
}

static const void *attribute(const struct rtattr *at, int length, int type) {
  for (; RTA_OK(at, length); at = RTA_NEXT(at, length))
    if (at->rta_type == type) return RTA_DATA(at);
  return NULL;
}

/* The next free place for a change, which is taken where it gets a word. */
static struct change *next_change(void) {
  if (changed == CHANGES) errx(1, "more changes than it holds");
  return &changes[changed];
}

static void note_network(int64_t at, const char *word, const void *address, unsigned prefix) {
  if (address == NULL) return;
  struct change *change = next_change();
  char text[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, address, text, sizeof text);
  snprintf(change->what, sizeof change->what, "%s/%u", text, prefix);
  change->at = at, change->word = word, changed++;
}

static void note_link(int64_t at, const struct ifinfomsg *head, const char *name) {
  if ((head->ifi_change & IFF_UP) == 0 || name == NULL) return;
  struct change *change = next_change();
  snprintf(change->what, sizeof change->what, "%s", name);
  change->at = at, change->word = head->ifi_flags & IFF_UP ? "+l" : "-l", changed++;
}

static void note(const struct nlmsghdr *message, int64_t at) {
  int type = message->nlmsg_type;
  if (type == RTM_NEWADDR || type == RTM_DELADDR) {
    const struct ifaddrmsg *head = NLMSG_DATA(message);
    note_network(at, type == RTM_NEWADDR ? "+a" : "-a", attribute(IFA_RTA(head), (int)IFA_PAYLOAD(message), IFA_LOCAL), head->ifa_prefixlen);
  } else if (type == RTM_NEWROUTE || type == RTM_DELROUTE) {
    const struct rtmsg *head = NLMSG_DATA(message);
    /* The local table mirrors the addresses. */
    if (head->rtm_table == RT_TABLE_MAIN) note_network(at, type == RTM_NEWROUTE ? "+r" : "-r", attribute(RTM_RTA(head), (int)RTM_PAYLOAD(message), RTA_DST), head->rtm_dst_len);
  } else if (type == RTM_NEWLINK) {
    const struct ifinfomsg *head = NLMSG_DATA(message);
    note_link(at, head, attribute(IFLA_RTA(head), (int)IFLA_PAYLOAD(message), IFLA_IFNAME));
  }
}

static void read_changes(int fd) {
  static char buffer[1 << 16] __attribute__((aligned(8)));
  for (;;) {
    ssize_t length = recv(fd, buffer, sizeof buffer, 0);
    int64_t at = now(CLOCK_MONOTONIC);
    if (length < 0 && errno == EAGAIN) return;
    if (length < 0) err(1, "changes were lost");
    for (struct nlmsghdr *message = (void *)buffer; NLMSG_OK(message, (unsigned)length); message = NLMSG_NEXT(message, length)) note(message, at);
  }
}

static void print_changes(void) {
  for (int i = 0; i < changed; i++) printf("%s %lld %s\n", changes[i].word, (long long)changes[i].at, changes[i].what);
  changed = 0;
}

static void print_heartbeats(int fd) {
  int64_t offset = realtime_offset();
  for (;;) {
    char packet[1], control[128];
    struct sockaddr_ll from;
    struct iovec bytes = {packet, sizeof packet};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(fd, &message, 0);
    if (length < 0 && (errno == EAGAIN || errno == ENETDOWN)) return;
    if (length < 0) err(1, "packets");
    if (from.sll_pkttype == PACKET_OUTGOING) continue;
    for (struct cmsghdr *it = CMSG_FIRSTHDR(&message); it != NULL; it = CMSG_NXTHDR(&message, it)) {
      if (it->cmsg_level != SOL_SOCKET || it->cmsg_type != SO_TIMESTAMPNS) continue;
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(it), sizeof stamp);
      printf("h %lld\n", (long long)stamp.tv_sec * 1000000000 + stamp.tv_nsec - offset);
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 4) errx(2, "observer INTERFACE PROTOCOL PORT");
  struct pollfd netlink = {.fd = open_netlink(), .events = POLLIN};
  int packets = open_packets(argv[1]);
  filter_packets(packets, atoi(argv[2]), atoi(argv[3]));
  struct sched_param priority = {.sched_priority = 10};
  if (sched_setscheduler(0, SCHED_FIFO, &priority) < 0) warn("without real-time priority");
  mlockall(MCL_CURRENT | MCL_FUTURE);
  puts("ready");
  for (int64_t written = 0;;) {
    int ready = poll(&netlink, 1, QUIET_MS);
    if (ready > 0) read_changes(netlink.fd);
    if (ready > 0 || (changed == 0 && now(CLOCK_MONOTONIC) - written < LONGEST_MS * 1000000ll)) continue;
    print_heartbeats(packets);
    print_changes();
    if (fflush(stdout) != 0) return 0;
    written = now(CLOCK_MONOTONIC);
  }
}
