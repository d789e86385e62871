/* SPDX-License-Identifier: Apache-2.0
 * A user pool's Lambda triggers: the event in, the response out. */
#ifndef COGMIG_MIGRATION_H
#define COGMIG_MIGRATION_H

#include <cogmig/error.h>
#include <cogmig/idmap.h>
#include <cogmig/password.h>
#include <cogmig/status.h>
#include <cogmig/store.h>
#include <cogmig/user.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How triggers are answered. */
typedef struct cogmig_migration_config cogmig_migration_config;

/* Answers the triggers of a user pool. Immutable. */
typedef struct cogmig_migration cogmig_migration;

/* Make a configuration: a deadline of 4000 ms, costs up to 15, the attributes email,
 * email_verified and custom:legacy_id.
 *
 * ret_config  out: release it with cogmig_migration_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_migration_config_new(cogmig_migration_config **ret_config, cogmig_error *err);

/* Make a configuration from the environment: COGMIG_DEADLINE_MS and others, see
 * docs/reference/migration.md. With COGMIG_IDMAP=1 or COGMIG_IDMAP_URL it has the identity map of
 * cogmig_idmap_config_new_from_env(), which is connected later where it cannot be reached now.
 *
 * ret_config  out: release it with cogmig_migration_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INCOMPLETE, CONFIG_INVALID, ATTRIBUTE_RESERVED,
 * ATTRIBUTE_INVALID, POOL_ID_INVALID, STORE_URL_INVALID, STORE_UNREACHABLE, STORE_LOGIN_REFUSED,
 * STORE_QUERY_FAILED, NOT_BUILT_IN, IDMAP_NOT_INSTALLED. Threads: any, while nobody changes the
 * environment. Since: 1.0. */
cogmig_status cogmig_migration_config_new_from_env(cogmig_migration_config **ret_config,
                                                   cogmig_error *err);

/* Release a configuration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_migration_config_free(cogmig_migration_config **config);

/* How long one event may take. Cognito waits 5 seconds and then asks again (Developer Guide,
 * "Customizing user pool workflows with Lambda triggers"). The store is asked within it, and a
 * verification that cannot end in time by what earlier ones took (before the first, small ones) is
 * not begun; an answer that was reached all the same is given.
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

/* Return one more attribute: "name". email, email_verified, the legacy id and the attributes that
 * the store was told of by cogmig_store_config_add_attribute() are always returned; a row without a
 * value leaves the attribute out.
 *
 * Errors: INVALID_ARGUMENT, ATTRIBUTE_RESERVED (sub, cognito:…: Cognito fails the sign-in when it
 * gets them), ATTRIBUTE_INVALID (not a column of the store). Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_add_attribute(cogmig_migration_config *config,
                                                    const char *attribute, cogmig_error *err);

/* Classes of characters, as Cognito's password policy has them. */
enum {
    COGMIG_PASSWORD_LOWER = 1,
    COGMIG_PASSWORD_UPPER = 2,
    COGMIG_PASSWORD_DIGIT = 4,
    COGMIG_PASSWORD_SYMBOL = 8
};

/* The pool's password policy. Cognito does not hold migrated passwords against it: where one that
 * matches does not meet it, the sign-in is answered with a reset (PASSWORD_TOO_WEAK), unless the
 * address is not verified, so that no code could be sent.
 *
 * min_length  0 to 99 characters; 0 by default
 * classes     a sum of COGMIG_PASSWORD_*, all of which are needed; 0 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0.
 * Source: Developer Guide, "Migrate user Lambda trigger", "Adding user pool password requirements".
 */
cogmig_status cogmig_migration_config_set_password_policy(cogmig_migration_config *config,
                                                          int32_t min_length, int32_t classes,
                                                          cogmig_error *err);

/* Add a user pool to those that may ask; as long as there is none, all may. Events of others are
 * not acted upon: nobody is migrated or linked, no token is changed (CALLER_REFUSED). Sign-ups are
 * guarded all the same.
 *
 * pool_id  in: copied; at most 16 can be listed
 *
 * Errors: INVALID_ARGUMENT, POOL_ID_INVALID, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_add_pool(cogmig_migration_config *config, const char *pool_id,
                                               cogmig_error *err);

/* Add an app client to those that may ask, as cogmig_migration_config_add_pool(). An event without
 * a client is then from none of them.
 *
 * client_id  in: copied; at most 16 can be listed
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_add_client(cogmig_migration_config *config,
                                                 const char *client_id, cogmig_error *err);

/* Return the legacy id as the user name, too. Pools in which the address is an alias
 * (AliasAttributes) need a name that is none; pools in which it is the user name
 * (UsernameAttributes) must not get one.
 *
 * from_legacy_id  false by default
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0.
 * Source: Developer Guide, "Importing users with a user migration Lambda trigger". */
cogmig_status cogmig_migration_config_set_username_from_legacy_id(cogmig_migration_config *config,
                                                                  bool from_legacy_id,
                                                                  cogmig_error *err);

