/* SPDX-License-Identifier: Apache-2.0
 * The error box: the caller owns it, a call fills it. */
#ifndef COGMIG_ERROR_H
#define COGMIG_ERROR_H

#include <cogmig/status.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for one error: status, a message for people and the code of whatever stood behind it
 * (a database, a server). Pass it as the last argument of a call, or NULL where the status is
 * enough. The call empties it on entry and fills it on failure, without allocating, so nothing in
 * it is ever stale. A message never holds a password, a hash or a whole token. */
typedef struct cogmig_error cogmig_error;

/* Where an upstream code comes from. */
enum {
    COGMIG_UPSTREAM_NONE = 0,
    COGMIG_UPSTREAM_POSTGRESQL = 1, /* SQLSTATE, e.g. "57P01" */
    COGMIG_UPSTREAM_SQLITE = 2,     /* extended result code, e.g. "14" */
    COGMIG_UPSTREAM_CURL = 3,       /* CURLcode, e.g. "28" */
    COGMIG_UPSTREAM_HTTP = 4,       /* HTTP status, e.g. "503" */
    COGMIG_UPSTREAM_SYSTEM = 5,     /* errno, e.g. "13" */
    COGMIG_UPSTREAM_CALLBACK = 6,   /* the status that a callback of yours returned */
    COGMIG_UPSTREAM_AWS = 7         /* AWS's name, e.g. "TooManyRequestsException" */
};

/* The claims that a refused token failed by, as bits. */
enum {
    COGMIG_FAILED_ISSUER = 1,
    COGMIG_FAILED_TOKEN_USE = 2,
    COGMIG_FAILED_CLIENT = 4,
    COGMIG_FAILED_SUB = 8,
    COGMIG_FAILED_EXPIRY = 16,
    COGMIG_FAILED_NOT_BEFORE = 32,
    COGMIG_FAILED_ISSUED_AT = 64,
    COGMIG_FAILED_GROUPS = 128,
    COGMIG_FAILED_SCOPE = 256,
    COGMIG_FAILED_DEMANDED_CLAIM = 512, /* one of cogmig_verifier_config_require_claim() */
    COGMIG_FAILED_NONCE = 1024
};

/* Make an empty error box.
 *
 * ret_error  out: the box; release it with cogmig_error_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_error_new(cogmig_error **ret_error);

/* Release a box and set the caller's variable to NULL. NULL and a NULL box are fine.
 *
 * Errors: none. Threads: any, one at a time for one box. Since: 1.0. */
void cogmig_error_free(cogmig_error **error);

/* Empty a box: status OK, no message, no upstream code. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_error_clear(cogmig_error *error);

/* Fill a box: for your own callbacks, so that they can say why they fail.
 *
 * error    the box; NULL is fine and does nothing
 * status   what went wrong
 * message  in: UTF-8, copied, cut at 500 bytes; NULL for the sentence of the status
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_error_set(cogmig_error *error, cogmig_status status, const char *message);

/* The status in the box; COGMIG_OK for an empty one and for NULL.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_error_status(const cogmig_error *error);

/* The message for people; "" for an empty box and for NULL. Borrowed until the box is next used.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
const char *cogmig_error_message(const cogmig_error *error);

/* Where the upstream code comes from: one of COGMIG_UPSTREAM_*.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
int32_t cogmig_error_upstream(const cogmig_error *error);

/* The upstream code as text, e.g. "57P01"; "" when there is none. Borrowed until the box is next
 * used.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
const char *cogmig_error_upstream_code(const cogmig_error *error);

/* All claims that a token failed by, for logs: COGMIG_FAILED_* put together. The status is that of
 * the first. 0 when a refusal is not about claims, for an empty box and for NULL.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
uint32_t cogmig_error_failed_claims(const cogmig_error *error);

#ifdef __cplusplus
}
#endif

#endif
