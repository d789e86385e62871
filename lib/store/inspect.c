/* SPDX-License-Identifier: Apache-2.0
 * Which preset fits a database, and what it lacks. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/catalog.h"
#include "store/config.h"
#include "store/model.h"
#include "store/preset.h"

#include <string.h>

enum {
    MAX_REPORT = 64 * 1024
};

/* A preset on one table. */
struct fit {
    const char *preset;
    const char *schema, *table, *password;
    int score;
    bool usable; /* id, address and hash are there */
};

static const char *schema_of_default(const struct catalog *catalog)
{
    return catalog->is_sqlite ? "main" : "public";
}

static bool is_vital(int column)
{
    return column == COLUMN_ID || column == COLUMN_EMAIL || column == COLUMN_PASSWORD;
}

/* Auth.js has no name for it, so teams have many. */
static const char *find_password(const struct catalog *catalog, const char *schema,
                                 const char *table, const char *usual)
{
    static const char *const names[] = {"passwordHash", "password_hash", "hashedPassword",
                                        "hashed_password", "encrypted_password"};
    if (catalog_has_column(catalog, schema, table, usual))
        return usual;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (catalog_has_column(catalog, schema, table, names[i]))
            return names[i];
    return NULL;
}

static struct fit judge(const struct catalog *catalog, const char *preset,
                        const struct store_model *model, const char *schema)
{
    struct fit fit = {.preset = preset, .schema = schema, .table = model->table, .usable = true};
    const char *password_table =
        model->password.table == NULL ? model->table : model->password.table;
    fit.password = find_password(catalog, schema, password_table, model->columns[COLUMN_PASSWORD]);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (model->columns[i] == NULL)
            continue;
        bool there = i == COLUMN_PASSWORD
                         ? fit.password != NULL
                         : catalog_has_column(catalog, schema, model->table, model->columns[i]);
        fit.usable = fit.usable && (there || !is_vital(i));
        fit.score += there ? 1 : -1;
    }
    if (fit.password != NULL && strcmp(fit.password, model->columns[COLUMN_PASSWORD]) != 0)
        fit.score--;
    for (size_t i = 0; i < model->flag_count; i++)
        fit.score += catalog_has_column(catalog, schema, model->table, model->flags[i].column);
    return fit;
}

static void take_better(struct fit *best, struct fit fit)
{
    if (fit.usable && (!best->usable || fit.score > best->score))
        *best = fit;
}

/* The names in the fit are the catalog's and the preset's own. */
static cogmig_status find_best(const struct catalog *catalog, const char *given_schema,
                               struct fit *ret_best, cogmig_error *err)
{
    const char *name;
    *ret_best = (struct fit){.usable = false};
    for (int32_t i = 0; (name = cogmig_store_preset_name(i)) != NULL; i++) {
        SCOPED(model_release) struct store_model model = {.schema = NULL};
        cogmig_status status = preset_make(name, &model, err);
        if (status != COGMIG_OK)
            return status;
        for (size_t e = 0; e < catalog->count; e++) {
            const struct catalog_entry *entry = &catalog->entries[e];
            if (strcmp(entry->table, model.table) != 0 || strcmp(entry->text, "email") != 0 ||
                (given_schema != NULL && strcmp(entry->schema, given_schema) != 0) ||
                (model.schema != NULL && strcmp(entry->schema, model.schema) != 0))
                continue;
            struct fit fit = judge(catalog, name, &model, entry->schema);
            fit.table = entry->table;
            if (fit.password != NULL && strcmp(fit.password, model.columns[COLUMN_PASSWORD]) == 0)
                fit.password = "";
            take_better(ret_best, fit);
        }
    }
    return COGMIG_OK;
}

/* ---- the report ---- */

static void add_member(struct buffer *out, const char *name, const char *value)
{
    buffer_add_text(out, out->len > 1 ? "," : "");
    buffer_add_json_string(out, span_of(name));
    buffer_add_text(out, ":");
    if (value == NULL)
        buffer_add_text(out, "null");
    else
        buffer_add_json_string(out, span_of(value));
}

static void add_setting(struct buffer *out, bool *first, const char *variable, const char *value)
{
    SCOPED(buffer_release) struct buffer line = buffer_with_max(1024);
    buffer_add_text(&line, variable);
    buffer_add_text(&line, "=\"");
    buffer_add_text(&line, value);
    buffer_add_text(&line, "\"");
    buffer_add_text(out, *first ? "" : ",");
    buffer_add_json_string(out, span_of(line.bytes));
    *first = false;
}

/* Columns that the preset expects and the table does not have. */
static void add_missing_columns(struct buffer *out, bool *first, const struct catalog *catalog,
                                const struct fit *fit, const struct store_model *model)
{
    static const char *const variables[COLUMN_COUNT] = {
        [COLUMN_NAME] = "COGMIG_NAME_COLUMN",
        [COLUMN_EMAIL_VERIFIED] = "COGMIG_EMAIL_VERIFIED_COLUMN",
        [COLUMN_CREATED_AT] = "COGMIG_CREATED_AT_COLUMN",
        [COLUMN_UPDATED_AT] = "COGMIG_UPDATED_AT_COLUMN",
    };
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (variables[i] != NULL && model->columns[i] != NULL &&
            (model->optional & (1U << i)) == 0 &&
            !catalog_has_column(catalog, fit->schema, fit->table, model->columns[i]))
            add_setting(out, first, variables[i], "");
}

