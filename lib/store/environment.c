/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/pool_config.h"

#include <cogmig/store.h>
#include <stdlib.h>
#include <string.h>

struct name_variable {
    const char *variable;
    cogmig_status (*set)(cogmig_store_config *config, const char *name, cogmig_error *err);
    bool may_be_empty; /* there is no such thing */
};

static const struct name_variable name_variables[] = {
    {"COGMIG_SCHEMA", cogmig_store_config_set_schema, true},
    {"COGMIG_TABLE", cogmig_store_config_set_table, false},
    {"COGMIG_ID_COLUMN", cogmig_store_config_set_id_column, false},
    {"COGMIG_EMAIL_COLUMN", cogmig_store_config_set_email_column, false},
    {"COGMIG_NAME_COLUMN", cogmig_store_config_set_name_column, true},
    {"COGMIG_PASSWORD_COLUMN", cogmig_store_config_set_password_column, false},
    {"COGMIG_EMAIL_VERIFIED_COLUMN", cogmig_store_config_set_email_verified_column, true},
    {"COGMIG_CREATED_AT_COLUMN", cogmig_store_config_set_created_at_column, true},
    {"COGMIG_UPDATED_AT_COLUMN", cogmig_store_config_set_updated_at_column, true},
};

static cogmig_status apply(const struct name_variable *v, cogmig_store_config *config,
                           cogmig_error *err)
{
    const char *name = getenv(v->variable);
    if (name == NULL)
        return COGMIG_OK;
    if (name[0] == '\0' && !v->may_be_empty)
        return fail(err, COGMIG_CONFIG_INVALID, "%s is empty; give it a name or unset it.",
                    v->variable);
    return v->set(config, name[0] == '\0' ? NULL : name, err);
}

/* The next item of a list such as "a=b, c=d", cut at its mark. False at the end; with a fault,
 * *ret_right is NULL. */
static bool next_pair(char **list, char mark, char **ret_left, char **ret_right)
{
    *list += strspn(*list, " ,");
    if (**list == '\0')
        return false;
    char *item = *list;
    *list += strcspn(*list, ",");
    if (**list != '\0')
        *(*list)++ = '\0';
    for (size_t len = strlen(item); len > 0 && item[len - 1] == ' '; len--)
        item[len - 1] = '\0';
    *ret_left = item;
    *ret_right = strrchr(item, mark);
    if (*ret_right != NULL)
        *(*ret_right)++ = '\0';
    return true;
}

/* "name" alone, without a column, is the migration's affair: it returns what the store has anyway.
 */
static bool is_of_migration(const char *attribute)
{
    static const char *const names[] = {"name", "email", "email_verified"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(attribute, names[i]) == 0)
            return true;
    return false;
}

static cogmig_status add_attribute(cogmig_store_config *config, const char *attribute,
                                   const char *column, cogmig_error *err)
{
    if (column == NULL)
        return is_of_migration(attribute)
                   ? COGMIG_OK
                   : fail(err, COGMIG_CONFIG_INVALID,
                          "COGMIG_ATTRIBUTES looks like name, phone_number=phone, "
                          "custom:plan=plan.");
    return cogmig_store_config_add_attribute(config, attribute, column, err);
}

static cogmig_status add_disabled(cogmig_store_config *config, const char *column, const char *when,
                                  cogmig_error *err)
{
    static const char *const words[] = {"set", "true", "false", "future"};
    for (int32_t i = 0; when != NULL && i < 4; i++)
        if (strcmp(when, words[i]) == 0)
            return cogmig_store_config_add_disabled_column(config, column,
                                                           COGMIG_DISABLED_WHEN_SET + i, err);
    return fail(err, COGMIG_CONFIG_INVALID,
                "COGMIG_DISABLED_COLUMNS looks like deleted_at:set, is_active:false, "
                "banned:true, banned_until:future.");
}

