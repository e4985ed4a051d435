/*
 * The floor: what a plain C program needs for the job, with nothing else to do. One loop polls its sockets with the next
 * deadline; when a sender has been silent for DETECTION ms, one batch of RTM_DELADDR takes the cards' addresses away,
 * when all are heard again one batch of RTM_NEWADDR brings them back.
 *
 *   floor HOST PORT COUNT DETECTION INTERFACE CARDS      listeners on COUNT ports; cards are 10.8.0.1 and the following
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 256, BUFFER = 4 << 20, LISTENERS = 1024 };

struct request {
  struct nlmsghdr head;
  struct ifaddrmsg address;
  struct rtattr attribute;
  uint32_t local;
};

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void grow(int fd) {
  int size = BUFFER;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
}

static void await_answers(int fd, int count) {
  static char buffer[1 << 16] __attribute__((aligned(8)));
  while (count > 0) {
    ssize_t length = recv(fd, buffer, sizeof buffer, 0);
    if (length < 0) err(1, "answers");
    for (struct nlmsghdr *it = (void *)buffer; NLMSG_OK(it, (unsigned)length); it = NLMSG_NEXT(it, length)) count--;
  }
}

static void change(int fd, int interface, int type, int cards) {
  static struct request requests[BATCH];
  for (int begin = 0; begin < cards; begin += BATCH) {
    int count = cards - begin < BATCH ? cards - begin : BATCH;
    for (int i = 0; i < count; i++)
      requests[i] = (struct request){
          .head = {.nlmsg_len = sizeof(struct request), .nlmsg_type = (uint16_t)type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (type == RTM_NEWADDR ? NLM_F_CREATE : 0)},
          .address = {.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = (unsigned)interface},
          .attribute = {.rta_len = RTA_LENGTH(4), .rta_type = IFA_LOCAL},
          .local = htonl(0x0a080001u + (uint32_t)(begin + i)),
      };
    if (send(fd, requests, sizeof(struct request) * (size_t)count, 0) < 0) err(1, "requests");
    await_answers(fd, count);
  }
}

static int listen_on(const char *host, int port) {
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (inet_pton(AF_INET, host, &local.sin_addr) != 1 || fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) < 0) err(1, "%s port %d", host, port);
  grow(fd);
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 7) errx(2, "floor HOST PORT COUNT DETECTION INTERFACE CARDS");
  int port = atoi(argv[2]), count = atoi(argv[3]), interface = (int)if_nametoindex(argv[5]), cards = atoi(argv[6]);
  int64_t detection = atoll(argv[4]) * 1000000;
  static struct pollfd sockets[LISTENERS];
  static int64_t heard[LISTENERS];
  if (count > LISTENERS) errx(2, "at most %d listeners", LISTENERS);
  for (int i = 0; i < count; i++) sockets[i] = (struct pollfd){.fd = listen_on(argv[1], port + i), .events = POLLIN};
  int netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (netlink < 0) err(1, "netlink");
  grow(netlink);
  for (int present = 0;;) {
    int64_t at = now(), next = INT64_MAX;
    int alive = 1;
    for (int i = 0; i < count; i++) {
      int64_t deadline = heard[i] + detection;
      if (deadline <= at) alive = 0;
      else if (deadline < next) next = deadline;
    }
    if (alive != present) change(netlink, interface, alive ? RTM_NEWADDR : RTM_DELADDR, cards), present = alive;
    int wait = next == INT64_MAX ? -1 : (int)((next - at + 999999) / 1000000);
    if (poll(sockets, (nfds_t)count, wait) <= 0) continue;
    for (int i = 0; i < count; i++) {
      char byte;
      if ((sockets[i].revents & POLLIN) == 0) continue;
      while (recv(sockets[i].fd, &byte, 1, 0) >= 0) heard[i] = now();
    }
  }
}
