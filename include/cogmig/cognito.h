/* SPDX-License-Identifier: Apache-2.0
 * Cognito's own API, as far as a migration needs it. */
#ifndef COGMIG_COGNITO_H
#define COGMIG_COGNITO_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a client is made from: pool, app client, credentials, endpoint. */
typedef struct cogmig_cognito_config cogmig_cognito_config;

/* A client of one user pool and one app client. */
typedef struct cogmig_cognito cogmig_cognito;

/* What a sign-in or a refresh brought: tokens, or a challenge. Its memory is wiped when it is
 * freed. */
typedef struct cogmig_cognito_tokens cogmig_cognito_tokens;

/* A user of the pool, immutable. */
typedef struct cogmig_cognito_user cogmig_cognito_user;

/* Some users of the pool, valid during the callback only. */
typedef struct cogmig_cognito_page cogmig_cognito_page;

/* Make a configuration.
 *
 * ret_config  out: release it with cogmig_cognito_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_cognito_config_new(cogmig_cognito_config **ret_config, cogmig_error *err);

/* Release a configuration, its secrets wiped, and set the caller's variable to NULL. NULL is fine.
 * A client that was made from it is not touched.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_cognito_config_free(cogmig_cognito_config **config);

/* The user pool; required. Its region and so the host of the API follow from it.
 *
 * pool_id  in: e.g. eu-central-1_AbCdEfGhI, copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, POOL_ID_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_cognito_config_set_pool(cogmig_cognito_config *config, const char *pool_id,
                                             cogmig_error *err);

/* The app client, for whatever a user does, and for cogmig_cognito_describe_client().
 *
 * client_id      in: copied
 * client_secret  in: copied; NULL when the app client has none
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_cognito_config_set_client(cogmig_cognito_config *config, const char *client_id,
                                               const char *client_secret, cogmig_error *err);

/* Where the API is, where that does not follow from the pool id: an emulator, a VPC endpoint, FIPS.
 *
 * url  in: https://host or https://host:port without path, copied; http:// only after
 *      cogmig_cognito_config_allow_plain_http()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_cognito_config_set_endpoint(cogmig_cognito_config *config, const char *url,
                                                 cogmig_error *err);

/* Where Lambda's API is, for cogmig_cognito_get_function_policy(); by default it follows from the
 * function's region, unless the API's own endpoint was given.
 *
 * url  in: as cogmig_cognito_config_set_endpoint()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_cognito_config_set_lambda_endpoint(cogmig_cognito_config *config,
                                                        const char *url, cogmig_error *err);

/* Let the endpoint be http://, for an emulator on this machine. Whoever can touch the connection
 * reads passwords then: never in production.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_cognito_config_allow_plain_http(cogmig_cognito_config *config,
                                                     cogmig_error *err);

/* Trust these certificates for the endpoint instead of the system's.
 *
 * path  in: a PEM file, copied, read at each call; NULL for the system's
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_cognito_config_set_ca_file(cogmig_cognito_config *config, const char *path,
                                                cogmig_error *err);

/* AWS credentials, instead of those that are found as the AWS CLI finds them: environment, shared
 * credentials and config files, container endpoint, instance metadata. They are looked for at the
 * first call that needs them, and again before they expire.
 *
 * access_key_id, secret_access_key  in: copied
 * session_token                     in: copied; NULL when they are not temporary
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_cognito_config_set_credentials(cogmig_cognito_config *config,
                                                    const char *access_key_id,
                                                    const char *secret_access_key,
                                                    const char *session_token, cogmig_error *err);

/* How long one call may take, with all of its attempts: a throttled one is repeated. For a listing
 * it is the time of one page.
 *
 * timeout_ms  1 to 600000; 10000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_cognito_config_set_timeout_ms(cogmig_cognito_config *config,
                                                   int32_t timeout_ms, cogmig_error *err);

/* How many pages a listing asks for in a second, at most. AWS lets an account have 30 (2023), and
 * everything else in the account and region lives on the same.
 *
 * pages_per_s  1 to 10000; 10 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0.
 * Source: Amazon Cognito Developer Guide, quotas. */
cogmig_status cogmig_cognito_config_set_list_rate(cogmig_cognito_config *config,
                                                  int32_t pages_per_s, cogmig_error *err);

