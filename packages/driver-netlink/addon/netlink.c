/*
 * Netlink sockets for Node: open, send, receive, tell when there is something to read. Nothing of the messages is known
 * here; they are written and read in TypeScript (../src).
 *
 * Node-API alone, version 8, and libuv's uv_poll, both of stable ABI: one binary serves Node 20 and all later ones. There
 * are no globals, so each worker thread may load it. A call that fails throws an Error with `code` (ENOBUFS), `errno` (105)
 * and `syscall` (recvmsg).
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <node_api.h>
#include <uv.h>

/* Since Linux 4.20; headers of Debian 9 have not heard of it. */
#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif

struct netlink_socket {
  napi_env env;
  int fd; /* -1: closed */
  int users; /* the JavaScript value, and the poll while there is one */
  bool polled;
  uv_poll_t poll;
  napi_ref on_readable;
  napi_async_cleanup_hook_handle hook;
};

/* ------------------------------------------------------------------------------------- */
/* errors                                                                                */
/* ------------------------------------------------------------------------------------- */

static napi_value throw_errno(napi_env env, const char *call, int number) {
  napi_value error, code, text, value;
  napi_create_string_utf8(env, uv_err_name(-number), NAPI_AUTO_LENGTH, &code);
  napi_create_string_utf8(env, strerror(number), NAPI_AUTO_LENGTH, &text);
  napi_create_error(env, code, text, &error);
  napi_create_int32(env, number, &value);
  napi_set_named_property(env, error, "errno", value);
  napi_create_string_utf8(env, call, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, error, "syscall", value);
  napi_throw(env, error);
  return NULL;
}

/* ------------------------------------------------------------------------------------- */
/* life                                                                                  */
/* ------------------------------------------------------------------------------------- */

static void release(struct netlink_socket *it) {
  if (--it->users == 0) free(it);
}

static void on_poll_closed(uv_handle_t *handle) {
  struct netlink_socket *it = handle->data;
  napi_delete_reference(it->env, it->on_readable);
  napi_remove_async_cleanup_hook(it->hook);
  release(it);
}

static void close_socket(struct netlink_socket *it) {
  if (it->fd < 0) return;
  if (it->polled) uv_close((uv_handle_t *)&it->poll, on_poll_closed);
  close(it->fd);
  it->fd = -1;
}

/* The thread ends: its loop may not go before the poll has. */
static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  close_socket(data);
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  close_socket(data);
  release(data);
}

/* Reads the arguments; the first is a socket that is open. NULL: has thrown. */
static struct netlink_socket *socket_of(napi_env env, napi_callback_info info, size_t count, napi_value *args) {
  void *it = NULL;
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, args, NULL, NULL) != napi_ok || given < count || napi_get_value_external(env, args[0], &it) != napi_ok) {
    throw_errno(env, "arguments", EINVAL);
    return NULL;
  }
  if (((struct netlink_socket *)it)->fd >= 0) return it;
  throw_errno(env, "arguments", EBADF);
  return NULL;
}

/* ------------------------------------------------------------------------------------- */
/* calls                                                                                 */
/* ------------------------------------------------------------------------------------- */

/* open(groups: a mask as in sockaddr_nl, receiveBuffer: bytes) => socket */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  napi_value args[2], result;
  size_t count = 2;
  uint32_t groups;
  int32_t bytes;
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count < 2 || napi_get_value_uint32(env, args[0], &groups) != napi_ok ||
      napi_get_value_int32(env, args[1], &bytes) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);

  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd < 0) return throw_errno(env, "socket", errno);
  const int on = 1;
  /* Beyond net.core.rmem_max with CAP_NET_ADMIN alone; up to it for everybody. */
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  /* What an old kernel refuses of these is done without: the reader copes. */
  setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
  setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
  const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = groups};
  if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
    const int number = errno;
    close(fd);
    return throw_errno(env, "bind", number);
  }

  struct netlink_socket *it = calloc(1, sizeof *it);
  if (it == NULL) {
    close(fd);
    return throw_errno(env, "calloc", ENOMEM);
  }
  it->env = env;
  it->fd = fd;
  it->users = 1;
  if (napi_create_external(env, it, on_collected, NULL, &result) == napi_ok) return result;
  close(fd);
  free(it);
  return NULL;
}

/* send(socket, bytes, length): the first `length` of `bytes`, to the kernel */
static napi_value send_bytes(napi_env env, napi_callback_info info) {
  napi_value args[3];
  void *bytes;
  size_t size;
  uint32_t length;
  struct netlink_socket *it = socket_of(env, info, 3, args);
  if (it == NULL) return NULL;
  if (napi_get_buffer_info(env, args[1], &bytes, &size) != napi_ok || napi_get_value_uint32(env, args[2], &length) != napi_ok || length > size)
    return throw_errno(env, "arguments", EINVAL);
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t sent;
  do sent = sendto(it->fd, bytes, length, 0, (const struct sockaddr *)&kernel, sizeof kernel);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? throw_errno(env, "sendto", errno) : NULL;
}

/* receive(socket, into) => bytes of one datagram; 0: there is none. What another process has sent is dropped. */
static napi_value receive_bytes(napi_env env, napi_callback_info info) {
  napi_value args[2], result;
  struct sockaddr_nl sender;
  struct iovec into;
  struct netlink_socket *it = socket_of(env, info, 2, args);
  if (it == NULL) return NULL;
  if (napi_get_buffer_info(env, args[1], &into.iov_base, &into.iov_len) != napi_ok) return throw_errno(env, "arguments", EINVAL);
  ssize_t length;
  struct msghdr message;
  do {
    memset(&sender, 0, sizeof sender);
    message = (struct msghdr){.msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &into, .msg_iovlen = 1};
    length = recvmsg(it->fd, &message, MSG_DONTWAIT);
  } while (length < 0 ? errno == EINTR : sender.nl_pid != 0);
  if (length < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK) return throw_errno(env, "recvmsg", errno);
    length = 0;
  } else if (message.msg_flags & MSG_TRUNC) {
    return throw_errno(env, "recvmsg", EMSGSIZE);
  }
  napi_create_uint32(env, (uint32_t)length, &result);
  return result;
}

