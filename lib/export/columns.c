/* SPDX-License-Identifier: Apache-2.0 */
#include "export/columns.h"

#include "status/error.h"

/* What columns of the model are called here, whatever the database calls them. */
static const struct {
    const char *name;
    enum store_column column;
} roles[] = {
    {"id", COLUMN_ID},
    {"email", COLUMN_EMAIL},
    {"name", COLUMN_NAME},
    {"emailVerified", COLUMN_EMAIL_VERIFIED},
    {"createdAt", COLUMN_CREATED_AT},
    {"updatedAt", COLUMN_UPDATED_AT},
};

struct pair {
    const char *name, *column;
};

static const struct pair usual[] = {
    {"id", "id"},
    {"email", "email"},
    {"name", "name"},
    {"createdAt", "createdAt"},
    {"updatedAt", "updatedAt"},
};

static const struct pair usual_for_cognito[] = {
    {"cognito:username", "email"},       {"email", "email"},
    {"email_verified", "emailVerified"}, {"name", "name"},
    {"updated_at", "updatedAt"},         {"custom:legacy_id", "id"},
};

enum {
    ROLE_COUNT = sizeof roles / sizeof roles[0],
    USUAL_COUNT = sizeof usual / sizeof usual[0],
    USUAL_FOR_COGNITO_COUNT = sizeof usual_for_cognito / sizeof usual_for_cognito[0]
};

/* The column's name in the database, NULL when the model lacks it. */
static const char *name_in_database(const struct store_model *model, const char *column)
{
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (span_equal_text(span_of(column), roles[i].name))
            return model->columns[roles[i].column];
    return column;
}

static void add_column(struct export_columns *columns, const char *name, const char *source,
                       bool optional)
{
    columns->names[columns->count] = name;
    columns->sources[columns->count] = scan_columns_add(&columns->scan, source, optional);
    columns->count++;
}

/* SQLite does not tell upper from lower case in names. */
static bool is_password(const struct store_model *model, const char *source)
{
    return model->columns[COLUMN_PASSWORD] != NULL &&
           span_equal_ascii_case(span_of(source), span_of(model->columns[COLUMN_PASSWORD]));
}

static cogmig_status add_wanted(struct export_columns *columns, const struct store_model *model,
                                const struct wanted_column *wanted, cogmig_error *err)
{
    const char *source = name_in_database(model, wanted->column);
    if (source == NULL)
        return fail(err, COGMIG_CONFIG_INVALID, "The store's model has no column for %s.",
                    wanted->column);
    if (is_password(model, source))
        return fail(err, COGMIG_CONFIG_INVALID,
                    "%s is the column of the password hashes, which are never exported.", source);
    add_column(columns, wanted->name, source, false);
    return COGMIG_OK;
}

static bool is_named(const struct export_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (span_equal_text(span_of(name), columns->names[i]))
            return true;
    return false;
}

static bool is_optional(const struct store_model *model, const char *source)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if (model->columns[i] == source)
            return (model->optional & (1U << i)) != 0;
    return false;
}

/* What nobody asked for may be missing. */
static void add_usual(struct export_columns *columns, const struct store_model *model,
                      const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count && columns->count < EXPORT_MAX_WANTED; i++) {
        const char *source = name_in_database(model, pairs[i].column);
        if (source != NULL && !is_named(columns, pairs[i].name))
            add_column(columns, pairs[i].name, source, is_optional(model, source));
    }
}

cogmig_status columns_resolve(const cogmig_export_config *config, const struct store_model *model,
                              struct export_columns *columns, cogmig_error *err)
{
    columns->count = 0;
    scan_columns_begin(&columns->scan, model);
    for (size_t i = 0; i < config->column_count; i++) {
        cogmig_status status = add_wanted(columns, model, &config->columns[i], err);
        if (status != COGMIG_OK)
            return status;
    }
    if (config->format == COGMIG_EXPORT_COGNITO_CSV) {
        add_usual(columns, model, usual_for_cognito, USUAL_FOR_COGNITO_COUNT);
        scan_columns_add_flags(&columns->scan, model); /* it cannot be told who is disabled */
    } else if (config->column_count == 0) {
        add_usual(columns, model, usual, USUAL_COUNT);
    }
    return COGMIG_OK;
}
