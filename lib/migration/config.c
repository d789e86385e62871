/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/config.h"

#include "base/memory.h"
#include "base/public.h"
#include "base/span.h"
#include "status/error.h"

#include <inttypes.h>
#include <string.h>

enum {
    DEFAULT_DEADLINE_MS = 4000
};

void migration_config_set_defaults(cogmig_migration_config *config)
{
    *config = (struct cogmig_migration_config){
        .deadline_ms = DEFAULT_DEADLINE_MS,
        .legacy_id_attribute = "custom:legacy_id",
        .password_rules = rules_by_default,
        .guarded_sign_ups = COGMIG_SIGN_UP_BY_USER,
        .refusal = "This address has an account already: sign in with your password, or choose to "
                   "reset it.",
        .linked_users = COGMIG_LINKED_USERS_REFUSE,
        .claim_tokens = COGMIG_CLAIM_IN_ID_TOKEN | COGMIG_CLAIM_IN_ACCESS_TOKEN,
    };
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_new(cogmig_migration_config **ret_config,
                                                        cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    *ret_config = memory_new(sizeof **ret_config);
    if (*ret_config == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    migration_config_set_defaults(*ret_config);
    return COGMIG_OK;
}

COGMIG_PUBLIC void cogmig_migration_config_free(cogmig_migration_config **config)
{
    if (config == NULL || *config == NULL)
        return;
    cogmig_idmap_free(&(*config)->idmap);
    memory_free(*config);
    *config = NULL;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_deadline_ms(cogmig_migration_config *config,
                                                                    int32_t deadline_ms,
                                                                    cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if (deadline_ms < 1 || deadline_ms > MIGRATION_MAX_DEADLINE_MS)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A deadline is 1 to %d milliseconds, not %" PRId32
                    "; Cognito itself waits 5000.",
                    MIGRATION_MAX_DEADLINE_MS, deadline_ms);
    config->deadline_ms = deadline_ms;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_max_cost(cogmig_migration_config *config,
                                                                 int32_t max_cost,
                                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    return cogmig_password_rules_set_max_cost(&config->password_rules, max_cost, err);
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_password_rules(
    cogmig_migration_config *config, const cogmig_password_rules *rules, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || rules == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->password_rules = *rules;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_reset_long_passwords(
    cogmig_migration_config *config, bool reset, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    config->reset_long_passwords = reset;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_set_legacy_id_attribute(
    cogmig_migration_config *config, const char *attribute, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || attribute == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    if (attribute_is_reserved(span_of(attribute)))
        return fail_plainly(err, COGMIG_ATTRIBUTE_RESERVED);
    if (!attribute_is_custom(span_of(attribute)))
        return fail(err, COGMIG_ATTRIBUTE_INVALID,
                    "The attribute of the legacy id is \"custom:\" and 1 to %d characters without "
                    "blanks, not \"%.64s\".",
                    ATTRIBUTE_MAX_NAME, attribute);
    memcpy(config->legacy_id_attribute, attribute, strlen(attribute) + 1);
    return COGMIG_OK;
}

static bool is_always_returned(const cogmig_migration_config *config, struct span attribute)
{
    return span_equal_text(attribute, "email") || span_equal_text(attribute, "email_verified") ||
           span_equal_text(attribute, config->legacy_id_attribute);
}

bool config_returns_attribute(const cogmig_migration_config *config, struct span attribute)
{
    return is_always_returned(config, attribute) ||
           (config->with_name && span_equal_text(attribute, "name")) ||
           (config->username_is_legacy_id && span_equal_text(attribute, "username"));
}

COGMIG_PUBLIC cogmig_status cogmig_migration_config_add_attribute(cogmig_migration_config *config,
                                                                  const char *attribute,
                                                                  cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || attribute == NULL)
        return fail_plainly(err, COGMIG_INVALID_ARGUMENT);
    struct span asked = span_of(attribute);
    if (attribute_is_reserved(asked))
        return fail_plainly(err, COGMIG_ATTRIBUTE_RESERVED);
    if (is_always_returned(config, asked))
        return COGMIG_OK;
    if (!span_equal_text(asked, "name"))
        return fail(err, COGMIG_ATTRIBUTE_INVALID,
                    "The store says which column the attribute \"%.64s\" is in: "
                    "cogmig_store_config_add_attribute(). Only \"name\" can be added here.",
                    attribute);
    config->with_name = true;
    return COGMIG_OK;
}