/* Configure from the environment: COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID (the first of several),
 * COGNITO_CLIENT_SECRET, COGNITO_ENDPOINT (or else AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER or
 * AWS_ENDPOINT_URL), AWS_ENDPOINT_URL_LAMBDA (or else AWS_ENDPOINT_URL) and
 * COGMIG_ALLOW_PLAIN_HTTP. Of these only the pool must be set. With
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true those that begin with AWS are not read.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INCOMPLETE, CONFIG_INVALID, POOL_ID_INVALID.
 * Threads: one at a time, while nobody changes the environment. Since: 1.0.
 * Source: AWS SDKs and Tools Reference Guide, service-specific endpoints. */
cogmig_status cogmig_cognito_config_set_from_env(cogmig_cognito_config *config, cogmig_error *err);

/* Make a client. Nothing is asked yet.
 *
 * ret_cognito  out: release it with cogmig_cognito_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INCOMPLETE (no pool; an emulator's pool without
 * endpoint), CONFIG_INVALID (http:// that is not allowed). Threads: any. Since: 1.0. */
cogmig_status cogmig_cognito_new(const cogmig_cognito_config *config, cogmig_cognito **ret_cognito,
                                 cogmig_error *err);

/* Make a client from the environment alone, see cogmig_cognito_config_set_from_env().
 *
 * Errors: as cogmig_cognito_new(), POOL_ID_INVALID. Threads: any, while nobody changes the
 * environment. Since: 1.0. */
cogmig_status cogmig_cognito_new_from_env(cogmig_cognito **ret_cognito, cogmig_error *err);

/* Release a client, its secrets wiped, and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: any, while no call is under way. Since: 1.0. */
void cogmig_cognito_free(cogmig_cognito **cognito);

/* Sign in with a password (InitiateAuth, USER_PASSWORD_AUTH): the one flow that calls the User
 * Migration trigger. A challenge is a result like tokens are; ask cogmig_cognito_tokens_challenge()
 * first.
 *
 * username, password  in: not kept
 * ret_tokens          out: release it with cogmig_cognito_tokens_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, CONFIG_INCOMPLETE (no app client),
 * COGNITO_UNREACHABLE, COGNITO_THROTTLED, COGNITO_FAILED, COGNITO_RESPONSE_INVALID,
 * COGNITO_TRIGGER_FAILED, COGNITO_ACCESS_REFUSED (a firewall), COGNITO_REQUEST_REFUSED,
 * COGNITO_SIGN_IN_REFUSED, COGNITO_RESET_REQUIRED, COGNITO_NOT_CONFIRMED, COGNITO_USER_NOT_FOUND
 * (only where the app client lets strangers know who exists). Threads: any. Since: 1.0.
 * Source: Amazon Cognito API Reference, InitiateAuth. */
COGMIG_MUST_CHECK cogmig_status cogmig_cognito_sign_in(cogmig_cognito *cognito,
                                                       const char *username, const char *password,
                                                       size_t password_len,
                                                       cogmig_cognito_tokens **ret_tokens,
                                                       cogmig_error *err);

/* New tokens for a refresh token (InitiateAuth, REFRESH_TOKEN_AUTH). Refused by app clients that
 * rotate refresh tokens: use cogmig_cognito_get_tokens() there.
 *
 * refresh_token  in: not kept
 * username       in: what the earlier tokens say, "username" or "cognito:username", which is no
 *                e-mail address where users sign in with one; NULL when the app client has no
 *                secret
 * ret_tokens     out: without a refresh token; release it with cogmig_cognito_tokens_free()
 *
 * Errors: as cogmig_cognito_sign_in(). Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_cognito_refresh(cogmig_cognito *cognito,
                                                       const char *refresh_token,
                                                       const char *username,
                                                       cogmig_cognito_tokens **ret_tokens,
                                                       cogmig_error *err);

/* New tokens for a refresh token (GetTokensFromRefreshToken), with rotation or without. With
 * rotation the old refresh token is soon worth nothing: keep the new one.
 *
 * refresh_token  in: not kept
 * ret_tokens     out: with a refresh token when they rotate; release it with
 *                cogmig_cognito_tokens_free()
 *
 * Errors: as cogmig_cognito_sign_in(). Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_cognito_get_tokens(cogmig_cognito *cognito,
                                                          const char *refresh_token,
                                                          cogmig_cognito_tokens **ret_tokens,
                                                          cogmig_error *err);

/* Revoke a refresh token (RevokeToken). Whoever validates access tokens offline accepts those that
 * came from it until they expire.
 *
 * refresh_token  in: not kept
 *
 * Errors: as cogmig_cognito_sign_in(). Threads: any. Since: 1.0. */
