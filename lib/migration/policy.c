/* SPDX-License-Identifier: Apache-2.0
 * The part of a configuration that says who is let in, and what is done besides migrating. */
#include "base/cleanup.h"
#include "base/public.h"
#include "idmap/idmap.h"
#include "migration/config.h"
#include "status/error.h"

#include <string.h>

enum {
    MAX_MIN_LENGTH = 99, /* API reference, PasswordPolicyType */
    ALL_CLASSES = COGMIG_PASSWORD_LOWER | COGMIG_PASSWORD_UPPER | COGMIG_PASSWORD_DIGIT |
                  COGMIG_PASSWORD_SYMBOL,
    ALL_SIGN_UPS = COGMIG_SIGN_UP_BY_USER | COGMIG_SIGN_UP_BY_ADMIN | COGMIG_SIGN_UP_BY_PROVIDER,
    ALL_TOKENS = COGMIG_CLAIM_IN_ID_TOKEN | COGMIG_CLAIM_IN_ACCESS_TOKEN
};

static cogmig_status set_flag(bool *flag, bool value, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (flag == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    *flag = value;
    return COGMIG_OK;
}

/* Some of the bits of `all`. */
static cogmig_status set_bits(int32_t *slot, int32_t bits, int32_t all, const char *what,
                              cogmig_error *err)
{
    cogmig_error_clear(err);
    if (slot == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if ((bits & ~all) != 0)
        return fail(err, COGMIG_CONFIG_INVALID, "%s are a sum of constants up to %d, not %d.", what,
                    (int)all, (int)bits);
    *slot = bits;
    return COGMIG_OK;
}

/* ---- who is migrated ---- */

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_password_policy(
    cogmig_migration_config *config, int32_t min_length, int32_t classes, cogmig_error *err)
{
    cogmig_status status = set_bits(config == NULL ? NULL : &config->password_classes, classes,
                                    ALL_CLASSES, "The classes of a password policy", err);
    if (status != COGMIG_OK)
        return status;
    if (min_length < 0 || min_length > MAX_MIN_LENGTH)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A password policy asks for 0 to %d characters, not %d.", MAX_MIN_LENGTH,
                    (int)min_length);
    config->password_min_length = min_length;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_add_pool(cogmig_migration_config *config,
                                                             const char *pool_id, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || pool_id == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    struct callers *callers = &config->callers;
    cogmig_status status = idmap_check_pool_id(span_of(pool_id), err);
    if (status != COGMIG_OK)
        return status;
    if (callers->pool_count == CALLERS_MAX)
        return fail(err, COGMIG_CONFIG_INVALID, "No more than %d pools can be listed.",
                    CALLERS_MAX);
    memcpy(callers->pools[callers->pool_count++], pool_id, strlen(pool_id) + 1);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_add_client(cogmig_migration_config *config,
                                                               const char *client_id,
                                                               cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || client_id == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    struct callers *callers = &config->callers;
    size_t len = strnlen(client_id, CALLER_MAX_CLIENT_BYTES + 1);
    if (len == 0 || len > CALLER_MAX_CLIENT_BYTES || callers->client_count == CALLERS_MAX)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A client id has 1 to %d bytes, and no more than %d can be listed.",
                    CALLER_MAX_CLIENT_BYTES, CALLERS_MAX);
    memcpy(callers->clients[callers->client_count++], client_id, len + 1);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_username_from_legacy_id(
    cogmig_migration_config *config, bool from_legacy_id, cogmig_error *err)
{
    return set_flag(config == NULL ? NULL : &config->username_is_legacy_id, from_legacy_id, err);
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_hook(cogmig_migration_config *config,
                                                             cogmig_migration_hook_fn hook,
                                                             void *user_data, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->hook = hook;
    config->hook_data = user_data;
    return COGMIG_OK;
}

/* ---- the identity map ---- */

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_idmap(cogmig_migration_config *config,
                                                              cogmig_idmap *map, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    cogmig_idmap *held = map == NULL ? NULL : idmap_hold(map);
    cogmig_idmap_free(&config->idmap);
    config->idmap = held;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_linked_users(
    cogmig_migration_config *config, int32_t linked_users, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if (linked_users < COGMIG_LINKED_USERS_REFUSE || linked_users > COGMIG_LINKED_USERS_ALLOW)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "Linked users are refused (1), relinked (2) or allowed (3), not %d.",
                    (int)linked_users);
    config->linked_users = linked_users;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_fail_closed(cogmig_migration_config *config,
                                                                    bool closed, cogmig_error *err)
{
    return set_flag(config == NULL ? NULL : &config->fail_closed, closed, err);
}

/* ---- sign-ups and tokens ---- */

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_sign_up_guard(
    cogmig_migration_config *config, int32_t sign_ups, cogmig_error *err)
{
    return set_bits(config == NULL ? NULL : &config->guarded_sign_ups, sign_ups, ALL_SIGN_UPS,
                    "Guarded sign-ups", err);
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_sign_up_open_in_outage(
    cogmig_migration_config *config, bool open, cogmig_error *err)
{
    return set_flag(config == NULL ? NULL : &config->guard_opens_in_outage, open, err);
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_sign_up_refusal(
    cogmig_migration_config *config, const char *message, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || message == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    struct span text = {message, strnlen(message, REFUSAL_MAX_BYTES + 1)};
    if (text.len == 0 || text.len > REFUSAL_MAX_BYTES || !span_is_utf8(text))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The message that refuses a sign-up is not 1 to %d bytes of UTF-8.",
                    REFUSAL_MAX_BYTES);
    memcpy(config->refusal, message, text.len + 1);
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_claim_tokens(
    cogmig_migration_config *config, int32_t tokens, cogmig_error *err)
{
    return set_bits(config == NULL ? NULL : &config->claim_tokens, tokens, ALL_TOKENS,
                    "The tokens with a legacy id", err);
}
