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

static const struct pair of_a_person[] = {
    {"id", "id"}, {"email", "email"}, {"emailVerified", "emailVerified"}, {"name", "name"}};

enum {
    PERSON_COUNT = sizeof of_a_person / sizeof of_a_person[0],
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

/* A column that is read twice may be missing only if both may. */
static size_t add_source(struct export_columns *columns, const char *name, bool optional)
{
    for (size_t i = 0; i < columns->source_count; i++) {
        if (!span_equal_text(span_of(name), columns->source_names[i]))
            continue;
        columns->optional[i] = columns->optional[i] && optional;
        return i;
    }
    columns->optional[columns->source_count] = optional;
    columns->source_names[columns->source_count] = name;
    return columns->source_count++;
}

static void add_column(struct export_columns *columns, const char *name, const char *source,
                       bool optional)
{
    columns->names[columns->count] = name;
    columns->sources[columns->count] = add_source(columns, source, optional);
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

/* Cognito cannot be told that a user whom it imports is disabled. */
static void add_flags(struct export_columns *columns, const struct store_model *model)
{
    for (size_t i = 0; i < model->flag_count; i++) {
        const struct store_flag *flag = &model->flags[i];
        columns->flags[columns->flag_count++] = (struct export_flag){
            .column = add_source(columns, flag->column, flag->optional),
            .when = flag->when,
            .until =
                flag->until == NULL ? NO_COLUMN : add_source(columns, flag->until, flag->optional),
        };
    }
    if (model->skipped != NULL)
        columns->skipped = add_source(columns, model->skipped, true);
}

static void begin(struct export_columns *columns, const struct store_model *model)
{
    *columns = (struct export_columns){.skipped = NO_COLUMN};
    add_source(columns, model->columns[COLUMN_ID], false);
}

void columns_of_a_person(const struct store_model *model, struct export_columns *columns)
{
    begin(columns, model);
    add_usual(columns, model, of_a_person, PERSON_COUNT);
    add_flags(columns, model);
}

cogmig_status columns_resolve(const cogmig_export_config *config, const struct store_model *model,
                              struct export_columns *columns, cogmig_error *err)
{
    begin(columns, model);
    for (size_t i = 0; i < config->column_count; i++) {
        cogmig_status status = add_wanted(columns, model, &config->columns[i], err);
        if (status != COGMIG_OK)
            return status;
    }
    if (config->format == COGMIG_EXPORT_COGNITO_CSV) {
        add_usual(columns, model, usual_for_cognito, USUAL_FOR_COGNITO_COUNT);
        add_flags(columns, model);
    } else if (config->column_count == 0) {
        add_usual(columns, model, usual, USUAL_COUNT);
    }
    return COGMIG_OK;
}
