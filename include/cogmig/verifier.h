/* SPDX-License-Identifier: Apache-2.0
 * Is this token good? Signature, issuer, token use, client, time. */
#ifndef COGMIG_VERIFIER_H
#define COGMIG_VERIFIER_H

#include <cogmig/claims.h>
#include <cogmig/error.h>
#include <cogmig/keyset.h>
#include <cogmig/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whose tokens are accepted, for whom, and with which keys. */
typedef struct cogmig_verifier_config cogmig_verifier_config;

/* Judges tokens. It holds the keys of its issuers and the tokens that it accepted. */
typedef struct cogmig_verifier cogmig_verifier;

/* One JWKS document that you fetch for a verifier that never blocks. */
typedef struct cogmig_key_fetch cogmig_key_fetch;

/* Make a configuration. Issuer, client and token use have no default: a verifier is made only when
 * each was given or waived in so many words.
 *
 * ret_config  out: release it with cogmig_verifier_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_config_new(cogmig_verifier_config **ret_config, cogmig_error *err);

/* Release a configuration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_verifier_config_free(cogmig_verifier_config **config);

/* Trust a user pool. Its two issuers and their JWKS addresses follow from the id:
 * https://cognito-idp.{region}.amazonaws.com/{pool id} (Developer Guide, "Verifying a JSON web
 * token") and https://issuer-cognito-idp.{region}.amazonaws.com/{pool id} (API reference,
 * IssuerConfigurationType). Each has its own keys, and a token is judged by those of the issuer
 * that it names. The host of the one that the pool does not use answers 403 or 404; once the other
 * has its keys, that is no outage but TOKEN_ISSUER_REFUSED. May be called several times.
 *
 * pool_id  in: e.g. "eu-central-1_AbCdEfGhI"; copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, POOL_ID_INVALID, CONFIG_INVALID (too many issuers).
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_add_pool(cogmig_verifier_config *config, const char *pool_id,
                                              cogmig_error *err);

/* Trust the replica of a user pool in another region, whose tokens name that region in iss.
 *
 * region  in: e.g. "eu-west-1"; copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, POOL_ID_INVALID, CONFIG_INVALID (no region, too many
 * issuers). Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_add_pool_region(cogmig_verifier_config *config,
                                                     const char *pool_id, const char *region,
                                                     cogmig_error *err);

/* Trust an issuer by its URL, for emulators and for pools whose issuer differs from the rule.
 *
 * issuer    in: exactly what "iss" says; copied
 * jwks_url  in: copied; NULL for issuer + "/.well-known/jwks.json"
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, ISSUER_INVALID, JWKS_URL_INVALID, CONFIG_INVALID.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_add_issuer(cogmig_verifier_config *config, const char *issuer,
                                                const char *jwks_url, cogmig_error *err);

/* Waive the issuer check: accept tokens of whoever holds the keys of one address, whatever their
 * iss says, and without one. The keys still come from nowhere else, and all other rules hold. Such
 * a verifier trusts no other issuers.
 *
 * jwks_url  in: copied; it stands for the issuer where one is to be named
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, JWKS_URL_INVALID, CONFIG_INVALID (there is another
 * issuer). Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_allow_any_issuer(cogmig_verifier_config *config,
                                                      const char *jwks_url, cogmig_error *err);

/* Judge what an Application Load Balancer puts into x-amzn-oidc-data, and nothing else: the
 * verifier trusts load balancers or issuers, never both, and has no token use. Such a token is
 * signed with ES256 and padded; its header says who signed it, whose user it is, for which app
 * client and until when. Its keys have an address each, and it is not kept in the cache. May be
 * called several times.
 *
 * arn       in: of the load balancer, exactly what "signer" says; copied
 * issuer    in: of its authenticate action, exactly what "iss" says; copied
 * keys_url  in: to which a slash and the kid are added; copied; NULL for the region's own
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID (no such ARN, issuers beside it, too
 * many), ISSUER_INVALID, JWKS_URL_INVALID. Threads: one at a time. Since: 1.0.
 * Source: Elastic Load Balancing, "Authenticate users using an Application Load Balancer". */