cogmig_status cogmig_cognito_revoke_token(cogmig_cognito *cognito, const char *refresh_token,
                                          cogmig_error *err);

/* Have a code sent to someone who forgot the password (ForgotPassword). For a name that is not in
 * the pool it calls the User Migration trigger.
 *
 * ret_destination  out: where the code went, e.g. "j***@e***", which is invented when there is no
 *                  such user and strangers must not know; release it with cogmig_free()
 *
 * Errors: as cogmig_cognito_sign_in(). Threads: any. Since: 1.0. */
cogmig_status cogmig_cognito_forgot_password(cogmig_cognito *cognito, const char *username,
                                             char **ret_destination, cogmig_error *err);

/* One user of the pool (AdminGetUser).
 *
 * username  in: user name, sub, or an alias such as the e-mail address
 * ret_user  out: release it with cogmig_cognito_user_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, COGNITO_UNREACHABLE, COGNITO_THROTTLED,
 * COGNITO_FAILED, COGNITO_RESPONSE_INVALID, COGNITO_ACCESS_REFUSED, COGNITO_REQUEST_REFUSED,
 * COGNITO_USER_NOT_FOUND, AWS_CREDENTIALS_NOT_FOUND. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_cognito_get_user(cogmig_cognito *cognito,
                                                        const char *username,
                                                        cogmig_cognito_user **ret_user,
                                                        cogmig_error *err);

/* Takes a page of users. Anything but COGMIG_OK ends the listing as STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_cognito_page_fn)(void *user_data, const cogmig_cognito_page *page);

/* All users of the pool, page by page (ListUsers), no faster than
 * cogmig_cognito_config_set_list_rate() says. Cognito's order is its own, and a user who comes or
 * goes meanwhile may be missed: to be sure of one, ask cogmig_cognito_get_user().
 *
 * filter     in: Cognito's, e.g. email ^= "ann"; custom attributes cannot be searched; NULL: all
 * resume_at  in: what cogmig_cognito_page_next() said of the last page that was dealt with; NULL:
 *            from the first
 * on_page    in: called for each page, with no lock held
 *
 * Errors: as cogmig_cognito_get_user(), STOPPED_BY_CALLBACK. Threads: any. Since: 1.0. */
cogmig_status cogmig_cognito_list_users(cogmig_cognito *cognito, const char *filter,
                                        const char *resume_at, cogmig_cognito_page_fn on_page,
                                        void *user_data, cogmig_error *err);

/* Set attributes of a user (AdminUpdateUserAttributes), all or none of them. An e-mail address that
 * is set without email_verified becomes unverified.
 *
 * names, values  in: count of each, none of them NULL; "" deletes an attribute
 * count          1 to 50
 *
 * Errors: as cogmig_cognito_get_user(), COGNITO_ALIAS_TAKEN. Threads: any. Since: 1.0. */
cogmig_status cogmig_cognito_update_user(cogmig_cognito *cognito, const char *username,
                                         const char *const *names, const char *const *values,
                                         size_t count, cogmig_error *err);

/* How the pool is set up (DescribeUserPool).
 *
 * ret_json  out: the answer as Cognito gave it, NUL-terminated; release it with cogmig_free()
 * ret_len   out: bytes of it; NULL is fine
 *
 * Errors: as cogmig_cognito_get_user(). Threads: any. Since: 1.0. */
cogmig_status cogmig_cognito_describe_pool(cogmig_cognito *cognito, char **ret_json,
                                           size_t *ret_len, cogmig_error *err);

/* How the app client is set up (DescribeUserPoolClient). The answer holds the client's secret.
 *
 * ret_json  out: the answer as Cognito gave it, NUL-terminated; release it with cogmig_free()
 * ret_len   out: bytes of it; NULL is fine
 *
 * Errors: as cogmig_cognito_get_user(), CONFIG_INCOMPLETE (no app client). Threads: any.
 * Since: 1.0. */
cogmig_status cogmig_cognito_describe_client(cogmig_cognito *cognito, char **ret_json,
                                             size_t *ret_len, cogmig_error *err);

