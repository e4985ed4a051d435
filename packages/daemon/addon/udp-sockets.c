/*
 * Many UDP sockets of which nothing matters but that a datagram came, to which one, when, and from whom: one poll on the loop for
 * all of them, one call for much of what is queued. What a datagram means is not known here (../src/heartbeats).
 *
 * Node-API alone, version 8, and libuv's uv_poll, both of stable ABI: one binary serves Node 20 and all later ones. There
 * are no globals, so each worker thread may load it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "throw-errno.h"

/* Sockets that one call of receive looks at, and datagrams that it takes of each: whoever is flooded holds up nobody else. */
#define SOCKETS 64
#define DATAGRAMS 8

/* What is told of a datagram; ../src/heartbeats/udp-sockets.ts says the same to who reads it. */
struct record {
  int32_t socket;
  int32_t error;       /* 0, or what the socket said in place of a datagram */
  int32_t waited;      /* µs from its arrival at the machine until it was read; 0 where nobody can tell */
  uint8_t address[16]; /* of the sender; of IPv4 the first four */
};

_Static_assert(sizeof(struct record) == 28, "RECORD in ../src/heartbeats/udp-sockets.ts");

/* ns by which readings of two clocks, one after the other, differ at most where nobody has set one of them. */
#define APART 100000

/* Room for the kernel's stamp. */
union control {
  struct cmsghdr head;
  char bytes[CMSG_SPACE(sizeof(struct timespec))];
};

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

struct bound {
  int fd;
  struct bound *next;
};

struct receiver {
  napi_env env;
  int epoll; /* has all the sockets, and is what the loop polls */
  /* Stamps are of the real-time clock. By how many ns it was ahead of the monotonic one when it was last read, which changes only where it is set;
   * and when that was found, by itself: stamps before are of a clock that is gone. Before the first reading nothing is known of it. */
  int64_t ahead, set;
  struct bound *bound;
  uv_poll_t poll;
  napi_ref on_readable;
  napi_async_cleanup_hook_handle hook;
  struct mmsghdr messages[DATAGRAMS];
  union address senders[DATAGRAMS];
  union control controls[DATAGRAMS];
};

/* ------------------------------------------------------------------------------------- */
/* life                                                                                  */
/* ------------------------------------------------------------------------------------- */

static void unbind(struct receiver *it, struct bound **place) {
  struct bound *gone = *place;
  *place = gone->next;
  /* By itself the epoll forgets it only once no process has it: one that is being spawned does for a moment. */
  epoll_ctl(it->epoll, EPOLL_CTL_DEL, gone->fd, NULL);
  close(gone->fd);
  free(gone);
}

static void on_poll_closed(uv_handle_t *handle) {
  struct receiver *it = handle->data;
  close(it->epoll);
  napi_delete_reference(it->env, it->on_readable);
  napi_remove_async_cleanup_hook(it->hook);
  free(it);
}

/* The thread ends, the process may not: its ports are free then. Its loop may not go before the poll has. */
static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  struct receiver *it = data;
  (void)hook;
  while (it->bound != NULL) unbind(it, &it->bound);
  uv_close((uv_handle_t *)&it->poll, on_poll_closed);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  struct receiver *it = poll->data;
  napi_handle_scope scope;
  napi_value function, global, error;
  (void)status;
  (void)events;
  napi_open_handle_scope(it->env, &scope);
  napi_get_reference_value(it->env, it->on_readable, &function);
  napi_get_global(it->env, &global);
  if (napi_make_callback(it->env, NULL, global, function, 0, NULL, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(it->env, &error) == napi_ok)
    napi_fatal_exception(it->env, error);
  napi_close_handle_scope(it->env, scope);
}

/* open(onReadable) => receiver, which lives as long as its thread and keeps it from nothing. `onReadable` is called whenever a socket has
 * something. */
static napi_value open_receiver(napi_env env, napi_callback_info info) {
  napi_value on_readable, result;
  size_t count = 1;
  uv_loop_t *loop;
  struct receiver *it = calloc(1, sizeof *it);
  if (it == NULL) return throw_errno(env, "calloc", ENOMEM);
  it->env = env;
  for (int each = 0; each < DATAGRAMS; each++) {
    it->messages[each].msg_hdr.msg_name = &it->senders[each];
    it->messages[each].msg_hdr.msg_control = &it->controls[each];
  }
  if (napi_get_cb_info(env, info, &count, &on_readable, NULL, NULL) != napi_ok || count < 1 || napi_get_uv_event_loop(env, &loop) != napi_ok ||
      napi_create_reference(env, on_readable, 1, &it->on_readable) != napi_ok) {
    free(it);
    return throw_errno(env, "arguments", EINVAL);
  }
  it->epoll = epoll_create1(EPOLL_CLOEXEC);
  const int failure = it->epoll < 0 ? errno : -uv_poll_init(loop, &it->poll, it->epoll);
  if (failure != 0) {
    if (it->epoll >= 0) close(it->epoll);
    napi_delete_reference(env, it->on_readable);
    free(it);
    return throw_errno(env, "epoll_create1", failure);
  }
  it->poll.data = it;
  uv_unref((uv_handle_t *)&it->poll);
  uv_poll_start(&it->poll, UV_READABLE, on_poll);
  napi_add_async_cleanup_hook(env, on_environment_end, it, &it->hook);
  napi_create_external(env, it, NULL, NULL, &result);
  return result;
}

