/* SPDX-License-Identifier: Apache-2.0
 * The public keys of an issuer: a parsed JWKS document (RFC 7517). */
#ifndef COGMIG_KEYSET_H
#define COGMIG_KEYSET_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable. Keys that cannot verify RS256 (another kty, use or alg, RSA under 2048 bits, private
 * material, no kid) are left out; two different keys under one kid are refused. */
typedef struct cogmig_keyset cogmig_keyset;

/* Read a JWKS document from memory.
 *
 * jwks        in: JSON, at most 256 KiB
 * ret_keyset  out: release it with cogmig_keyset_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, JWKS_MALFORMED, JWKS_NO_USABLE_KEY.
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_keyset_parse(const char *jwks, size_t len, cogmig_keyset **ret_keyset,
                                  cogmig_error *err);

/* Read a JWKS document from a file.
 *
 * Errors: as cogmig_keyset_parse(), FILE_UNREADABLE. Threads: any. Since: 1.0. */
cogmig_status cogmig_keyset_parse_file(const char *path, cogmig_keyset **ret_keyset,
                                       cogmig_error *err);

/* Release a key set and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: any, after the last call on it. Since: 1.0. */
void cogmig_keyset_free(cogmig_keyset **keyset);

/* How many keys are usable.
 *
 * Errors: none. Threads: any. Since: 1.0. */
size_t cogmig_keyset_size(const cogmig_keyset *keyset);

/* The kid of a key, or NULL past the end. Borrowed from the key set.
 *
 * index  0 to cogmig_keyset_size() - 1
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_keyset_kid(const cogmig_keyset *keyset, size_t index);

/* Check the signature of a JWS in compact form, and nothing else: no expiry, no issuer, no client.
 * Tokens that decide about access belong into a verifier.
 *
 * jws          in: three base64url parts, at most 16 KiB
 * ret_payload  out: the decoded payload; release it with cogmig_free(); NULL when not wanted
 * ret_len      out: bytes of it; NULL when not wanted
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, TOKEN_MALFORMED, TOKEN_TOO_LARGE,
 * TOKEN_ENCRYPTED, TOKEN_HEADER_INVALID, TOKEN_ALGORITHM_REFUSED, TOKEN_CRITICAL_REFUSED,
 * TOKEN_TYPE_REFUSED, TOKEN_KEY_UNKNOWN, TOKEN_SIGNATURE_INVALID. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_keyset_verify_jws(const cogmig_keyset *keyset,
                                                         const char *jws, size_t len,
                                                         char **ret_payload, size_t *ret_len,
                                                         cogmig_error *err);

/* Takes what a fetch of your own received. Valid during the callback, or until the fetch that it
 * belongs to is handed back (cogmig_key_fetch_end() of verifier.h). */
typedef struct cogmig_jwks_reply cogmig_jwks_reply;

/* Get a JWKS document over a channel of your own. It must not follow redirects and must not ask
 * anybody but the URL.
 *
 * user_data   as given with the function
 * url         in: NUL-terminated
 * timeout_ms  how long it may take
 * reply       in: where to put status and body
 *
 * Returns COGMIG_OK when a response of any HTTP status came; a status of kind UNAVAILABLE is passed
 * on as it is; anything else becomes STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_jwks_fetch_fn)(void *user_data, const char *url, int32_t timeout_ms,
                                              cogmig_jwks_reply *reply);

/* The ETag of the keys held, to be sent as If-None-Match: then the answer may be 304, without a
 * body. NULL when there is nothing to compare with. Borrowed from the reply.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_jwks_reply_if_none_match(const cogmig_jwks_reply *reply);

/* How long the response may be used: max-age of its Cache-Control less its Age, or 0 for no-store
 * and no-cache. It is clamped to 1 minute and 12 hours; without it the keys are asked for again
 * after 10 minutes.
 *
 * max_age_s  below 0 counts as 0
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
void cogmig_jwks_reply_set_max_age_s(cogmig_jwks_reply *reply, int64_t max_age_s);

/* The ETag of the response, quotes and W/ included. Longer than 256 bytes, or not printable, is as
 * if there were none.
 *
 * etag  in: NUL-terminated; copied; NULL for none
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
void cogmig_jwks_reply_set_etag(cogmig_jwks_reply *reply, const char *etag);

/* The HTTP status of the response. Only 200 is used, and 304 where an ETag was sent.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
void cogmig_jwks_reply_set_http_status(cogmig_jwks_reply *reply, int32_t http_status);

/* Add bytes to the body. More than 256 KiB are refused.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, JWKS_RESPONSE_INVALID (too large).
 * Threads: that of the callback. Since: 1.0. */
cogmig_status cogmig_jwks_reply_append(cogmig_jwks_reply *reply, const char *bytes, size_t len);

#ifdef __cplusplus
}
#endif

#endif