cogmig_status cogmig_verifier_config_add_load_balancer(cogmig_verifier_config *config,
                                                       const char *arn, const char *issuer,
                                                       const char *keys_url, cogmig_error *err);

/* alg of RFC 7518, RFC 8037 and RFC 9864, as bits. EDDSA is Ed25519 alone, under either name. */
enum {
    COGMIG_ALGORITHM_RS256 = 1,
    COGMIG_ALGORITHM_RS384 = 2,
    COGMIG_ALGORITHM_RS512 = 4,
    COGMIG_ALGORITHM_PS256 = 8,
    COGMIG_ALGORITHM_PS384 = 16,
    COGMIG_ALGORITHM_PS512 = 32,
    COGMIG_ALGORITHM_ES256 = 64,
    COGMIG_ALGORITHM_ES384 = 128,
    COGMIG_ALGORITHM_ES512 = 256,
    COGMIG_ALGORITHM_EDDSA = 512
};

/* Which algorithms an issuer that was added by its URL signs with; RS256 alone by default. Each key
 * is bound to one of them by its kty, crv and alg (an RSA key without alg to RS256), and verifies
 * nothing else, whatever a token's header says.
 *
 * issuer      in: as it was added; a user pool signs with RS256 alone
 * algorithms  COGMIG_ALGORITHM_* put together
 *
 * Errors: INVALID_ARGUMENT, ISSUER_UNKNOWN, CONFIG_INVALID. Threads: one at a time. Since: 1.0.
 * Source: RFC 7518 section 3, RFC 8037 section 3, RFC 8725 section 3.1. */
cogmig_status cogmig_verifier_config_set_issuer_algorithms(cogmig_verifier_config *config,
                                                           const char *issuer, uint32_t algorithms,
                                                           cogmig_error *err);

/* Accept tokens for this app client. May be called several times.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_add_client(cogmig_verifier_config *config,
                                                const char *client_id, cogmig_error *err);

/* Accept tokens for any app client of the trusted issuers.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_allow_any_client(cogmig_verifier_config *config,
                                                      cogmig_error *err);

/* Which tokens: COGMIG_TOKEN_USE_ID, COGMIG_TOKEN_USE_ACCESS, or COGMIG_TOKEN_USE_ANY for both.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_token_use(cogmig_verifier_config *config, int32_t use,
                                                   cogmig_error *err);

/* Demand a group of the user (cognito:groups). Of all groups given in this way, one is enough.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_require_any_group(cogmig_verifier_config *config,
                                                       const char *group, cogmig_error *err);

/* Demand a group of the user. All groups given in this way must be there.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_require_group(cogmig_verifier_config *config,
                                                   const char *group, cogmig_error *err);

/* Demand a scope, as a whole word. Of all scopes given in this way, one is enough.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID (a blank in it, too many).
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_require_any_scope(cogmig_verifier_config *config,
                                                       const char *scope, cogmig_error *err);

/* Demand a scope, as a whole word. All scopes given in this way must be there.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID (a blank in it, too many).
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_require_scope(cogmig_verifier_config *config,
                                                   const char *scope, cogmig_error *err);

/* Demand a claim, whatever it says; null is not there.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_require_claim(cogmig_verifier_config *config, const char *name,
                                                   cogmig_error *err);

/* Demand a claim that is exactly this text.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_require_claim_text(cogmig_verifier_config *config,
                                                        const char *name, const char *text,
                                                        cogmig_error *err);

/* A question of your own about a token that passed all others: is it revoked, is the user blocked?
 * Called from whatever thread verifies, without a lock held, for every token, one seen before
 * included. COGMIG_OK accepts. A status of kind DENIED refuses (TOKEN_CHECK_REFUSED), one of kind
 * UNAVAILABLE is an outage and is returned as it is, any other is STOPPED_BY_CALLBACK.
 *
 * claims  borrowed for the call
 * error   for cogmig_error_set(): why */
