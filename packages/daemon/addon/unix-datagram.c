/*
 * What Node cannot do by itself: send one datagram to a Unix socket, leave while a thread is stuck in a write, and have V8 measure the
 * processor's clock before it matters. Nothing of the meaning of these is known here (../src/notify, ../src/main.ts).
 *
 * Node-API alone, version 8, and libuv's thread pool and dlopen, both of stable ABI: one binary serves Node 20 and all later ones. Of the main
 * thread alone: another one may end before its measurement has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "throw-errno.h"

/* send(path, text): never waits; a receiver whose queue is full is EAGAIN. A path that begins with NUL is an abstract name. */
static napi_value send_text(napi_env env, napi_callback_info info) {
  napi_value args[2];
  size_t count = 2, path_length, length;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char text[4096];
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count < 2 ||
      napi_get_value_string_utf8(env, args[0], NULL, 0, &path_length) != napi_ok || napi_get_value_string_utf8(env, args[1], NULL, 0, &length) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);
  if (path_length >= sizeof address.sun_path) return throw_errno(env, "arguments", ENAMETOOLONG);
  if (length >= sizeof text) return throw_errno(env, "arguments", EMSGSIZE);
  napi_get_value_string_utf8(env, args[0], address.sun_path, sizeof address.sun_path, NULL);
  napi_get_value_string_utf8(env, args[1], text, sizeof text, NULL);

  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return throw_errno(env, "socket", errno);
  /* An abstract name ends where its length says. */
  const socklen_t address_length = offsetof(struct sockaddr_un, sun_path) + path_length;
  ssize_t sent;
  do sent = sendto(fd, text, length, MSG_NOSIGNAL, (const struct sockaddr *)&address, address_length);
  while (sent < 0 && errno == EINTR);
  const int number = errno;
  close(fd);
  return sent < 0 ? throw_errno(env, "sendto", number) : NULL;
}

/* leave(status): ends the process without waiting for its threads. */
static napi_value leave(napi_env env, napi_callback_info info) {
  napi_value status;
  size_t count = 1;
  int32_t number;
  if (napi_get_cb_info(env, info, &count, &status, NULL, NULL) != napi_ok || count < 1 || napi_get_value_int32(env, status, &number) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);
  _exit(number);
}

struct measurement {
  uv_work_t work;
  uv_lib_t node;
  double (*frequency)(void);
};

static void measure(uv_work_t *work) {
  ((struct measurement *)work->data)->frequency();
}

static void on_measured(uv_work_t *work, int status) {
  struct measurement *it = work->data;
  (void)status;
  uv_dlclose(&it->node);
  free(it);
}

/*
 * measureClock(): the first thread of V8 that has to wait for one of its locks measures the processor's clock first, which takes two sleeps, 3 ms
 * together, or more; and it may be the main one, in the middle of a verdict. Abseil, whose lock that is, keeps the result: it is measured now, by a
 * thread that may sleep. A Node without that function has other locks.
 */
static napi_value measure_clock(napi_env env, napi_callback_info info) {
  uv_loop_t *loop;
  struct measurement *it = calloc(1, sizeof *it);
  (void)info;
  if (it == NULL) return NULL;
  it->work.data = it;
  if (uv_dlopen(NULL, &it->node) != 0 || uv_dlsym(&it->node, "_ZN4absl13base_internal19NominalCPUFrequencyEv", (void **)&it->frequency) != 0 ||
      napi_get_uv_event_loop(env, &loop) != napi_ok || uv_queue_work(loop, &it->work, measure, on_measured) != 0)
    on_measured(&it->work, 0);
  return NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor calls[] = {
      {"send", NULL, send_text, NULL, NULL, NULL, napi_enumerable, NULL},
      {"leave", NULL, leave, NULL, NULL, NULL, napi_enumerable, NULL},
      {"measureClock", NULL, measure_clock, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof calls / sizeof calls[0], calls);
  return exports;
}