/* Reads the arguments; the first is a receiver. NULL: has thrown. */
static struct receiver *receiver_of(napi_env env, napi_callback_info info, size_t count, napi_value *args) {
  void *it = NULL;
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, args, NULL, NULL) == napi_ok && given >= count && napi_get_value_external(env, args[0], &it) == napi_ok) return it;
  throw_errno(env, "arguments", EINVAL);
  return NULL;
}

/* ------------------------------------------------------------------------------------- */
/* sockets                                                                               */
/* ------------------------------------------------------------------------------------- */

/* The address that `host` and `port` name; returns its length, 0: they name none. */
static socklen_t address_of(const char *host, uint32_t port, union address *address) {
  memset(address, 0, sizeof *address);
  if (port > UINT16_MAX) return 0;
  if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
    address->v4.sin_family = AF_INET;
    address->v4.sin_port = htons((uint16_t)port);
    return sizeof address->v4;
  }
  if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) != 1) return 0;
  address->v6.sin6_family = AF_INET6;
  address->v6.sin6_port = htons((uint16_t)port);
  return sizeof address->v6;
}

/* bind(receiver, host: numeric, port, receiveBuffer: bytes) => socket, a number; an IPv6 one has nothing to do with IPv4 */
static napi_value bind_socket(napi_env env, napi_callback_info info) {
  napi_value args[4], result;
  char host[INET6_ADDRSTRLEN];
  size_t length;
  uint32_t port;
  int32_t bytes;
  union address address;
  struct receiver *it = receiver_of(env, info, 4, args);
  if (it == NULL) return NULL;
  if (napi_get_value_string_utf8(env, args[1], host, sizeof host, &length) != napi_ok || napi_get_value_uint32(env, args[2], &port) != napi_ok ||
      napi_get_value_int32(env, args[3], &bytes) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);
  const socklen_t size = address_of(host, port, &address);
  if (size == 0) return throw_errno(env, "arguments", EINVAL);

  const int fd = socket(address.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return throw_errno(env, "socket", errno);
  const int on = 1;
  if (address.any.sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  /* Beyond net.core.rmem_max with CAP_NET_ADMIN alone; up to it for everybody. */
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  struct bound *entry = malloc(sizeof *entry);
  const char *call = entry == NULL                                           ? "malloc"
                     : bind(fd, &address.any, size) != 0                     ? "bind"
                     : epoll_ctl(it->epoll, EPOLL_CTL_ADD, fd, &event) != 0 ? "epoll_ctl"
                                                                             : NULL;
  if (call != NULL) {
    const int number = errno;
    free(entry);
    close(fd);
    return throw_errno(env, call, number);
  }
  *entry = (struct bound){.fd = fd, .next = it->bound};
  it->bound = entry;
  napi_create_int32(env, fd, &result);
  return result;
}

/* receiveBuffer(socket) => bytes that the kernel has granted */
static napi_value receive_buffer(napi_env env, napi_callback_info info) {
  napi_value socket, result;
  size_t count = 1;
  int fd, bytes = 0;
  socklen_t size = sizeof bytes;
  if (napi_get_cb_info(env, info, &count, &socket, NULL, NULL) != napi_ok || count < 1 || napi_get_value_int32(env, socket, &fd) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);
  if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &size) != 0) return throw_errno(env, "getsockopt", errno);
  /* Linux reserves, and tells, twice as much: half of it is for its own bookkeeping. */
  napi_create_int32(env, bytes / 2, &result);
  return result;
}

/* close(receiver, socket): its port is free, and nothing is told of it any more. Another's number, or one that is closed: nothing. */
static napi_value close_socket(napi_env env, napi_callback_info info) {
  napi_value args[2];
  int fd;
  struct receiver *it = receiver_of(env, info, 2, args);
  if (it == NULL) return NULL;
  if (napi_get_value_int32(env, args[1], &fd) != napi_ok) return throw_errno(env, "arguments", EINVAL);
  struct bound **place = &it->bound;
  while (*place != NULL && (*place)->fd != fd) place = &(*place)->next;
  if (*place != NULL) unbind(it, place);
  return NULL;
}

