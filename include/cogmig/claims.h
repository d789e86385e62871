/* SPDX-License-Identifier: Apache-2.0
 * What a valid token says. */
#ifndef COGMIG_CLAIMS_H
#define COGMIG_CLAIMS_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The claims of a token that a verifier accepted. Immutable. Of NULL every claim is absent. */
typedef struct cogmig_claims cogmig_claims;

/* token_use */
enum {
    COGMIG_TOKEN_USE_ID = 1,
    COGMIG_TOKEN_USE_ACCESS = 2,
    COGMIG_TOKEN_USE_ANY = 3
};

/* Release claims and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: any, after the last call on them. Since: 1.0. */
void cogmig_claims_free(cogmig_claims **claims);

/* Cognito's id of the user ("sub"); never NULL. A UUID in form, but not by RFC 9562. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_sub(const cogmig_claims *claims);

/* The id of the user's row in the legacy store, for cogmig_store_find_by_id(): the claim
 * custom:legacy_id, or legacy_id where a PreTokenGeneration trigger put it into the token. NULL
 * when the token has neither (access tokens carry no custom:* of themselves). Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_legacy_id(const cogmig_claims *claims);

/* The user name: cognito:username of an ID token, username of an access token; NULL when absent.
 * Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_username(const cogmig_claims *claims);

/* The e-mail address, or NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_email(const cogmig_claims *claims);

/* email_verified: true for the boolean true and for the text "true", false otherwise.
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_claims_email_verified(const cogmig_claims *claims);

/* The telephone number, or NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_phone_number(const cogmig_claims *claims);

/* phone_number_verified: true for the boolean true and for the text "true", false otherwise.
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_claims_phone_number_verified(const cogmig_claims *claims);

/* The user's whole name ("name"), or NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_name(const cogmig_claims *claims);

/* The issuer; NULL only where the issuer check was waived and the token names none. Of a load
 * balancer's token that of its header, whatever the payload lacks. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_issuer(const cogmig_claims *claims);

/* The app client: aud of an ID token, client_id of an access token; NULL when the verifier was told
 * not to look. Of a load balancer's token what its header says. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_client_id(const cogmig_claims *claims);

/* COGMIG_TOKEN_USE_ID or COGMIG_TOKEN_USE_ACCESS; 0 when the token has neither (a generic issuer).
 *
 * Errors: none. Threads: any. Since: 1.0. */
int32_t cogmig_claims_token_use(const cogmig_claims *claims);

/* exp, in seconds since 1970.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_claims_expires_at_s(const cogmig_claims *claims);

/* iat, in seconds since 1970; 0 when absent.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_claims_issued_at_s(const cogmig_claims *claims);

/* auth_time: when the user signed in, in seconds since 1970; a refreshed token keeps it. 0 when
 * absent.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_claims_auth_time_s(const cogmig_claims *claims);

/* The id of this token ("jti"), or NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_jti(const cogmig_claims *claims);

/* origin_jti: shared by all tokens that stem from one sign-in, so that the sign-in can be revoked
 * as a whole; NULL when absent. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_origin_jti(const cogmig_claims *claims);

/* The id that Cognito gave to the sign-in ("event_id"), or NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_event_id(const cogmig_claims *claims);

/* The user's remembered device ("device_key"), or NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_device_key(const cogmig_claims *claims);

/* What the client sent along when it asked for the token ("nonce"), or NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_nonce(const cogmig_claims *claims);

/* version, which access tokens of the hosted sign-in pages carry; 0 when absent.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_claims_version(const cogmig_claims *claims);

/* All scopes in one text, with blanks between them, or NULL. To ask for one of them use
 * cogmig_claims_has_scope(). Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_scope(const cogmig_claims *claims);

/* Is this one of the scopes, as a whole word? "orders:read" is not in "orders:readall".
 *
 * scope  in: one scope; NULL and "" are in none
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_claims_has_scope(const cogmig_claims *claims, const char *scope);

/* How many groups the user is in (the array cognito:groups); 0 when absent.
 *
 * Errors: none. Threads: any. Since: 1.0. */
size_t cogmig_claims_group_count(const cogmig_claims *claims);

/* A group, or NULL past the end and for what is not text. Borrowed.
 *
 * index  0 to cogmig_claims_group_count() - 1
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_group_at(const cogmig_claims *claims, size_t index);

/* Is the user in this group? Case counts. A cognito:groups that is not an array holds none.
 *
 * group  in: NULL is none
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_claims_in_group(const cogmig_claims *claims, const char *group);

/* Any claim that is a string.
 *
 * name      in: the claim, e.g. "custom:tenant"
 * ret_text  out: UTF-8; borrowed from the claims
 *
 * Errors: INVALID_ARGUMENT, CLAIM_NOT_FOUND (absent, or not a string; a string that holds U+0000
 * counts as not a string). Threads: any. Since: 1.0. */
cogmig_status cogmig_claims_get_string(const cogmig_claims *claims, const char *name,
                                       const char **ret_text, cogmig_error *err);

/* Any claim that is a whole number, written without fraction or exponent.
 *
 * ret_integer  out: 0 after a failure
 *
 * Errors: INVALID_ARGUMENT, CLAIM_NOT_FOUND (absent, another type, beyond 64 bits).
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_claims_get_integer(const cogmig_claims *claims, const char *name,
                                        int64_t *ret_integer, cogmig_error *err);

/* Any claim that is true or false. Text is neither: custom:* attributes are always text.
 *
 * ret_bool  out: false after a failure
 *
 * Errors: INVALID_ARGUMENT, CLAIM_NOT_FOUND (absent, another type). Threads: any. Since: 1.0. */
cogmig_status cogmig_claims_get_bool(const cogmig_claims *claims, const char *name, bool *ret_bool,
                                     cogmig_error *err);

/* How many elements a claim has that is an array.
 *
 * ret_count  out: 0 after a failure
 *
 * Errors: INVALID_ARGUMENT, CLAIM_NOT_FOUND (absent, another type). Threads: any. Since: 1.0. */
cogmig_status cogmig_claims_get_count(const cogmig_claims *claims, const char *name,
                                      size_t *ret_count, cogmig_error *err);

/* An element of an array that is a string.
 *
 * index     0 to cogmig_claims_get_count() - 1
 * ret_text  out: UTF-8; borrowed from the claims
 *
 * Errors: INVALID_ARGUMENT, CLAIM_NOT_FOUND (no array, past its end, not a string; a string that
 * holds U+0000 counts as not a string). Threads: any. Since: 1.0. */
cogmig_status cogmig_claims_get_string_at(const cogmig_claims *claims, const char *name,
                                          size_t index, const char **ret_text, cogmig_error *err);

/* The whole payload as the issuer wrote it. Borrowed; NUL-terminated.
 *
 * ret_len  out: bytes; NULL when not wanted
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_json(const cogmig_claims *claims, size_t *ret_len);

#ifdef __cplusplus
}
#endif

#endif
