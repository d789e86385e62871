/* SPDX-License-Identifier: Apache-2.0
 * Which preset fits a database, and what it lacks. */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/config.h"
#include "store/fit.h"
#include "store/model.h"
#include "store/preset.h"

#include <string.h>

enum {
    MAX_REPORT = 64 * 1024
};

static const char *schema_of_default(const struct catalog *catalog)
{
    return catalog->is_sqlite ? "main" : "public";
}

/* One with hashes goes before all without. */
static bool is_better(const struct fit *fit, const struct fit *best)
{
    if (best->preset == NULL || fit->lacks_hashes != best->lacks_hashes)
        return best->preset == NULL || best->lacks_hashes;
    return fit->score > best->score;
}

static void take_better(const struct catalog *catalog, const char *preset,
                        const struct store_model *model, const char *given_schema, struct fit *best)
{
    for (size_t i = 0; i < catalog->count; i++) {
        struct fit fit;
        const struct catalog_entry *entry = &catalog->entries[i];
        bool is_new_table = i == 0 || strcmp(entry->table, entry[-1].table) != 0 ||
                            strcmp(entry->schema, entry[-1].schema) != 0;
        if (!is_new_table || (given_schema != NULL && strcmp(entry->schema, given_schema) != 0))
            continue;
        if (fit_judge(catalog, preset, model, entry, &fit) && is_better(&fit, best))
            *best = fit;
    }
}