typedef cogmig_status (*cogmig_verifier_check_fn)(void *user_data, const cogmig_claims *claims,
                                                  cogmig_error *error);

/* Ask this too.
 *
 * check      in: NULL for none
 * user_data  borrowed: must outlive every verifier made from this configuration
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_check(cogmig_verifier_config *config,
                                               cogmig_verifier_check_fn check, void *user_data,
                                               cogmig_error *err);

/* How far the clocks of issuer and verifier may differ: exp, nbf and the maximum age are judged
 * with it.
 *
 * leeway_s  0 to 300; 0 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_leeway_s(cogmig_verifier_config *config, int32_t leeway_s,
                                                  cogmig_error *err);

/* Refuse tokens that were issued so long ago or longer, whatever their exp, and tokens without iat.
 *
 * max_age_s  0, the default, for any age
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_max_age_s(cogmig_verifier_config *config,
                                                   int32_t max_age_s, cogmig_error *err);

/* Refuse tokens that expire sooner than this, for work that must finish with them. The leeway does
 * not lengthen what remains.
 *
 * min_remaining_s  0, the default, for any
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_min_remaining_s(cogmig_verifier_config *config,
                                                         int32_t min_remaining_s,
                                                         cogmig_error *err);

/* Seconds since 1970. Called from whatever thread verifies. */
typedef int64_t (*cogmig_clock_fn)(void *user_data);

/* Ask this clock instead of the system's.
 *
 * clock      in: NULL for the system's
 * user_data  borrowed: must outlive every verifier made from this configuration
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_clock(cogmig_verifier_config *config,
                                               cogmig_clock_fn clock, void *user_data,
                                               cogmig_error *err);

/* Fetch JWKS documents with this function instead of libcurl.
 *
 * fetch      in: NULL for libcurl
 * user_data  borrowed: must outlive every verifier made from this configuration
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_fetch(cogmig_verifier_config *config,
                                               cogmig_jwks_fetch_fn fetch, void *user_data,
                                               cogmig_error *err);

/* How long one fetch may take.
 *
 * timeout_ms  1 to 60000; 3000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_fetch_timeout_ms(cogmig_verifier_config *config,
                                                          int32_t timeout_ms, cogmig_error *err);

/* Never wait for the network: where a fetch is needed a verification answers KEYS_NEEDED, and
 * cogmig_verifier_begin_fetch() says what your program is to fetch in a way of its own. There must
 * be no fetch function then.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_non_blocking(cogmig_verifier_config *config,
                                                      cogmig_error *err);

/* Trust the certificates of this file (PEM) instead of the system's, for HTTPS fetches.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_ca_file(cogmig_verifier_config *config, const char *path,
                                                 cogmig_error *err);

/* Keep the keys that are fetched in a file too, for the next start and for other processes that are
 * given the same path. It is read when a verifier is made and before an issuer is asked, and
 * written after each fetch that went well, whole or not at all. Only a regular file of the
 * process's own user is read, which nobody else may read or write (0600); what is damaged, too old,
 * from the future or in a form of another version is as if it were not there. Nothing that happens
 * to it makes a verification fail: cogmig_verifier_check_key_file() and the counters tell.
 *
 * path  in: in a folder where others may not write; copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_key_file(cogmig_verifier_config *config, const char *path,
                                                  cogmig_error *err);

/* Allow JWKS addresses with plain http://. For emulators on your own machine: whoever can touch
 * the connection can make tokens.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_allow_plain_http(cogmig_verifier_config *config,
                                                      cogmig_error *err);

/* How much memory the tokens already verified may take. One that comes again is found by all of its
 * bytes and costs no signature, until it expires, its key leaves the issuer's set, or room is
 * needed for others.
 *
 * bytes  0 for none, or 65536 to 1073741824; 4194304 by default, which holds about a thousand
 * tokens
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_verifier_config_set_cache_bytes(cogmig_verifier_config *config, size_t bytes,
                                                     cogmig_error *err);

/* Make a verifier. Fetches nothing: the first token does, unless keys were seeded.
 *
 * ret_verifier  out: release it with cogmig_verifier_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, CONFIG_INCOMPLETE (no issuer, client or
 * token use), JWKS_URL_INVALID (http:// without leave). Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_new(const cogmig_verifier_config *config,
                                  cogmig_verifier **ret_verifier, cogmig_error *err);

/* The common case in one call: one pool, one app client.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, POOL_ID_INVALID.
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_new_for_pool(const char *pool_id, const char *client_id, int32_t use,
                                           cogmig_verifier **ret_verifier, cogmig_error *err);

/* From the environment: COGNITO_USER_POOL_ID or COGNITO_ISSUER (which wins when both are set),
 * COGNITO_CLIENT_ID (several with commas), COGMIG_ALLOW_PLAIN_HTTP=1 for emulators.
 *
 * Errors: as cogmig_verifier_new_for_pool(), CONFIG_INCOMPLETE, CONFIG_INVALID, ISSUER_INVALID,
 * JWKS_URL_INVALID. Threads: any, while nobody changes the environment. Since: 1.0. */
