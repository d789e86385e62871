/* SPDX-License-Identifier: Apache-2.0
 * Cognito's User Migration trigger: the event in, the response out. */
#ifndef COGMIG_MIGRATION_H
#define COGMIG_MIGRATION_H

#include <cogmig/error.h>
#include <cogmig/password.h>
#include <cogmig/status.h>
#include <cogmig/store.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cogmig_migration_config cogmig_migration_config;
typedef struct cogmig_migration cogmig_migration;

/* Make a configuration: a deadline of 4000 ms, costs up to 15, the attributes email,
 * email_verified and custom:legacy_id.
 *
 * ret_config  out: release it with cogmig_migration_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_migration_config_new(cogmig_migration_config **ret_config, cogmig_error *err);

/* Release a configuration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_migration_config_free(cogmig_migration_config **config);

/* How long one event may take. Cognito waits 5 seconds and then asks again (Developer Guide,
 * "Customizing user pool workflows with Lambda triggers"). The store is asked within it, and a
 * verification that cannot end in time by what earlier ones took is not begun; an answer that was
 * reached all the same is given.
 *
 * deadline_ms  1 to 60000; 4000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_deadline_ms(cogmig_migration_config *config,
                                                      int32_t deadline_ms, cogmig_error *err);

/* The highest bcrypt cost that is worked on; 15 by default.
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_max_cost(cogmig_migration_config *config,
                                                   int32_t max_cost, cogmig_error *err);

/* How passwords are verified; as cogmig_password_verify() does by default. The highest cost is part
 * of the rules: of this and cogmig_migration_config_set_max_cost(), the last call counts.
 *
 * rules  in: copied
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_password_rules(cogmig_migration_config *config,
                                                         const cogmig_password_rules *rules,
                                                         cogmig_error *err);

/* Answer a sign-in with a reset where the password matches, but with bytes behind the 72nd, which
 * bcrypt does not read: then more than one password fits the hash, and what was typed need not be
 * the user's. Cognito migrates the user and gives your app PasswordResetRequiredException, upon
 * which it goes through forgot-password; where the address is not verified, no code could be sent,
 * and the answer is no (EMAIL_NOT_VERIFIED). Without, such a password is confirmed, as the legacy
 * hasher took it.
 *
 * reset  false by default
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0.
 * Source: Developer Guide, "Migrate user Lambda trigger", finalUserStatus. */
cogmig_status cogmig_migration_config_set_reset_long_passwords(cogmig_migration_config *config,
                                                               bool reset, cogmig_error *err);

/* The attribute that carries the legacy id; "custom:legacy_id" by default. It must begin with
 * "custom:", exist in the pool, be readable by the app client and not writable by it.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, ATTRIBUTE_RESERVED, ATTRIBUTE_INVALID.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_legacy_id_attribute(cogmig_migration_config *config,
                                                              const char *attribute,
                                                              cogmig_error *err);

/* Return one more attribute: "name". email, email_verified and the legacy id are always returned;
 * a row without a value leaves the attribute out.
 *
 * Errors: INVALID_ARGUMENT, ATTRIBUTE_RESERVED (sub, cognito:…: Cognito fails the sign-in when it
 * gets them), ATTRIBUTE_INVALID (not a column of the store). Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_add_attribute(cogmig_migration_config *config,
                                                    const char *attribute, cogmig_error *err);

/* Make a migration on a store.
 *
 * config         in: copied; NULL for the defaults
 * store          in: counted, so that it may be freed before the migration
 * ret_migration  out: release it with cogmig_migration_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_migration_new(const cogmig_migration_config *config, cogmig_store *store,
                                   cogmig_migration **ret_migration, cogmig_error *err);

/* Release a migration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: any, after the last call on it. Since: 1.0. */
void cogmig_migration_free(cogmig_migration **migration);

/* Answer one event: UserMigration_Authentication or UserMigration_ForgotPassword.
 *
 * The response is the event with its "response" member filled in, every other byte as it came.
 * "No" is the event as it came, byte for byte, and the same for a wrong password and an unknown
 * user, which also cost the same work. Both yes and no are COGMIG_OK: send the response. After a no
 * the error box says why, for your own log: PASSWORD_*, EMAIL_NOT_VERIFIED, USER_NOT_FOUND,
 * USER_DISABLED, or what is wrong with the row (HASH_*, USER_AMBIGUOUS, STORE_ROW_INVALID,
 * ATTRIBUTE_INVALID: a value of more than 2048 characters). After a yes it is empty, except where a
 * sign-in is answered with a reset: PASSWORD_TOO_LONG, see
 * cogmig_migration_config_set_reset_long_passwords().
 *
 * Anything but COGMIG_OK means that no answer can be given: fail the invocation, with a text that
 * says nothing, so that Cognito asks again.
 *
 * event         in: JSON, at most 6 MiB; holds the password, so never log it
 * ret_response  out: JSON; release it with cogmig_free(), which wipes it
 * ret_len       out: bytes of it
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, DEADLINE_EXCEEDED, EVENT_MALFORMED,
 * EVENT_TOO_LARGE, TRIGGER_UNKNOWN, STOPPED_BY_CALLBACK, STORE_UNREACHABLE, STORE_LOGIN_REFUSED,
 * STORE_BUSY, STORE_QUERY_FAILED, STORE_SCHEMA_MISMATCH.
 * Threads: any. Since: 1.0.
 * Source: Developer Guide, "Migrate user Lambda trigger". */
cogmig_status cogmig_migration_handle(cogmig_migration *migration, const char *event,
                                      size_t event_len, char **ret_response, size_t *ret_len,
                                      cogmig_error *err);

/* Answer one event as cogmig_migration_handle() does, in the time that the host leaves: Lambda says
 * with each event when it ends it (Lambda-Runtime-Deadline-Ms).
 *
 * deadline_ms  1 to 60000, from now; the migration's own deadline counts too
 *
 * Errors: as cogmig_migration_handle(). Threads: any. Since: 1.0. */
cogmig_status cogmig_migration_handle_within(cogmig_migration *migration, const char *event,
                                             size_t event_len, int32_t deadline_ms,
                                             char **ret_response, size_t *ret_len,
                                             cogmig_error *err);

#ifdef __cplusplus
}
#endif

#endif