/* What a hook may add to. Valid during the call only. */
typedef struct cogmig_migration_answer cogmig_migration_answer;

/* A function of yours with the last word on each user who would be migrated: it may veto, and add
 * attributes. Called from whatever thread asks, with no lock held; Cognito may ask up to three
 * times at once.
 *
 * user_data       as given to cogmig_migration_config_set_hook()
 * trigger_source  in: UserMigration_Authentication or UserMigration_ForgotPassword
 * user            in: the legacy row; borrowed
 * answer          in: see cogmig_migration_answer_add_attribute()
 *
 * Returns COGMIG_OK; a status of kind DENIED (COGMIG_HOOK_REFUSED) makes the answer no, one of kind
 * UNAVAILABLE fails the event with it, any other with STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_migration_hook_fn)(void *user_data, const char *trigger_source,
                                                  const cogmig_user *user,
                                                  cogmig_migration_answer *answer);

/* Ask this function.
 *
 * hook       in: the function; NULL: none
 * user_data  borrowed: must outlive every migration made from this configuration
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_hook(cogmig_migration_config *config,
                                               cogmig_migration_hook_fn hook, void *user_data,
                                               cogmig_error *err);

/* Add an attribute to the answer.
 *
 * name   in: copied; a standard attribute, custom: and 1 to 20 characters, or username
 * value  in: copied; UTF-8 of at most 2048 characters, in the form that Cognito wants: a
 *        phone_number in E.164, a birthdate such as 1990-12-31
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, ATTRIBUTE_RESERVED, ATTRIBUTE_INVALID (also one that the
 * answer has already). Threads: that of the hook. Since: 1.0. */
cogmig_status cogmig_migration_answer_add_attribute(cogmig_migration_answer *answer,
                                                    const char *name, const char *value,
                                                    cogmig_error *err);

/* Use an identity map: links are recorded (PostAuthentication, PostConfirmation), a user who is
 * linked already is told from one who is to be migrated, and tokens get the legacy id also of users
 * whose attribute is not set. Events of another pool than the map's are not acted upon.
 *
 * map  in: counted, so that it may be freed before the configuration; NULL: none
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_idmap(cogmig_migration_config *config, cogmig_idmap *map,
                                                cogmig_error *err);

/* What to do with a user who is to be migrated and is linked to a sub already: Cognito does not
 * know the name, so that user was deleted there, or has another name now. */
enum {
    COGMIG_LINKED_USERS_REFUSE = 1, /* the answer is no (USER_MIGRATED) */
    COGMIG_LINKED_USERS_RELINK = 2, /* a sign-in ends the old link; forgot-password is refused */
    COGMIG_LINKED_USERS_ALLOW = 3   /* migrated, and the old link stays until people decide */
};

/* linked_users  COGMIG_LINKED_USERS_*; COGMIG_LINKED_USERS_REFUSE by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_linked_users(cogmig_migration_config *config,
                                                       int32_t linked_users, cogmig_error *err);

/* Fail the events in which a link could not be recorded, or a token not be held against the map,
 * whatever the reason. Otherwise they go on without, and are counted: a full disk must not lock
 * users out.
 *
 * closed  false by default
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_fail_closed(cogmig_migration_config *config, bool closed,
                                                      cogmig_error *err);

/* Who signs a user up. */
enum {
    COGMIG_SIGN_UP_BY_USER = 1,
    COGMIG_SIGN_UP_BY_ADMIN = 2,
    COGMIG_SIGN_UP_BY_PROVIDER = 4 /* a federated identity provider */
};

/* Which sign-ups are refused where the address is a legacy user's who has yet to migrate: Cognito
 * does not ask the migration trigger then, so that a stranger could take the place.
 *
 * sign_ups  a sum of COGMIG_SIGN_UP_*; COGMIG_SIGN_UP_BY_USER by default, 0 for none
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_sign_up_guard(cogmig_migration_config *config,
                                                        int32_t sign_ups, cogmig_error *err);

/* Let sign-ups pass, counted, while the store cannot be asked. Otherwise they fail.
 *
 * open  false by default
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_sign_up_open_in_outage(cogmig_migration_config *config,
                                                                 bool open, cogmig_error *err);

/* What the person is told whose sign-up is refused; Cognito puts "PreSignUp failed with error " in
 * front of it.
 *
 * message  in: copied; 1 to 255 bytes of UTF-8
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_sign_up_refusal(cogmig_migration_config *config,
                                                          const char *message, cogmig_error *err);

/* Tokens. */
enum {
    COGMIG_CLAIM_IN_ID_TOKEN = 1,
    COGMIG_CLAIM_IN_ACCESS_TOKEN = 2 /* with versions 2 and 3 of the trigger */
};

