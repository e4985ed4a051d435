/* How the addons of this folder say that a call has failed: an Error with `code` (ECONNREFUSED), `errno` (111) and `syscall` (sendto). */
#define NAPI_VERSION 8
#include <string.h>

#include <node_api.h>
#include <uv.h>

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
