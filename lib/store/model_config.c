/* SPDX-License-Identifier: Apache-2.0
 * Which names the model of a configuration has. */
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/attribute.h"
#include "store/config.h"
#include "store/model.h"
#include "store/preset.h"

#include <string.h>

enum {
    MAX_NAME = 255
};

static cogmig_status check_name(const char *name, const char *what, cogmig_error *err)
{
    struct span text = span_of(name);
    if (text.len == 0)
        return fail(err, COGMIG_CONFIG_INVALID, "The name of the %s is empty.", what);
    if (text.len > MAX_NAME || !span_is_utf8(text))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "The name of the %s is longer than 255 bytes or not UTF-8.", what);
    return COGMIG_OK;
}

static cogmig_status replace_name(char **slot, const char *name, const char *what,
                                  cogmig_error *err)
{
    cogmig_status status = name == NULL ? COGMIG_OK : check_name(name, what, err);
    if (status != COGMIG_OK)
        return status;
    return model_set(slot, name) ? COGMIG_OK : fail_plainly(err, COGMIG_OUT_OF_MEMORY);
}

static cogmig_status set_column(cogmig_store_config *config, enum store_column column,
                                const char *name, const char *what, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    config->model.optional &= ~(1U << column); /* who names it means it */
    return replace_name(&config->model.columns[column], name, what, err);
}