cogmig_status cogmig_verifier_new_from_env(int32_t use, cogmig_verifier **ret_verifier,
                                           cogmig_error *err);

/* Release a verifier and set the caller's variable to NULL. NULL is fine. Claims live on.
 *
 * Errors: none. Threads: any, after the last call on it. Since: 1.0. */
void cogmig_verifier_free(cogmig_verifier **verifier);

/* Give the keys of an issuer from memory: nothing is fetched for it until a token names a kid that
 * they do not have.
 *
 * issuer  in: one of the configuration's; NULL when there is only one, or only one user pool, whose
 *         issuers and regions then all begin with these keys
 * jwks    in: JSON, at most 256 KiB
 *
 * Errors: as cogmig_keyset_parse(), ISSUER_UNKNOWN. Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_seed_keys(cogmig_verifier *verifier, const char *issuer,
                                        const char *jwks, size_t jwks_len, cogmig_error *err);

/* Give the keys of an issuer from a file.
 *
 * Errors: as cogmig_verifier_seed_keys(), FILE_UNREADABLE. Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_seed_keys_from_file(cogmig_verifier *verifier, const char *issuer,
                                                  const char *path, cogmig_error *err);

/* Take the keys of an issuer out, as a JWKS document that cogmig_verifier_seed_keys() and
 * cogmig_keyset_parse() read again. Of each key it has what is needed to verify, and nothing else.
 *
 * issuer    in: as in cogmig_verifier_seed_keys()
 * ret_jwks  out: JSON, NUL-terminated; release it with cogmig_free()
 * ret_len   out: bytes; NULL when not wanted
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, ISSUER_UNKNOWN, KEYS_NEEDED (none are held),
 * JWKS_MALFORMED (they would be too large to be read again). Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_export_keys(const cogmig_verifier *verifier, const char *issuer,
                                          char **ret_jwks, size_t *ret_len, cogmig_error *err);

/* What was wrong with the key file when it was last written, or else read; OK when nothing was, or
 * it is not there yet. Tokens are judged all the same.
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INCOMPLETE (no key file was given), OUT_OF_MEMORY,
 * KEY_FILE_REFUSED, FILE_UNREADABLE, FILE_UNWRITABLE. Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_check_key_file(const cogmig_verifier *verifier, cogmig_error *err);

/* Fetch the keys of all issuers now, when a service starts for example, so that no token has to
 * wait for them. Of the issuers of one pool, those that answer 403 or 404 are not in use, and no
 * error as long as another one answers with keys. Keys held stay in use whatever comes of it.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, STOPPED_BY_CALLBACK, JWKS_UNREACHABLE,
 * JWKS_HTTP_STATUS, JWKS_RESPONSE_INVALID, KEYS_NEEDED (always of a verifier that never blocks:
 * begin the fetches). Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_hydrate(cogmig_verifier *verifier, cogmig_error *err);

/* What a verifier counts, over all its issuers. */
enum {
    COGMIG_COUNTER_FETCHES = 1, /* that ended, well or not */
    COGMIG_COUNTER_FETCH_FAILURES = 2,
    COGMIG_COUNTER_NOT_MODIFIED = 3,     /* fetches answered by 304 */
    COGMIG_COUNTER_KEY_SET_CHANGES = 4,  /* documents that took the place of others */
    COGMIG_COUNTER_UNKNOWN_KIDS = 5,     /* tokens refused with TOKEN_KEY_UNKNOWN */
    COGMIG_COUNTER_STALE_KEY_USES = 6,   /* signatures checked with keys that were due */
    COGMIG_COUNTER_FETCHES_WITHHELD = 7, /* wanted, but not in cool-down or back-off */
    COGMIG_COUNTER_CACHE_HITS = 8,       /* tokens found among those already verified */
    COGMIG_COUNTER_CACHE_MISSES = 9,
    COGMIG_COUNTER_KEY_FILE_READS = 10,    /* that gave keys to go on with */
    COGMIG_COUNTER_KEY_FILE_REFUSALS = 11, /* reads of a file that could not be used */
    COGMIG_COUNTER_KEY_FILE_WRITES = 12,
    COGMIG_COUNTER_KEY_FILE_WRITE_FAILURES = 13
};