/* Which tokens get the claim legacy_id, where the PreTokenGeneration trigger asks.
 *
 * tokens  a sum of COGMIG_CLAIM_IN_*; both by default, 0 for none
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_migration_config_set_claim_tokens(cogmig_migration_config *config,
                                                       int32_t tokens, cogmig_error *err);

/* Make a migration on a store.
 *
 * config         in: copied; NULL for the defaults
 * store          in: counted, so that it may be freed before the migration
 * ret_migration  out: release it with cogmig_migration_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_migration_new(const cogmig_migration_config *config, cogmig_store *store,
                                   cogmig_migration **ret_migration, cogmig_error *err);

/* Make a migration on the store that the environment names, see cogmig_store_config_new_from_env().
 * A database that cannot be reached now is no failure: the first event that needs it connects.
 *
 * config  in: copied; NULL for that of cogmig_migration_config_new_from_env()
 *
 * Errors: as cogmig_migration_config_new_from_env(), STORE_SCHEMA_MISMATCH. Threads: any, while
 * nobody changes the environment. Since: 1.0. */
cogmig_status cogmig_migration_new_from_env(const cogmig_migration_config *config,
                                            cogmig_migration **ret_migration, cogmig_error *err);

/* Release a migration and set the caller's variable to NULL. NULL is fine.
 *
 * Errors: none. Threads: any, after the last call on it. Since: 1.0. */
void cogmig_migration_free(cogmig_migration **migration);

/* Answer one event of whatever trigger of a user pool. The response is the event with its
 * "response" member filled in, every other byte as it came; where there is nothing to say, it is
 * the event as it came, byte for byte. Send it when the call is COGMIG_OK.
 *
 * UserMigration_*: yes, or no, which is the same for a wrong password and an unknown user, who also
 * cost the same work. After a no the error box says why, for your own log: PASSWORD_*,
 * EMAIL_NOT_VERIFIED, USER_NOT_FOUND, USER_DISABLED, USER_MIGRATED, CALLER_REFUSED, HOOK_REFUSED,
 * or what is wrong with the row (HASH_*, USER_AMBIGUOUS, STORE_ROW_INVALID, ATTRIBUTE_INVALID: a
 * value of more than 2048 characters). After a yes it is empty, except where a sign-in is answered
 * with a reset: PASSWORD_TOO_LONG, PASSWORD_TOO_WEAK.
 *
 * PreSignUp_*: SIGN_UP_REFUSED where the address is a legacy user's, else the event.
 * PostAuthentication_*, PostConfirmation_*: the link is recorded where there is an identity map.
 * TokenGeneration_*: the claim legacy_id is added. Where this could not be done and the event went
 * on all the same, the error box says why.
 * Triggers of any other kind: the event.
 *
 * Anything but COGMIG_OK means that no answer can be given: fail the invocation. With kind DENIED
 * (SIGN_UP_REFUSED), the message is meant for the person who waits; with any other, use a text that
 * says nothing, and Cognito asks again.
 *
 * event         in: JSON, at most 6 MiB; may hold a password, so never log it
 * ret_response  out: JSON; release it with cogmig_free(), which wipes it
 * ret_len       out: bytes of it
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, INTERNAL_ERROR, DEADLINE_EXCEEDED, EVENT_MALFORMED,
 * EVENT_TOO_LARGE, TRIGGER_UNKNOWN, SIGN_UP_REFUSED, STOPPED_BY_CALLBACK, STORE_UNREACHABLE,
 * STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED, STORE_SCHEMA_MISMATCH, STORE_ROW_INVALID,
 * IDMAP_NOT_INSTALLED, IDMAP_CONFLICT, IDMAP_ID_INVALID, CALLER_REFUSED (the last three where it
 * was configured to fail closed).
 * Threads: any. Since: 1.0.
 * Source: Developer Guide, "Customizing user pool workflows with Lambda triggers". */
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

/* How events ended. Each is counted once. */
enum {
    COGMIG_MIGRATION_CONFIRMED = 1, /* migrated with the password just used */
    COGMIG_MIGRATION_RESET = 2,     /* migrated, to choose a new password */
    COGMIG_MIGRATION_REFUSED = 3,   /* the answer was no */
    COGMIG_MIGRATION_FAILED = 4,    /* no answer could be given */
    COGMIG_MIGRATION_SIGN_UPS_REFUSED = 5,
    COGMIG_MIGRATION_SIGN_UPS_UNCHECKED = 6, /* let pass in an outage */
    COGMIG_MIGRATION_LINKED = 7,             /* the link is in the map, since now or before */
    COGMIG_MIGRATION_NOT_LINKED = 8,         /* it could not be recorded, and the event went on */
    COGMIG_MIGRATION_TOKENS_EXTENDED = 9,
    COGMIG_MIGRATION_TOKENS_UNCHECKED = 10, /* the map contradicted or was not asked */
    COGMIG_MIGRATION_PASSED_THROUGH = 11    /* nothing was to be done */
};

/* How many events ended so since the migration was made, for your monitoring; 0 for a counter that
 * is not known.
 *
 * counter  COGMIG_MIGRATION_*
 *
 * Errors: none. Threads: any. Since: 1.0. */
uint64_t cogmig_migration_get_counter(const cogmig_migration *migration, int32_t counter);

#ifdef __cplusplus
}
#endif

#endif