static void add_environment(struct buffer *out, const struct catalog *catalog,
                            const struct fit *fit, const struct store_model *model)
{
    bool first = true;
    buffer_add_text(out, ",\"environment\":[");
    add_setting(out, &first, "COGMIG_PRESET", fit->preset);
    if (model->schema == NULL && strcmp(fit->schema, schema_of_default(catalog)) != 0)
        add_setting(out, &first, "COGMIG_SCHEMA", fit->schema);
    if (fit->password[0] != '\0')
        add_setting(out, &first, "COGMIG_PASSWORD_COLUMN", fit->password);
    add_missing_columns(out, &first, catalog, fit, model);
    buffer_add_text(out, "]");
}

static void add_flags(struct buffer *out, const struct catalog *catalog, const struct fit *fit,
                      const struct store_model *model)
{
    bool first = true;
    buffer_add_text(out, ",\"disabled_by\":[");
    for (size_t i = 0; i < model->flag_count; i++) {
        if (!catalog_has_column(catalog, fit->schema, fit->table, model->flags[i].column))
            continue;
        buffer_add_text(out, first ? "" : ",");
        buffer_add_json_string(out, span_of(model->flags[i].column));
        first = false;
    }
    buffer_add_text(out, "]");
}

static bool has_lower_index(const struct catalog *catalog, const struct fit *fit)
{
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];
        if (entry->is_index && strcmp(entry->schema, fit->schema) == 0 &&
            strcmp(entry->table, fit->table) == 0 && strstr(entry->text, "lower(") != NULL &&
            strstr(entry->text, "email") != NULL && strstr(entry->text, " WHERE ") == NULL)
            return true;
    }
    return false;
}

/* SQLite has neither schemas here nor CONCURRENTLY. */
static void add_index(struct buffer *out, const struct catalog *catalog, const struct fit *fit)
{
    if (has_lower_index(catalog, fit)) {
        add_member(out, "create_index", NULL);
        return;
    }
    bool is_sqlite = catalog->is_sqlite;
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(2048);
    buffer_add_text(&sql, is_sqlite ? "CREATE INDEX \"cogmig_lower_email\" ON "
                                    : "CREATE INDEX CONCURRENTLY ON ");
    if (!is_sqlite) {
        sql_add_identifier(&sql, fit->schema);
        buffer_add_text(&sql, ".");
    }
    sql_add_identifier(&sql, fit->table);
    buffer_add_text(&sql, is_sqlite ? " (lower(\"email\"))" : " (lower(\"email\"::text))");
    add_member(out, "create_index", sql.bytes == NULL ? "" : sql.bytes);
}

static cogmig_status write_report(const struct catalog *catalog, const struct fit *fit,
                                  struct buffer *out, cogmig_error *err)
{
    SCOPED(model_release) struct store_model model = {.schema = NULL};
    buffer_add_byte(out, '{');
    add_member(out, "preset", fit->usable ? fit->preset : NULL);
    cogmig_status status = COGMIG_OK;
    if (fit->usable)
        status = preset_make(fit->preset, &model, err);
    if (fit->usable && status == COGMIG_OK) {
        add_member(out, "schema", fit->schema);
        add_member(out, "table", fit->table);
        add_flags(out, catalog, fit, &model);
        add_index(out, catalog, fit);
        add_environment(out, catalog, fit, &model);
    }
    buffer_add_byte(out, '}');
    return status;
}

static cogmig_status inspect(const cogmig_store_config *config, struct buffer *out,
                             cogmig_error *err)
{
    SCOPED(catalog_release)
    struct catalog catalog = {.is_sqlite = config->url.kind == STORE_URL_SQLITE};
    struct backend_settings settings = {.target = config->url.target,
                                        .password = config->password,
                                        .password_user_data = config->password_user_data};
    cogmig_status status = config->backend->describe(&settings, deadline_in_ms(config->timeout_ms),
                                                     catalog_add, &catalog, err);
    if (status != COGMIG_OK)
        return status;
    if (catalog.refused)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    struct fit best;
    status = find_best(&catalog, config->url.schema, &best, err);
    return status == COGMIG_OK ? write_report(&catalog, &best, out, err) : status;
}

COGMIG_PUBLIC cogmig_status cogmig_store_inspect(const cogmig_store_config *config,
                                                 char **ret_report, size_t *ret_len,
                                                 cogmig_error *err)
{
    cogmig_error_clear(err);
    if (ret_report != NULL)
        *ret_report = NULL;
    if (config == NULL || ret_report == NULL || ret_len == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "config, ret_report or ret_len is NULL.");
    if (config->backend == NULL || config->backend->describe == NULL)
        return fail(err, COGMIG_CONFIG_INCOMPLETE, "There is no URL of a database to inspect.");
    SCOPED(buffer_release) struct buffer out = buffer_with_max(MAX_REPORT);
    cogmig_status status = inspect(config, &out, err);
    if (status != COGMIG_OK)
        return status;
    *ret_report = buffer_take(&out, ret_len);
    return *ret_report == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}