static cogmig_status set_required_column(cogmig_store_config *config, enum store_column column,
                                         const char *name, const char *what, cogmig_error *err)
{
    if (name == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "The name of the %s is NULL.", what);
    return set_column(config, column, name, what, err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_schema(cogmig_store_config *config,
                                                           const char *schema, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    cogmig_status status = replace_name(&config->model.schema, schema, "schema", err);
    config->schema_given |= status == COGMIG_OK;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_table(cogmig_store_config *config,
                                                          const char *table, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || table == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or table is NULL.");
    return replace_name(&config->model.table, table, "table", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_id_column(cogmig_store_config *config,
                                                              const char *column, cogmig_error *err)
{
    return set_required_column(config, COLUMN_ID, column, "id column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_email_column(cogmig_store_config *config,
                                                                 const char *column,
                                                                 cogmig_error *err)
{
    return set_required_column(config, COLUMN_EMAIL, column, "e-mail column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_name_column(cogmig_store_config *config,
                                                                const char *column,
                                                                cogmig_error *err)
{
    return set_column(config, COLUMN_NAME, column, "name column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_password_column(cogmig_store_config *config,
                                                                    const char *column,
                                                                    cogmig_error *err)
{
    return set_required_column(config, COLUMN_PASSWORD, column, "password column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_email_verified_column(
    cogmig_store_config *config, const char *column, cogmig_error *err)
{
    return set_column(config, COLUMN_EMAIL_VERIFIED, column, "verified column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_created_at_column(cogmig_store_config *config,
                                                                      const char *column,
                                                                      cogmig_error *err)
{
    return set_column(config, COLUMN_CREATED_AT, column, "created-at column", err);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_updated_at_column(cogmig_store_config *config,
                                                                      const char *column,
                                                                      cogmig_error *err)
{
    return set_column(config, COLUMN_UPDATED_AT, column, "updated-at column", err);
}

/* ---- presets ---- */

static void take_model(cogmig_store_config *config, struct store_model *model)
{
    memcpy(model->attributes, config->model.attributes, sizeof model->attributes);
    model->attribute_count = config->model.attribute_count;
    config->model.attribute_count = 0;
    model_release(&config->model);
    config->model = *model;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_preset(cogmig_store_config *config,
                                                           const char *preset, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || preset == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or preset is NULL.");
    struct store_model model;
    cogmig_status status = preset_make(preset, &model, err);
    if (status != COGMIG_OK)
        return status;
    take_model(config, &model);
    config->schema_given = model.schema != NULL;
    return COGMIG_OK;
}

enum {
    MAX_OWN_SQL = 16 * 1024
};

static cogmig_status check_sql(const char *sql, cogmig_error *err)
{
    struct span text = span_of(sql);
    if (text.len > MAX_OWN_SQL || !span_is_utf8(text))
        return fail(err, COGMIG_CONFIG_INVALID, "A statement is not UTF-8 or larger than 16 KiB.");
    if (text.len > 0 && memchr(text.bytes, ';', text.len) != NULL)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "A statement has a semicolon; it is one SELECT, without one at its end.");
    return COGMIG_OK;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_sql(cogmig_store_config *config,
                                                        const char *by_email, const char *by_id,
                                                        cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || by_email == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or by_email is NULL.");
    struct store_model model;
    cogmig_status status = check_sql(by_email, err);
    if (status == COGMIG_OK)
        status = check_sql(by_id, err);
    if (status == COGMIG_OK)
        status = preset_make_for_sql(by_email, by_id, &model, err);
    if (status == COGMIG_OK)
        take_model(config, &model);
    return status;
}

/* ---- who is disabled ---- */

COGMIG_PUBLIC cogmig_status cogmig_store_config_add_disabled_column(cogmig_store_config *config,
                                                                    const char *column,
                                                                    int32_t when, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || column == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config or column is NULL.");
    struct store_model *model = &config->model;
    if (when < COGMIG_DISABLED_WHEN_SET || when > COGMIG_DISABLED_WHEN_FUTURE)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "When a column disables is COGMIG_DISABLED_WHEN_*.");
    if (model->flag_count == MODEL_MAX_FLAGS)
        return fail(err, COGMIG_CONFIG_INVALID, "More than %d columns that disable a user.",
                    MODEL_MAX_FLAGS);
    struct store_flag flag = {.when = when};
    cogmig_status status = replace_name(&flag.column, column, "disabled column", err);
    if (status == COGMIG_OK)
        model->flags[model->flag_count++] = flag;
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_clear_disabled_columns(cogmig_store_config *config,
                                                                       cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    model_clear_flags(&config->model);
    return COGMIG_OK;
}

/* ---- where the hash is ---- */

static cogmig_status make_password_table(struct store_password_table *table, const char *name,
                                         const char *user_column, const char *provider_column,
                                         const char *provider, cogmig_error *err)
{
    if (name == NULL)
        return COGMIG_OK;
    if (user_column == NULL || (provider_column == NULL) != (provider == NULL))
        return fail(
            err, COGMIG_INVALID_ARGUMENT,
            "The table of passwords needs its user's column, and a provider with a column.");
    if (provider != NULL && strchr(provider, '\\') != NULL)
        return fail(err, COGMIG_CONFIG_INVALID, "The provider of passwords has a backslash.");
    cogmig_status status = replace_name(&table->table, name, "table of passwords", err);
    if (status == COGMIG_OK)
        status = replace_name(&table->user_column, user_column, "user's column", err);
    if (status == COGMIG_OK)
        status = replace_name(&table->provider_column, provider_column, "provider's column", err);
    return status == COGMIG_OK ? replace_name(&table->provider, provider, "provider", err) : status;
}

static void release_password_table(struct store_password_table *table)
{
    memory_free(table->table);
    memory_free(table->user_column);
    memory_free(table->provider_column);
    memory_free(table->provider);
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_set_password_table(
    cogmig_store_config *config, const char *table, const char *user_column,
    const char *provider_column, const char *provider, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config is NULL.");
    struct store_password_table made = {.table = NULL};
    cogmig_status status =
        make_password_table(&made, table, user_column, provider_column, provider, err);
    if (status != COGMIG_OK) {
        release_password_table(&made);
        return status;
    }
    release_password_table(&config->model.password);
    config->model.password = made;
    return COGMIG_OK;
}

/* ---- attributes ---- */

static struct store_attribute *find_attribute(struct store_model *model, const char *name)
{
    for (size_t i = 0; i < model->attribute_count; i++)
        if (strcmp(model->attributes[i].name, name) == 0)
            return &model->attributes[i];
    return NULL;
}

static cogmig_status check_attribute(const char *name, cogmig_error *err)
{
    cogmig_status status = attribute_check_name(name, err);
    if (status == COGMIG_OK && (strcmp(name, "email") == 0 || strcmp(name, "email_verified") == 0))
        return fail(err, COGMIG_ATTRIBUTE_INVALID,
                    "%s has columns of its own: see cogmig_store_config_set_email_column() and "
                    "cogmig_store_config_set_email_verified_column().",
                    name);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_store_config_add_attribute(cogmig_store_config *config,
                                                              const char *attribute,
                                                              const char *column, cogmig_error *err)
{
    cogmig_error_clear(err);
    if (config == NULL || attribute == NULL || column == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config, attribute or column is NULL.");
    struct store_model *model = &config->model;
    cogmig_status status = check_attribute(attribute, err);
    if (status != COGMIG_OK)
        return status;
    struct store_attribute *known = find_attribute(model, attribute);
    if (known != NULL)
        return replace_name(&known->column, column, "attribute's column", err);
    if (model->attribute_count == MODEL_MAX_ATTRIBUTES)
        return fail(err, COGMIG_CONFIG_INVALID, "More than %d attributes.", MODEL_MAX_ATTRIBUTES);
    struct store_attribute made = {.name = NULL};
    status = replace_name(&made.column, column, "attribute's column", err);
    if (status == COGMIG_OK && !model_set(&made.name, attribute))
        status = fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    if (status == COGMIG_OK)
        model->attributes[model->attribute_count++] = made;
    else
        memory_free(made.column);
    return status;
}