/* Who may invoke the function of a trigger (Lambda's GetPolicy): Cognito must.
 *
 * function_arn  in: as the pool's LambdaConfig has it, with or without alias or version
 * ret_json      out: the answer as Lambda gave it: the policy is a text within it, "Policy".
 *               NUL-terminated; release it with cogmig_free()
 * ret_len       out: bytes of it; NULL is fine
 *
 * Errors: as cogmig_cognito_get_user(), COGNITO_REQUEST_REFUSED (with the upstream code
 * ResourceNotFoundException: there is no such function, or nobody may invoke it), CONFIG_INCOMPLETE
 * (the API's endpoint was given, but not Lambda's). Threads: any. Since: 1.0.
 * Source: AWS Lambda API Reference, GetPolicy. */
cogmig_status cogmig_cognito_get_function_policy(cogmig_cognito *cognito, const char *function_arn,
                                                 char **ret_json, size_t *ret_len,
                                                 cogmig_error *err);

/* SECRET_HASH for a call that you make yourself: base64 of HMAC-SHA-256 over user name and client
 * id, by the client's secret.
 *
 * ret_hash  out: 44 characters; release it with cogmig_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0.
 * Source: Amazon Cognito Developer Guide, computing secret hash values. */
cogmig_status cogmig_cognito_secret_hash(const char *username, const char *client_id,
                                         const char *client_secret, char **ret_hash,
                                         cogmig_error *err);

/* Release tokens and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: any, once for one result. Since: 1.0. */
void cogmig_cognito_tokens_free(cogmig_cognito_tokens **tokens);

/* What Cognito asks for before it gives tokens, e.g. "NEW_PASSWORD_REQUIRED" or "SMS_MFA"; NULL
 * when the user is signed in. Borrowed from the tokens.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_tokens_challenge(const cogmig_cognito_tokens *tokens);

/* What the answer to the challenge has to carry; NULL when there is none. Borrowed from the tokens.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_tokens_session(const cogmig_cognito_tokens *tokens);

/* The ID token, or NULL. Not verified. Borrowed from the tokens.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_tokens_id(const cogmig_cognito_tokens *tokens);

/* The access token, or NULL. Not verified. Borrowed from the tokens.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_tokens_access(const cogmig_cognito_tokens *tokens);

/* The refresh token, or NULL. Borrowed from the tokens.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_tokens_refresh(const cogmig_cognito_tokens *tokens);

/* Seconds that the access token lives, 0 when there is none.
 *
 * Errors: none. Threads: any. Since: 1.0. */
int64_t cogmig_cognito_tokens_expires_in_s(const cogmig_cognito_tokens *tokens);

/* Release a user and set the caller's variable to NULL. NULL is fine. Not for users of a page.
 *
 * Errors: none. Threads: any, once for one user. Since: 1.0. */
void cogmig_cognito_user_free(cogmig_cognito_user **user);

/* The user name, never NULL; where users sign in with an e-mail address it is the sub. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_user_name(const cogmig_cognito_user *user);

/* CONFIRMED, UNCONFIRMED, RESET_REQUIRED, FORCE_CHANGE_PASSWORD, EXTERNAL_PROVIDER or what else
 * Cognito says, never NULL. Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_user_status(const cogmig_cognito_user *user);

/* May the user sign in?
 *
 * Errors: none. Threads: any. Since: 1.0. */
bool cogmig_cognito_user_enabled(const cogmig_cognito_user *user);

/* An attribute, e.g. "sub", "email", "email_verified", "custom:legacy_id"; NULL when there is none.
 * Borrowed.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_user_attribute(const cogmig_cognito_user *user, const char *name);

/* How many attributes the user has.
 *
 * Errors: none. Threads: any. Since: 1.0. */
size_t cogmig_cognito_user_attribute_count(const cogmig_cognito_user *user);

/* The name of an attribute, for cogmig_cognito_user_attribute(); NULL beyond the last. Borrowed.
 *
 * index  0 to cogmig_cognito_user_attribute_count() - 1
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_cognito_user_attribute_name(const cogmig_cognito_user *user, size_t index);

/* How many users the page has; it may be none although more pages follow.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
size_t cogmig_cognito_page_size(const cogmig_cognito_page *page);

/* A user of the page; NULL beyond its end. Borrowed from the page.
 *
 * index  0 to cogmig_cognito_page_size() - 1
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const cogmig_cognito_user *cogmig_cognito_page_user(const cogmig_cognito_page *page, size_t index);

/* Where the next page begins, for resume_at; NULL on the last one. Borrowed from the page. It is
 * good for a while only: Cognito does not say for how long.
 *
 * Errors: none. Threads: that of the callback. Since: 1.0. */
const char *cogmig_cognito_page_next(const cogmig_cognito_page *page);

#ifdef __cplusplus
}
#endif

#endif