/* ------------------------------------------------------------------------------------- */
/* datagrams                                                                             */
/* ------------------------------------------------------------------------------------- */

static int64_t ns_of(struct timespec time) {
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t read_clock(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return ns_of(now);
}

/* The time by the clock of stamps; finds out whether it was set since the last call. */
static int64_t stamp_clock(struct receiver *it) {
  const int64_t now = read_clock(CLOCK_REALTIME), ahead = now - read_clock(CLOCK_MONOTONIC);
  if (ahead > it->ahead + APART || ahead < it->ahead - APART) it->set = now;
  it->ahead = ahead;
  return now;
}

/* µs that a datagram had waited at `now`; 0 where it was stamped by a clock that was set since. */
static int32_t waited(const struct receiver *it, struct msghdr *message, int64_t now) {
  struct timespec time;
  const struct cmsghdr *told = CMSG_FIRSTHDR(message);
  if (told == NULL || told->cmsg_level != SOL_SOCKET || told->cmsg_type != SCM_TIMESTAMPNS) return 0;
  memcpy(&time, CMSG_DATA(told), sizeof time);
  const int64_t stamp = ns_of(time), wait = (now - stamp) / 1000;
  if (stamp < it->set || wait < 0) return 0;
  return wait > INT32_MAX ? INT32_MAX : (int32_t)wait;
}

static void write_record(struct record *into, int fd, const union address *sender, int32_t wait) {
  into->socket = fd;
  into->error = 0;
  into->waited = wait;
  if (sender->any.sa_family == AF_INET) memcpy(into->address, &sender->v4.sin_addr, sizeof sender->v4.sin_addr);
  else memcpy(into->address, &sender->v6.sin6_addr, sizeof sender->v6.sin6_addr);
}

/* Takes up to DATAGRAMS of one socket, never waits; what they carry is dropped. Returns how many records it has written. */
static size_t take(struct receiver *it, int fd, struct record *into) {
  int taken;
  do {
    for (int each = 0; each < DATAGRAMS; each++) {
      it->messages[each].msg_hdr.msg_namelen = sizeof it->senders[each];
      it->messages[each].msg_hdr.msg_controllen = sizeof it->controls[each];
    }
    taken = recvmmsg(fd, it->messages, DATAGRAMS, MSG_DONTWAIT, NULL);
  } while (taken < 0 && errno == EINTR);
  if (taken < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    into->socket = fd;
    into->error = errno;
    return 1;
  }
  const int64_t now = stamp_clock(it);
  for (int each = 0; each < taken; each++) write_record(&into[each], fd, &it->senders[each], waited(it, &it->messages[each].msg_hdr, now));
  return (size_t)taken;
}

/* The records that a Buffer has room for, none where it is none. */
static size_t room_of(napi_env env, napi_value buffer, struct record **records) {
  size_t size;
  void *bytes;
  if (napi_get_buffer_info(env, buffer, &bytes, &size) != napi_ok) return 0;
  *records = bytes;
  return size / sizeof(struct record);
}

/* receive(receiver, into) => records written: some of what is queued, of all sockets in turn. 0: nothing is. */
static napi_value receive(napi_env env, napi_callback_info info) {
  napi_value args[2], result;
  struct epoll_event ready[SOCKETS];
  struct record *records = NULL;
  struct receiver *it = receiver_of(env, info, 2, args);
  if (it == NULL) return NULL;
  if (room_of(env, args[1], &records) < SOCKETS * DATAGRAMS) return throw_errno(env, "arguments", EINVAL);
  const int count = epoll_wait(it->epoll, ready, SOCKETS, 0);
  size_t written = 0;
  for (int each = 0; each < count; each++) written += take(it, ready[each].data.fd, &records[written]);
  napi_create_uint32(env, (uint32_t)written, &result);
  return result;
}

/* receiveOf(receiver, socket, into) => records written: some of what is queued in this socket. 0: nothing is. */
static napi_value receive_of(napi_env env, napi_callback_info info) {
  napi_value args[3], result;
  int fd;
  struct record *records = NULL;
  struct receiver *it = receiver_of(env, info, 3, args);
  if (it == NULL) return NULL;
  if (napi_get_value_int32(env, args[1], &fd) != napi_ok || room_of(env, args[2], &records) < DATAGRAMS) return throw_errno(env, "arguments", EINVAL);
  napi_create_uint32(env, (uint32_t)take(it, fd, records), &result);
  return result;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor calls[] = {
      {"open", NULL, open_receiver, NULL, NULL, NULL, napi_enumerable, NULL},
      {"bind", NULL, bind_socket, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receiveBuffer", NULL, receive_buffer, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, close_socket, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receive", NULL, receive, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receiveOf", NULL, receive_of, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof calls / sizeof calls[0], calls);
  return exports;
}
