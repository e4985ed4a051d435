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
 * Netlink messages bear no stamp of the kernel, so they are stamped when they are read, one by one, by a watcher in
 * real time on each processor with a socket of its own; the earliest stamp counts. For a virtual machine may be without
 * one of its processors for some ms: who waits for its turn there sees late what came about in time on the other.
 * Lines are written once it is quiet again, so that writing costs nobody anything in the middle of a trial.
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
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { QUIET_MS = 20, LONGEST_MS = 40, CHANGES = 1 << 14, BUFFER = 8 << 20 };

struct change {
  int64_t at;
  const char *word;
  char what[INET_ADDRSTRLEN + 4];
};

/* All watchers are told the same changes, in the same order. */
struct watcher {
  int fd, processor;
  pthread_t thread;
  /* So many have been noted; the last of them are in the ring. */
  atomic_ulong noted;
  struct change changes[CHANGES];
};

static struct watcher *watchers;
static int watching;
/* So many have been written. */
static atomic_ulong written;

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

/* The next free place for a change; it counts once it is taken. */
static struct change *next_change(struct watcher *watcher) {
  unsigned long noted = atomic_load(&watcher->noted);
  if (noted - atomic_load(&written) >= CHANGES) errx(1, "more changes than it holds");
  return &watcher->changes[noted % CHANGES];
}

static void note_network(struct watcher *watcher, int64_t at, const char *word, const void *address, unsigned prefix) {
  if (address == NULL) return;
  struct change *change = next_change(watcher);
  char text[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, address, text, sizeof text);
  snprintf(change->what, sizeof change->what, "%s/%u", text, prefix);
  change->at = at, change->word = word;
  atomic_fetch_add(&watcher->noted, 1);
}

static void note_link(struct watcher *watcher, int64_t at, const struct ifinfomsg *head, const char *name) {
  if ((head->ifi_change & IFF_UP) == 0 || name == NULL) return;
  struct change *change = next_change(watcher);
  snprintf(change->what, sizeof change->what, "%s", name);
  change->at = at, change->word = head->ifi_flags & IFF_UP ? "+l" : "-l";
  atomic_fetch_add(&watcher->noted, 1);
}

static void note(struct watcher *watcher, const struct nlmsghdr *message, int64_t at) {
  int type = message->nlmsg_type;
  if (type == RTM_NEWADDR || type == RTM_DELADDR) {
    const struct ifaddrmsg *head = NLMSG_DATA(message);
    note_network(watcher, at, type == RTM_NEWADDR ? "+a" : "-a", attribute(IFA_RTA(head), (int)IFA_PAYLOAD(message), IFA_LOCAL), head->ifa_prefixlen);
  } else if (type == RTM_NEWROUTE || type == RTM_DELROUTE) {
    const struct rtmsg *head = NLMSG_DATA(message);
    /* The local table mirrors the addresses. */
    if (head->rtm_table == RT_TABLE_MAIN) note_network(watcher, at, type == RTM_NEWROUTE ? "+r" : "-r", attribute(RTM_RTA(head), (int)RTM_PAYLOAD(message), RTA_DST), head->rtm_dst_len);
  } else if (type == RTM_NEWLINK) {
    const struct ifinfomsg *head = NLMSG_DATA(message);
    note_link(watcher, at, head, attribute(IFLA_RTA(head), (int)IFLA_PAYLOAD(message), IFLA_IFNAME));
  }
}

static void *watch(void *one) {
  struct watcher *watcher = one;
  static _Thread_local char buffer[1 << 16] __attribute__((aligned(8)));
  struct pollfd readable = {.fd = watcher->fd, .events = POLLIN};
  cpu_set_t processor;
  CPU_ZERO(&processor);
  CPU_SET(watcher->processor, &processor);
  if (sched_setaffinity(0, sizeof processor, &processor) < 0) err(1, "processor %d", watcher->processor);
  struct sched_param priority = {.sched_priority = 10};
  if (sched_setscheduler(0, SCHED_FIFO, &priority) < 0) warn("without real-time priority");
  for (;;) {
    ssize_t length = recv(watcher->fd, buffer, sizeof buffer, 0);
    int64_t at = now(CLOCK_MONOTONIC);
    if (length < 0 && errno == EAGAIN) {
      poll(&readable, 1, -1);
      continue;
    }
    if (length < 0) err(1, "changes were lost");
    for (struct nlmsghdr *message = (void *)buffer; NLMSG_OK(message, (unsigned)length); message = NLMSG_NEXT(message, length)) note(watcher, message, at);
  }
}

/* Takes away what one of them heard before the others listened: after a round in which none had anything, all hear the same. */
static void begin_together(void) {
  char byte;
  for (int silent = 0; silent < watching;)
    for (int i = silent = 0; i < watching; i++)
      if (recv(watchers[i].fd, &byte, sizeof byte, 0) < 0 && errno == EAGAIN) silent++;
}

static void start_watchers(void) {
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) < 0) err(1, "processors");
  watchers = calloc((size_t)CPU_COUNT(&processors), sizeof *watchers);
  if (watchers == NULL) err(1, "memory");
  for (int i = 0; watching < CPU_COUNT(&processors); i++)
    if (CPU_ISSET(i, &processors)) watchers[watching].processor = i, watchers[watching++].fd = open_netlink();
  begin_together();
  for (int i = 0; i < watching; i++)
    if ((errno = pthread_create(&watchers[i].thread, NULL, watch, &watchers[i])) != 0) err(1, "thread");
}

/* So many have been noted by all. */
static unsigned long noted_by_all(void) {
  unsigned long least = atomic_load(&watchers[0].noted);
  for (int i = 1; i < watching; i++) {
    unsigned long noted = atomic_load(&watchers[i].noted);
    if (noted < least) least = noted;
  }
  return least;
}

static void print_changes(unsigned long until) {
  for (unsigned long it = atomic_load(&written); it < until; it++) {
    struct change *first = &watchers[0].changes[it % CHANGES];
    int64_t at = first->at;
    for (int i = 1; i < watching; i++) {
      struct change *change = &watchers[i].changes[it % CHANGES];
      if (strcmp(change->word, first->word) != 0 || strcmp(change->what, first->what) != 0) errx(1, "watchers saw %s %s and %s %s", first->word, first->what, change->word, change->what);
      if (change->at < at) at = change->at;
    }
    printf("%s %lld %s\n", first->word, (long long)at, first->what);
  }
  atomic_store(&written, until);
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
  int packets = open_packets(argv[1]);
  filter_packets(packets, atoi(argv[2]), atoi(argv[3]));
  mlockall(MCL_CURRENT | MCL_FUTURE);
  start_watchers();
  puts("ready");
  unsigned long seen = 0;
  for (int64_t last = 0;;) {
    usleep(QUIET_MS * 1000);
    unsigned long before = seen;
    seen = noted_by_all();
    int is_quiet = seen == before, is_due = seen != atomic_load(&written) || now(CLOCK_MONOTONIC) - last >= LONGEST_MS * 1000000ll;
    if (!is_quiet || !is_due) continue;
    print_heartbeats(packets);
    print_changes(seen);
    if (fflush(stdout) != 0) return 0;
    last = now(CLOCK_MONOTONIC);
  }
}