/* A counter's value since the verifier was made, for your monitoring; 0 for one that is not known.
 *
 * counter  COGMIG_COUNTER_*
 *
 * Errors: none. Threads: any. Since: 1.0. */
uint64_t cogmig_verifier_get_counter(const cogmig_verifier *verifier, int32_t counter);

/* Judge a token. Nothing in the token chooses where keys come from. An unknown kid fetches the
 * issuer's JWKS once, whoever else waits, and then not again for 30 seconds; a fetch that fails
 * leaves the keys held in use, for 24 hours after the last good one at most. An outage is JWKS_*,
 * or what your fetch function or check says (kind UNAVAILABLE), never a refusal.
 *
 * token       in: the bytes after "Bearer ", at most 16 KiB
 * ret_claims  out: release them with cogmig_claims_free(); NULL when only the verdict counts
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, STOPPED_BY_CALLBACK, JWKS_UNREACHABLE,
 * JWKS_HTTP_STATUS, JWKS_RESPONSE_INVALID, KEYS_NEEDED (it never blocks), TOKEN_MALFORMED,
 * TOKEN_TOO_LARGE, TOKEN_ENCRYPTED,
 * TOKEN_HEADER_INVALID, TOKEN_ALGORITHM_REFUSED, TOKEN_CRITICAL_REFUSED, TOKEN_TYPE_REFUSED,
 * TOKEN_KEY_UNKNOWN, TOKEN_SIGNATURE_INVALID, TOKEN_PAYLOAD_INVALID, TOKEN_ISSUER_REFUSED,
 * TOKEN_USE_REFUSED, TOKEN_CLIENT_REFUSED, TOKEN_EXPIRED, TOKEN_NOT_YET_VALID, TOKEN_CLAIM_MISSING,
 * TOKEN_CLAIM_INVALID, TOKEN_GROUP_REFUSED, TOKEN_SCOPE_REFUSED, TOKEN_CLAIM_REFUSED,
 * TOKEN_TOO_OLD, TOKEN_EXPIRES_TOO_SOON, TOKEN_CHECK_REFUSED, TOKEN_SIGNER_REFUSED
 * (of load balancers), KEY_FETCH_POSTPONED (of load balancers). Threads: any. Since: 1.0.
 * Source: RFC 7515, RFC 7519; Developer Guide, "Verifying a JSON web token". */
COGMIG_MUST_CHECK cogmig_status cogmig_verifier_verify(cogmig_verifier *verifier, const char *token,
                                                       size_t token_len, cogmig_claims **ret_claims,
                                                       cogmig_error *err);

/* Judge an ID token that answers one sign-in: its nonce must be the one that was sent along.
 *
 * nonce  in: what this sign-in sent; "" is no token's
 *
 * Errors: as cogmig_verifier_verify(), TOKEN_NONCE_REFUSED. Threads: any. Since: 1.0.
 * Source: OpenID Connect Core 1.0 section 3.1.3.7. */