/* flags(socket, index, name) => IFF_UP and the like of the interface of that index; undefined: it does not have that name. (By SIOCGIFINDEX,
 * or with a name that nobody bears, the kernel would run modprobe.) */
static napi_value flags_of(napi_env env, napi_callback_info info) {
  napi_value args[3], result;
  char name[64];
  size_t length;
  struct ifreq request;
  struct netlink_socket *it = socket_of(env, info, 3, args);
  if (it == NULL) return NULL;
  memset(&request, 0, sizeof request);
  if (napi_get_value_int32(env, args[1], &request.ifr_ifindex) != napi_ok || napi_get_value_string_utf8(env, args[2], name, sizeof name, &length) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);
  if (ioctl(it->fd, SIOCGIFNAME, &request) != 0 || strncmp(request.ifr_name, name, IFNAMSIZ) != 0 || ioctl(it->fd, SIOCGIFFLAGS, &request) != 0) return NULL;
  napi_create_uint32(env, (uint16_t)request.ifr_flags, &result);
  return result;
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  struct netlink_socket *it = poll->data;
  napi_handle_scope scope;
  napi_value function, receiver, error;
  (void)events;
  napi_open_handle_scope(it->env, &scope);
  napi_get_reference_value(it->env, it->on_readable, &function);
  napi_get_global(it->env, &receiver);
  if (napi_make_callback(it->env, NULL, receiver, function, 0, NULL, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(it->env, &error) == napi_ok)
    napi_fatal_exception(it->env, error);
  napi_close_handle_scope(it->env, scope);
  /* Where the socket holds an error (ENOBUFS: notices were lost) libuv says EBADF and ends the poll. */
  if (status < 0 && it->fd >= 0) uv_poll_start(poll, UV_READABLE, on_poll);
}

/* watch(socket, onReadable): calls it whenever there is something to receive, an error too, until close. Once. */
static napi_value watch_socket(napi_env env, napi_callback_info info) {
  napi_value args[2];
  uv_loop_t *loop;
  struct netlink_socket *it = socket_of(env, info, 2, args);
  if (it == NULL) return NULL;
  if (it->polled) return throw_errno(env, "arguments", EALREADY);
  if (napi_get_uv_event_loop(env, &loop) != napi_ok || napi_create_reference(env, args[1], 1, &it->on_readable) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);
  const int failure = uv_poll_init(loop, &it->poll, it->fd);
  if (failure != 0) {
    napi_delete_reference(env, it->on_readable);
    return throw_errno(env, "uv_poll_init", -failure);
  }
  it->poll.data = it;
  it->polled = true;
  it->users++;
  napi_add_async_cleanup_hook(env, on_environment_end, it, &it->hook);
  uv_poll_start(&it->poll, UV_READABLE, on_poll);
  return NULL;
}

/* close(socket): no callback comes after it; closing again is nothing. */
static napi_value close_call(napi_env env, napi_callback_info info) {
  napi_value args[1];
  size_t count = 1;
  void *it = NULL;
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count < 1 || napi_get_value_external(env, args[0], &it) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);
  close_socket(it);
  return NULL;
}

/* inNamespace(path, body) => what `body` returns; the calling thread is in the network namespace of `path` meanwhile. */
static napi_value in_namespace(napi_env env, napi_callback_info info) {
  napi_value args[2], receiver, result = NULL;
  size_t count = 2, length;
  char path[4096];
  if (napi_get_cb_info(env, info, &count, args, NULL, NULL) != napi_ok || count < 2 ||
      napi_get_value_string_utf8(env, args[0], path, sizeof path, &length) != napi_ok)
    return throw_errno(env, "arguments", EINVAL);
  const int there = open(path, O_RDONLY | O_CLOEXEC);
  if (there < 0) return throw_errno(env, "open", errno);
  const int here = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  const int failure = here < 0 || setns(there, CLONE_NEWNET) != 0 ? errno : 0;
  close(there);
  if (failure == 0) {
    napi_get_global(env, &receiver);
    napi_call_function(env, receiver, args[1], 0, NULL, &result);
    if (setns(here, CLONE_NEWNET) != 0) napi_fatal_error("inNamespace", NAPI_AUTO_LENGTH, "the way back is barred", NAPI_AUTO_LENGTH);
  }
  if (here >= 0) close(here);
  return failure == 0 ? result : throw_errno(env, "setns", failure);
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor calls[] = {
      {"open", NULL, open_socket, NULL, NULL, NULL, napi_enumerable, NULL},
      {"send", NULL, send_bytes, NULL, NULL, NULL, napi_enumerable, NULL},
      {"receive", NULL, receive_bytes, NULL, NULL, NULL, napi_enumerable, NULL},
      {"flags", NULL, flags_of, NULL, NULL, NULL, napi_enumerable, NULL},
      {"watch", NULL, watch_socket, NULL, NULL, NULL, napi_enumerable, NULL},
      {"close", NULL, close_call, NULL, NULL, NULL, napi_enumerable, NULL},
      {"inNamespace", NULL, in_namespace, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof calls / sizeof calls[0], calls);
  return exports;
}
