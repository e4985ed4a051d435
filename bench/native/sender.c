/*
 * Sends heartbeats at a steady pace, to COUNT ports from PORT on, to each of them every INTERVAL µs.
 *
 *   sender HOST PORT COUNT INTERVAL JITTER      JITTER: per cent by which an interval may be shorter, as BFD has it
 *
 * SIGSTOP is its death, SIGCONT its return: what it did not send meanwhile it does not make up for. SIGTERM ends it; then
 * it prints how many datagrams the kernel has taken.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

enum { TARGETS = 1024, BURST = 128, BUFFER = 4 << 20 };

static volatile sig_atomic_t ended;

static void end(int signal) {
  (void)signal;
  ended = 1;
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void sleep_until(int64_t at) {
  struct timespec t = {at / 1000000000, at % 1000000000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

int main(int argc, char **argv) {
  if (argc != 6) errx(2, "sender HOST PORT COUNT INTERVAL JITTER");
  int port = atoi(argv[2]), count = atoi(argv[3]), jitter = atoi(argv[5]), size = BUFFER;
  int64_t interval = atoll(argv[4]) * 1000;
  static struct sockaddr_in to[TARGETS];
  static struct mmsghdr messages[TARGETS];
  struct iovec text = {"heartbeat", 9};
  if (count < 1 || count > TARGETS || interval < 1) errx(2, "COUNT is 1 to %d, INTERVAL at least 1", TARGETS);
  for (int i = 0; i < count; i++) {
    to[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)(port + i))};
    if (inet_pton(AF_INET, argv[1], &to[i].sin_addr) != 1) errx(2, "%s is no IPv4 address", argv[1]);
    messages[i].msg_hdr = (struct msghdr){.msg_name = &to[i], .msg_namelen = sizeof to[i], .msg_iov = &text, .msg_iovlen = 1};
  }
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0) err(1, "socket");
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 1);
  signal(SIGTERM, end);
  srandom((unsigned)now());

  /* One turn sends to all targets, in bursts that are spread evenly over it. */
  int64_t sent = 0, turn = now();
  int bursts = count < BURST ? 1 : (count + BURST - 1) / BURST;
  if (interval >= 1000000 * (int64_t)bursts && count > 8) bursts = count < 10 ? count : 10;
  while (!ended) {
    for (int burst = 0; burst < bursts && !ended; burst++) {
      int first = count * burst / bursts, last = count * (burst + 1) / bursts;
      sleep_until(turn + interval * burst / bursts);
      while (first < last) {
        int taken = sendmmsg(fd, messages + first, (unsigned)(last - first), 0);
        if (taken < 0 && errno == EINTR) continue;
        /* Refused (the link is down): this one is lost, as from a DPI. */
        if (taken < 0) taken = 1, sent--;
        sent += taken, first += taken;
      }
    }
    turn += interval - (jitter == 0 ? 0 : interval * (random() % (jitter * 100)) / 10000);
    if (now() - turn > 2 * interval + 5000000) turn = now();
  }
  printf("%lld\n", (long long)sent);
  return 0;
}