static cogmig_status apply_list(const char *variable, char mark,
                                cogmig_status (*add)(cogmig_store_config *, const char *,
                                                     const char *, cogmig_error *),
                                cogmig_store_config *config, cogmig_error *err)
{
    char *left, *right;
    SCOPED(memory_release) char *text = memory_copy_text(getenv(variable));
    if (text == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = COGMIG_OK;
    for (char *list = text; status == COGMIG_OK && next_pair(&list, mark, &left, &right);)
        status = add(config, left, right, err);
    return status;
}

/* Set, it replaces what the preset has; empty, nobody is disabled. */
static cogmig_status apply_lists(cogmig_store_config *config, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    if (getenv("COGMIG_ATTRIBUTES") != NULL)
        status = apply_list("COGMIG_ATTRIBUTES", '=', add_attribute, config, err);
    if (status != COGMIG_OK || getenv("COGMIG_DISABLED_COLUMNS") == NULL)
        return status;
    status = cogmig_store_config_clear_disabled_columns(config, err);
    return status == COGMIG_OK
               ? apply_list("COGMIG_DISABLED_COLUMNS", ':', add_disabled, config, err)
               : status;
}

static const char *given(const char *variable)
{
    const char *value = getenv(variable);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static cogmig_status apply_preset(cogmig_store_config *config, cogmig_error *err)
{
    const char *preset = given("COGMIG_PRESET");
    const char *by_email = given("COGMIG_SQL_BY_EMAIL");
    cogmig_status status = COGMIG_OK;
    if (by_email == NULL && given("COGMIG_SQL_BY_ID") != NULL)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "COGMIG_SQL_BY_ID goes with COGMIG_SQL_BY_EMAIL, which is not set.");
    if (preset != NULL)
        status = cogmig_store_config_set_preset(config, preset, err);
    if (status != COGMIG_OK)
        return fail(err, status, "COGMIG_PRESET: %s", cogmig_error_message(err));
    if (by_email != NULL)
        status = cogmig_store_config_set_sql(config, by_email, given("COGMIG_SQL_BY_ID"), err);
    return status;
}

static cogmig_status apply_url(cogmig_store_config *config, cogmig_error *err)
{
    const char *url = getenv("DATABASE_URL");
    if (url == NULL || url[0] == '\0')
        return fail(err, COGMIG_CONFIG_INCOMPLETE,
                    "DATABASE_URL is not set; it looks like postgresql://… or file:./dev.db.");
    return cogmig_store_config_set_url(config, url, err);
}

static cogmig_status apply_ping(cogmig_store_config *config, cogmig_error *err)
{
    const char *text = given("COGMIG_PING_AFTER_IDLE_MS");
    int32_t idle_ms;
    if (text == NULL)
        return COGMIG_OK;
    cogmig_status status = pool_config_read_idle_ms(text, &idle_ms, err);
    return status == COGMIG_OK ? cogmig_store_config_set_ping_after_idle_ms(config, idle_ms, err)
                               : status;
}

static cogmig_status apply_pooler(cogmig_store_config *config, cogmig_error *err)
{
    const char *name = given("COGMIG_POOLER");
    int32_t pooler;
    if (name == NULL)
        return COGMIG_OK;
    cogmig_status status = pool_config_read_pooler(name, &pooler, err);
    return status == COGMIG_OK ? cogmig_store_config_set_pooler(config, pooler, err) : status;
}

/* Cut the text at its first mark; NULL when there is none. */
static char *cut_at(char *text, char mark)
{
    char *rest = text == NULL ? NULL : strchr(text, mark);
    if (rest != NULL)
        *rest++ = '\0';
    return rest;
}

static cogmig_status apply_password_table(cogmig_store_config *config, cogmig_error *err)
{
    const char *value = given("COGMIG_PASSWORD_TABLE");
    if (value == NULL)
        return COGMIG_OK;
    SCOPED(memory_release) char *table = memory_copy_text(value);
    if (table == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    char *user_column = cut_at(table, ':');
    char *provider_column = cut_at(user_column, ':');
    char *provider = cut_at(provider_column, '=');
    if (user_column == NULL || (provider_column != NULL && provider == NULL))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "COGMIG_PASSWORD_TABLE looks like account:userId or "
                    "account:userId:providerId=credential.");
    return cogmig_store_config_set_password_table(config, table, user_column, provider_column,
                                                  provider, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_new_from_env(cogmig_store_config **ret_config,
                                                             cogmig_error *err)
{
    SCOPED(cogmig_store_config_free) cogmig_store_config *config = NULL;
    if (ret_config != NULL)
        *ret_config = NULL;
    cogmig_status status = cogmig_store_config_new(ret_config == NULL ? NULL : &config, err);
    if (status == COGMIG_OK)
        status = apply_url(config, err);
    if (status == COGMIG_OK)
        status = apply_preset(config, err);
    for (size_t i = 0; i < sizeof name_variables / sizeof name_variables[0]; i++)
        if (status == COGMIG_OK)
            status = apply(&name_variables[i], config, err);
    if (status == COGMIG_OK)
        status = apply_lists(config, err);
    if (status == COGMIG_OK)
        status = apply_password_table(config, err);
    if (status == COGMIG_OK)
        status = apply_pooler(config, err);
    if (status == COGMIG_OK)
        status = apply_ping(config, err);
    if (status != COGMIG_OK)
        return status;
    *ret_config = config;
    config = NULL;
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_store_open_from_env(cogmig_store **ret_store, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_store == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "ret_store is NULL.");
    *ret_store = NULL;
    SCOPED(cogmig_store_config_free) cogmig_store_config *config = NULL;
    cogmig_status status = cogmig_store_config_new_from_env(&config, err);
    return status == COGMIG_OK ? cogmig_store_open(config, ret_store, err) : status;
}
