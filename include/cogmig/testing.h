/* SPDX-License-Identifier: Apache-2.0
 * libcogmig-testing: an issuer of your own, so that a service that checks Cognito tokens can be
 * tested offline. A library apart (-lcogmig-testing): the one for production cannot sign. */
#ifndef COGMIG_TESTING_H
#define COGMIG_TESTING_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An issuer with its RSA keys. */
typedef struct cogmig_test_issuer cogmig_test_issuer;

/* A token in the making: header and claims, to be changed at will and then signed. */
typedef struct cogmig_test_token cogmig_test_token;

/* Make an issuer with two RSA-2048 keys, as a pool has them: the first signs ID tokens, the second
 * access tokens.
 *
 * issuer      in: what "iss" shall say, e.g.
 *             "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI"; at most 2048
 *             bytes; copied
 * ret_issuer  out: release it with cogmig_test_issuer_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR. Threads: any. Since: 1.0. */
cogmig_status cogmig_test_issuer_new(const char *issuer, cogmig_test_issuer **ret_issuer,
                                     cogmig_error *err);

/* Release an issuer and set the caller's variable to NULL. NULL is fine. Its tokens keep what they
 * need.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_test_issuer_free(cogmig_test_issuer **issuer);

/* Replace both keys by new ones under new kids. Tokens signed so far no longer fit the JWKS.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_issuer_rotate_keys(cogmig_test_issuer *issuer, cogmig_error *err);

/* The JWKS document of the present keys. Borrowed until the keys are rotated or the issuer freed;
 * NUL-terminated.
 *
 * ret_len  out: bytes; NULL when not wanted
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
const char *cogmig_test_issuer_jwks(const cogmig_test_issuer *issuer, size_t *ret_len);

/* Begin a token that is as Cognito's would be: now issued, valid for an hour.
 * An ID token has sub, iss, aud, cognito:username, token_use, auth_time, exp, iat, jti, origin_jti,
 * event_id; an access token has client_id, scope and username instead of aud and cognito:username.
 *
 * use        COGMIG_TOKEN_USE_ID or COGMIG_TOKEN_USE_ACCESS of claims.h: 1 or 2
 * sub        in: copied
 * client_id  in: copied
 * ret_token  out: release it with cogmig_test_token_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR. Threads: one at a time for one issuer.
 * Since: 1.0. */
cogmig_status cogmig_test_token_new(const cogmig_test_issuer *issuer, int32_t use, const char *sub,
                                    const char *client_id, cogmig_test_token **ret_token,
                                    cogmig_error *err);

/* Release a token and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_test_token_free(cogmig_test_token **token);

/* Set a claim to a string.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_token_set_string(cogmig_test_token *token, const char *claim,
                                           const char *value, cogmig_error *err);

/* Set a claim to an integer.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_token_set_integer(cogmig_test_token *token, const char *claim,
                                            int64_t value, cogmig_error *err);

/* Set a claim to any JSON value.
 *
 * json  in: e.g. "true", "[\"admins\"]"
 *
 * Errors: INVALID_ARGUMENT (also for text that is no JSON value), OUT_OF_MEMORY.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_token_set_json(cogmig_test_token *token, const char *claim,
                                         const char *json, cogmig_error *err);

/* Leave a claim out. One that is not there is fine.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_token_remove(cogmig_test_token *token, const char *claim,
                                       cogmig_error *err);

/* Set a member of the header to any JSON value, e.g. "kid" to "\"other\"". The algorithm of the
 * signature stays RS256 whatever "alg" is made to say.
 *
 * Errors: as cogmig_test_token_set_json(). Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_token_set_header(cogmig_test_token *token, const char *member,
                                           const char *json, cogmig_error *err);

/* Leave a member of the header out.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_token_remove_header(cogmig_test_token *token, const char *member,
                                              cogmig_error *err);

/* Sign the token as it stands now.
 *
 * ret_jwt  out: compact form; borrowed until the token is signed again or freed; NUL-terminated
 * ret_len  out: bytes; NULL when not wanted
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_token_sign(cogmig_test_token *token, const char **ret_jwt,
                                     size_t *ret_len, cogmig_error *err);

/* Sign the token and spoil one byte of the signature.
 *
 * Errors: as cogmig_test_token_sign(). Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_test_token_sign_badly(cogmig_test_token *token, const char **ret_jwt,
                                           size_t *ret_len, cogmig_error *err);

#ifdef __cplusplus
}
#endif

#endif
