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

/* The claims of a token that a verifier accepted. Immutable. */
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
 * custom:legacy_id, or legacy_id where a PreTokenGeneration trigger put it into the token. NULL when
 * the token has neither (access tokens carry no custom:* of themselves). Borrowed.
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

/* The issuer; never NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_claims_issuer(const cogmig_claims *claims);

/* The app client: aud of an ID token, client_id of an access token; NULL when the verifier was told
 * not to look. Borrowed.
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

/* Any claim that is a string.
 *
 * name      in: the claim, e.g. "custom:tenant"
 * ret_text  out: UTF-8; borrowed from the claims
 *
 * Errors: INVALID_ARGUMENT, CLAIM_NOT_FOUND (absent, or not a string; a string that holds U+0000
 * counts as not a string). Threads: any. Since: 1.0. */
cogmig_status cogmig_claims_get_string(const cogmig_claims *claims, const char *name,
                                       const char **ret_text, cogmig_error *err);

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