COGMIG_MUST_CHECK cogmig_status
cogmig_verifier_verify_with_nonce(cogmig_verifier *verifier, const char *token, size_t token_len,
                                  const char *nonce, cogmig_claims **ret_claims, cogmig_error *err);

/* For logs and support: judge a token as cogmig_verifier_verify() does and, when it is refused
 * although its signature is good, hand out its payload. Nothing in a refused payload may be acted
 * upon. Of a token that is accepted, or whose signature is not good, nothing is handed out.
 *
 * ret_refused_payload  out: JSON, NUL-terminated; release it with cogmig_free(); else NULL
 * ret_len              out: bytes; NULL when not wanted
 *
 * Errors: as cogmig_verifier_verify(). Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_verifier_explain_refusal(cogmig_verifier *verifier,
                                                                const char *token, size_t token_len,
                                                                char **ret_refused_payload,
                                                                size_t *ret_len, cogmig_error *err);

/* Begin the next fetch that is needed, of a verifier that never blocks: when tokens were answered
 * KEYS_NEEDED, or a timer of yours says so. Cool-down, back-off and "one at a time for each issuer"
 * are minded here as everywhere; so there may be none although tokens wait, because another fetch
 * is on its way. Call it until there is none.
 *
 * ret_fetch  out: end it with cogmig_key_fetch_end() within its time-out; NULL when there is none.
 *            It may outlive the verifier
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_begin_fetch(cogmig_verifier *verifier, cogmig_key_fetch **ret_fetch,
                                          cogmig_error *err);

/* The address to GET, from the configuration. Do not follow redirects. Borrowed from the fetch.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
const char *cogmig_key_fetch_url(const cogmig_key_fetch *fetch);

/* How long it may take. Then it counts as failed, and ends in DEADLINE_EXCEEDED.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
int32_t cogmig_key_fetch_timeout_ms(const cogmig_key_fetch *fetch);

/* Where to put what was received, and what to send as If-None-Match: see cogmig_jwks_reply_append()
 * and its likes. Borrowed from the fetch.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
cogmig_jwks_reply *cogmig_key_fetch_reply(cogmig_key_fetch *fetch);

/* Hand the answer back and set the caller's variable to NULL, whatever comes of it. Then judge the
 * tokens again that waited: also when it failed, since now they know more.
 *
 * outcome  as a fetch function returns it: COGMIG_OK when a response of any HTTP status came,
 *          JWKS_UNREACHABLE when there was none
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, STOPPED_BY_CALLBACK, DEADLINE_EXCEEDED
 * (it came too late and changes nothing), JWKS_UNREACHABLE, JWKS_HTTP_STATUS,
 * JWKS_RESPONSE_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_key_fetch_end(cogmig_key_fetch **fetch, cogmig_status outcome,
                                   cogmig_error *err);

/* Give a fetch up, as if it had ended in JWKS_UNREACHABLE, and set the caller's variable to NULL.
 * NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_key_fetch_free(cogmig_key_fetch **fetch);

/* Forget that a token was verified: next time it is verified anew. This is no revocation: where
 * users are signed out early, ask your own list in the check of the configuration.
 *
 * token  in: need not have been verified
 *
 * Errors: INVALID_ARGUMENT. Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_forget_token(cogmig_verifier *verifier, const char *token,
                                           size_t token_len, cogmig_error *err);

/* Forget all tokens that were verified.
 *
 * Errors: INVALID_ARGUMENT. Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_forget_all(cogmig_verifier *verifier, cogmig_error *err);

/* Give the tokens already verified more memory or less, while others verify; all are forgotten.
 *
 * bytes  as in cogmig_verifier_config_set_cache_bytes(); 0 to keep none from now on
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_verifier_resize_cache(cogmig_verifier *verifier, size_t bytes,
                                           cogmig_error *err);

#ifdef __cplusplus
}
#endif

#endif