static cogmig_status find_best(const struct catalog *catalog, const char *given_schema,
                               struct fit *ret_best, cogmig_error *err)
{
    const char *name;
    *ret_best = (struct fit){.preset = NULL};
    for (int32_t i = 0; (name = cogmig_store_preset_name(i)) != NULL; i++) {
        SCOPED(model_release) struct store_model model = {.schema = NULL};
        cogmig_status status = preset_make(name, &model, err);
        if (status != COGMIG_OK)
            return status;
        take_better(catalog, name, &model, given_schema, ret_best);
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

/* Columns that are called otherwise, or that are not there. */
static void add_columns(struct buffer *out, bool *first, const struct fit *fit,
                        const struct store_model *model)
{
    static const char *const variables[COLUMN_COUNT] = {
        [COLUMN_ID] = "COGMIG_ID_COLUMN",
        [COLUMN_EMAIL] = "COGMIG_EMAIL_COLUMN",
        [COLUMN_NAME] = "COGMIG_NAME_COLUMN",
        [COLUMN_PASSWORD] = "COGMIG_PASSWORD_COLUMN",
        [COLUMN_EMAIL_VERIFIED] = "COGMIG_EMAIL_VERIFIED_COLUMN",
        [COLUMN_CREATED_AT] = "COGMIG_CREATED_AT_COLUMN",
        [COLUMN_UPDATED_AT] = "COGMIG_UPDATED_AT_COLUMN",
    };
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const char *usual = model->columns[i], *found = fit->columns[i];
        bool is_usual =
            usual == found || (usual != NULL && found != NULL && strcmp(found, usual) == 0);
        bool may_be_missing = (model->optional & (1U << i)) != 0;
        if (!is_usual && (found != NULL || !may_be_missing))
            add_setting(out, first, variables[i], found == NULL ? "" : found);
    }
}

static void add_password_table(struct buffer *out, bool *first, const struct fit *fit,
                               const struct store_model *model)
{
    const struct store_password_table *usual = &model->password;
    if (fit->password_table == NULL || (strcmp(fit->password_table, usual->table) == 0 &&
                                        strcmp(fit->user_column, usual->user_column) == 0 &&
                                        strcmp(fit->provider_column, usual->provider_column) == 0))
        return;
    SCOPED(buffer_release) struct buffer value = buffer_with_max(1024);
    buffer_add_text(&value, fit->password_table);
    buffer_add_byte(&value, ':');
    buffer_add_text(&value, fit->user_column);
    buffer_add_byte(&value, ':');
    buffer_add_text(&value, fit->provider_column);
    buffer_add_byte(&value, '=');
    buffer_add_text(&value, usual->provider);
    add_setting(out, first, "COGMIG_PASSWORD_TABLE", value.bytes == NULL ? "" : value.bytes);
}

/* All of them, since the variable replaces those of the preset. */
static void add_disabled_columns(struct buffer *out, bool *first, const struct fit *fit)
{
    static const char *const words[] = {
        [COGMIG_DISABLED_WHEN_SET] = ":set",
        [COGMIG_DISABLED_WHEN_TRUE] = ":true",
        [COGMIG_DISABLED_WHEN_FALSE] = ":false",
        [COGMIG_DISABLED_WHEN_FUTURE] = ":future",
    };
    if (!fit->more_flags)
        return;
    SCOPED(buffer_release) struct buffer value = buffer_with_max(1024);
    for (size_t i = 0; i < fit->flag_count; i++) {
        buffer_add_text(&value, i == 0 ? "" : ", ");
        buffer_add_text(&value, fit->flags[i].column);
        buffer_add_text(&value, words[fit->flags[i].when]);
    }
    add_setting(out, first, "COGMIG_DISABLED_COLUMNS", value.bytes == NULL ? "" : value.bytes);
}

static void add_environment(struct buffer *out, const struct catalog *catalog,
                            const struct fit *fit, const struct store_model *model)
{
    bool first = true;
    buffer_add_text(out, ",\"environment\":[");
    add_setting(out, &first, "COGMIG_PRESET", fit->preset);
    if (model->schema == NULL && strcmp(fit->schema, schema_of_default(catalog)) != 0)
        add_setting(out, &first, "COGMIG_SCHEMA", fit->schema);
    if (strcmp(fit->table, model->table) != 0)
        add_setting(out, &first, "COGMIG_TABLE", fit->table);
    add_columns(out, &first, fit, model);
    add_password_table(out, &first, fit, model);
    add_disabled_columns(out, &first, fit);
    buffer_add_text(out, "]");
}

static void add_flags(struct buffer *out, const struct fit *fit)
{
    buffer_add_text(out, ",\"disabled_by\":[");
    for (size_t i = 0; i < fit->flag_count; i++) {
        buffer_add_text(out, i == 0 ? "" : ",");
        buffer_add_json_string(out, span_of(fit->flags[i].column));
    }
    buffer_add_text(out, "]");
}

/* ---- the index ---- */

/* Is "email", quoted or not, the only name in these bytes of an expression? */
static bool names_column(struct span expression, const char *column)
{
    size_t len = strlen(column);
    for (size_t at = 0; at + len <= expression.len; at++) {
        const char *here = expression.bytes + at;
        bool begins = at == 0 || strchr("(\" ", here[-1]) != NULL;
        bool ends = at + len == expression.len || strchr(")\": ", here[len]) != NULL;
        if (begins && ends && strncmp(here, column, len) == 0)
            return true;
    }
    return false;
}

/* What the index sorts by first: one that has another column before the address is of no use. */
static struct span first_key_of(const char *index_sql)
{
    const char *on = strstr(index_sql, " ON ");
    const char *open = on == NULL ? NULL : strchr(on, '(');
    if (open == NULL)
        return (struct span){0};
    int depth = 0;
    const char *end = open + 1;
    for (; *end != '\0' && (depth > 0 || (*end != ',' && *end != ')')); end++)
        depth += (*end == '(') - (*end == ')');
    return span_trim((struct span){open + 1, (size_t)(end - open - 1)});
}

static bool is_lower_index(const char *index_sql, const char *column)
{
    struct span key = first_key_of(index_sql);
    const struct span lower = {key.bytes, 6};
    return key.len > lower.len && span_equal_ascii_case(lower, span_of("lower(")) &&
           names_column(key, column) && strstr(index_sql, " WHERE ") == NULL;
}

static bool has_lower_index(const struct catalog *catalog, const struct fit *fit)
{
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];
        if (entry->is_index && strcmp(entry->schema, fit->schema) == 0 &&
            strcmp(entry->table, fit->table) == 0 &&
            is_lower_index(entry->text, fit->columns[COLUMN_EMAIL]))
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
    buffer_add_text(&sql, " (lower(");
    sql_add_identifier(&sql, fit->columns[COLUMN_EMAIL]);
    buffer_add_text(&sql, is_sqlite ? "))" : "::text))");
    add_member(out, "create_index", sql.bytes == NULL ? "" : sql.bytes);
}

static cogmig_status write_report(const struct catalog *catalog, const struct fit *fit,
                                  struct buffer *out, cogmig_error *err)
{
    SCOPED(model_release) struct store_model model = {.schema = NULL};
    bool fits = fit->preset != NULL && !fit->lacks_hashes;
    buffer_add_byte(out, '{');
    add_member(out, "preset", fits ? fit->preset : NULL);
    if (fit->preset != NULL && fit->lacks_hashes) {
        add_member(out, "fits_but_for_hashes", fit->preset);
        add_member(out, "schema", fit->schema);
        add_member(out, "table", fit->table);
    }
    cogmig_status status = COGMIG_OK;
    if (fits)
        status = preset_make(fit->preset, &model, err);
    if (fits && status == COGMIG_OK) {
        add_member(out, "schema", fit->schema);
        add_member(out, "table", fit->table);
        add_flags(out, fit);
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
    catalog_sort(&catalog);
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
