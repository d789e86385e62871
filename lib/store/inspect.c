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

/* ---- indexes ---- */

/* Where look-ups look. Names are borrowed. */
struct email_place {
    const char *schema, *table, *email;
};

/* What the index sorts by first: one that has another column before the address is of no use, and
 * neither is one that knows no order and no equality. */
static struct span first_key_of(const char *index_sql)
{
    const char *on = strstr(index_sql, " ON "), *method = strstr(index_sql, " USING ");
    const char *open = on == NULL ? NULL : strchr(on, '(');
    bool is_fit = method == NULL || strncmp(method + 7, "btree ", 6) == 0 ||
                  strncmp(method + 7, "hash ", 5) == 0;
    if (open == NULL || !is_fit)
        return (struct span){0};
    int depth = 0;
    const char *end = open + 1;
    for (; *end != '\0' && (depth > 0 || (*end != ',' && *end != ')')); end++)
        depth += (*end == '(') - (*end == ')');
    return span_trim((struct span){open + 1, (size_t)(end - open - 1)});
}

/* How databases write a column: "email", [email], (email)::text. */
static bool names_column(struct span expression, const char *column)
{
    static const char around[] = "()\"`[] ", cast[] = "::text";
    char bare[256];
    size_t len = 0;
    for (size_t i = 0; i < expression.len && len + 1 < sizeof bare; i++)
        if (strchr(around, expression.bytes[i]) == NULL)
            bare[len++] = expression.bytes[i];
    if (len > sizeof cast - 1 &&
        strncmp(bare + len - (sizeof cast - 1), cast, sizeof cast - 1) == 0)
        len -= sizeof cast - 1;
    return span_equal_text((struct span){bare, len}, column);
}

/* Without the order behind it; of another collation than the column's it is of no use. */
static struct span without_order(struct span key)
{
    static const char *const orders[] = {" DESC", " ASC", " NULLS ", " text_pattern_ops",
                                         " varchar_pattern_ops"};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        for (size_t at = 0; at + strlen(orders[i]) <= key.len; at++)
            if (strncmp(key.bytes + at, orders[i], strlen(orders[i])) == 0)
                key.len = at;
    return span_trim(key);
}

static bool is_for_any_case(struct span key, const char *column)
{
    const struct span lower = {key.bytes, 6};
    return key.len > lower.len + 1 && span_equal_ascii_case(lower, span_of("lower(")) &&
           key.bytes[key.len - 1] == ')' &&
           names_column((struct span){key.bytes + 6, key.len - 7}, column);
}

static bool has_index(const struct catalog *catalog, const struct email_place *place, bool any_case)
{
    for (size_t i = 0; i < catalog->count; i++) {
        const struct catalog_entry *entry = &catalog->entries[i];
        if (!entry->is_index || strcmp(entry->schema, place->schema) != 0 ||
            strcmp(entry->table, place->table) != 0 || strstr(entry->text, " WHERE ") != NULL)
            continue;
        struct span key = without_order(first_key_of(entry->text));
        if (any_case ? is_for_any_case(key, place->email) : names_column(key, place->email))
            return true;
    }
    return false;
}

/* SQLite has neither schemas here nor CONCURRENTLY, and does not tell of the indexes behind UNIQUE.
 */
static void add_index_for(struct buffer *out, const struct catalog *catalog,
                          const struct email_place *place, bool any_case)
{
    const char *member = any_case ? "create_index" : "create_email_index";
    bool is_sqlite = catalog->is_sqlite;
    if ((is_sqlite && !any_case) || has_index(catalog, place, any_case) ||
        catalog_says(catalog, place->schema, place->table, CATALOG_VIEW)) {
        add_member(out, member, NULL);
        return;
    }
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(2048);
    bool at_once = catalog_says(catalog, place->schema, place->table, CATALOG_PARTITIONED);
    buffer_add_text(&sql, is_sqlite ? "CREATE INDEX \"cogmig_lower_email\" ON "
                          : at_once ? "CREATE INDEX ON "
                                    : "CREATE INDEX CONCURRENTLY ON ");
    if (!is_sqlite) {
        sql_add_identifier(&sql, place->schema);
        buffer_add_text(&sql, ".");
    }
    sql_add_identifier(&sql, place->table);
    buffer_add_text(&sql, any_case ? " (lower(" : " (");
    sql_add_identifier(&sql, place->email);
    buffer_add_text(&sql, !any_case ? ")" : is_sqlite ? "))" : "::text))");
    add_member(out, member, sql.bytes == NULL ? "" : sql.bytes);
}

static void add_indexes(struct buffer *out, const struct catalog *catalog,
                        const struct email_place *place)
{
    add_index_for(out, catalog, place, true);
    add_index_for(out, catalog, place, false);
}

/* ---- where the configuration looks ---- */

static const char *email_of(const struct catalog *catalog, const struct store_model *model,
                            const char *schema)
{
    const char *password = model->columns[COLUMN_PASSWORD];
    const char *passwords = model->password.table == NULL ? model->table : model->password.table;
    if (password == NULL || catalog_find_column(catalog, schema, passwords, password) == NULL)
        return NULL;
    return catalog_find_column(catalog, schema, model->table, model->columns[COLUMN_EMAIL]);
}

/* In the schema that is named, or else in the usual one, or else in the first that has it. */
static bool find_configured(const struct catalog *catalog, const cogmig_store_config *config,
                            const struct store_model *model, struct email_place *ret_place)
{
    const char *named = model->schema == NULL ? config->url.schema : model->schema;
    const char *schema = named == NULL ? schema_of_default(catalog) : named;
    if (model->sql_by_email != NULL || model->table == NULL || model->columns[COLUMN_EMAIL] == NULL)
        return false;
    const char *email = email_of(catalog, model, schema);
    for (size_t i = 0; named == NULL && email == NULL && i < catalog->count; i++) {
        schema = catalog->entries[i].schema;
        email = email_of(catalog, model, schema);
    }
    *ret_place = (struct email_place){schema, model->table, email};
    return email != NULL;
}

static void add_configured(struct buffer *out, const struct catalog *catalog,
                           const cogmig_store_config *config)
{
    struct email_place place;
    struct store_model model = store_config_model(config);
    SCOPED(buffer_release) struct buffer object = buffer_with_max(MAX_REPORT);
    if (!find_configured(catalog, config, &model, &place))
        return;
    bool is_view = catalog_says(catalog, place.schema, place.table, CATALOG_VIEW);
    buffer_add_byte(&object, '{');
    add_member(&object, "schema", place.schema);
    add_member(&object, "table", place.table);
    add_indexes(&object, catalog, &place);
    buffer_add_text(&object, is_view ? ",\"is_view\":true}" : ",\"is_view\":false}");
    buffer_add_text(out, out->len > 1 ? ",\"configured\":" : "\"configured\":");
    buffer_add_text(out, object.bytes == NULL ? "null" : object.bytes);
}

static cogmig_status write_report(const struct catalog *catalog, const cogmig_store_config *config,
                                  const struct fit *fit, struct buffer *out, cogmig_error *err)
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
        add_indexes(
            out, catalog,
            &(const struct email_place){fit->schema, fit->table, fit->columns[COLUMN_EMAIL]});
        add_environment(out, catalog, fit, &model);
    }
    add_configured(out, catalog, config);
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
    return status == COGMIG_OK ? write_report(&catalog, config, &best, out, err) : status;
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
