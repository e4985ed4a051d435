/*
 * Prints by how many ns a timer came late that nobody had to share a processor with, but for who is in real time as well: what the machine itself
 * adds to any deadline.
 */
#include <err.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

/* ms to sleep: at least, and up to so many more. */
enum { LEAST = 100, SPREAD = 50 };

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(void) {
  struct sched_param priority = {.sched_priority = 10};
  if (sched_setscheduler(0, SCHED_FIFO, &priority) < 0) warn("without real-time priority");
  mlockall(MCL_CURRENT | MCL_FUTURE);
  int64_t begun = now(), deadline = begun + LEAST * 1000000ll + begun % (SPREAD * 1000000ll);
  struct timespec at = {deadline / 1000000000, deadline % 1000000000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
  printf("%lld\n", (long long)(now() - deadline));
  return 0;
}
