/* SPDX-License-Identifier: Apache-2.0
 * The store's side: every row, of one snapshot. */
#include "base/cleanup.h"
#include "base/public.h"
#include "export/disabled.h"
#include "export/source.h"
#include "reconcile/reconcile.h"
#include "status/error.h"
#include "store/config.h"

enum {
    ROWS_BETWEEN_PROGRESS = 1000
};

struct reading {
    cogmig_reconcile *reconcile;
    const struct source *source;
    void *state;
    struct export_columns columns;
    int64_t now_unix_ms;
    uint64_t rows;
};

static void release_reading(struct reading *reading)
{
    if (reading->state != NULL)
        reading->source->close(reading->state);
}

static cogmig_status open_source(struct reading *reading, const cogmig_store_config *config,
                                 cogmig_error *err)
{
    struct store_model model = store_config_model(config);
    struct source_facts facts = {0};
    columns_of_a_person(&model, &reading->columns);
    struct source_request request = {.target = config->url.target,
                                     .model = &model,
                                     .columns = reading->columns.source_names,
                                     .optional = reading->columns.optional,
                                     .column_count = reading->columns.source_count,
                                     .timeout_ms = config->timeout_ms,
                                     .password = config->password,
                                     .password_user_data = config->password_user_data};
    cogmig_status status = reading->source->open(&request, &reading->state, &facts, err);
    reading->now_unix_ms = facts.snapshot_unix_ms;
    return status;
}

static bool is_verified(const struct export_value *value)
{
    switch (value->kind) {
    case VALUE_FLAG:
        return value->flag;
    case VALUE_TIME:
        return true;
    case VALUE_TEXT:
        return verified_by_text(value->text);
    default:
        return false;
    }
}

static struct span text_of(const struct export_value *value)
{
    return value->kind == VALUE_TEXT ? value->text : (struct span){0};
}

static struct account account_of(const struct reading *reading, const struct export_value *values)
{
    static const struct {
        const char *name;
        enum account_text text;
    } texts[] = {{"id", ACCOUNT_LEGACY_ID}, {"email", ACCOUNT_EMAIL}, {"name", ACCOUNT_NAME}};
    const struct export_columns *columns = &reading->columns;
    struct account account = {.disabled = user_is_disabled(columns, values, reading->now_unix_ms)};
    for (size_t i = 0; i < columns->count; i++) {
        const struct export_value *value = &values[columns->sources[i]];
        struct span name = span_of(columns->names[i]);
        if (span_equal_text(name, "emailVerified"))
            account.email_verified = is_verified(value);
        for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++)
            if (span_equal_text(name, texts[j].name))
                account.texts[texts[j].text] = text_of(value);
    }
    return account;
}

static cogmig_status take_row(struct reading *reading, const struct export_value *values,
                              cogmig_error *err)
{
    if (user_is_skipped(&reading->columns, values))
        return COGMIG_OK;
    struct account account = account_of(reading, values);
    if (account.texts[ACCOUNT_LEGACY_ID].len == 0)
        return fail(err, COGMIG_STORE_ROW_INVALID, "A row of the store has no id.");
    cogmig_status status = reconcile_add_store_user(reading->reconcile, &account, err);
    if (status == COGMIG_OK && ++reading->rows % ROWS_BETWEEN_PROGRESS == 0)
        status = reconcile_show_progress(reading->reconcile, COGMIG_RECONCILE_STORE_USERS,
                                         reading->rows, err);
    return status;
}

static cogmig_status read_rows(struct reading *reading, cogmig_error *err)
{
    struct export_value values[EXPORT_MAX_COLUMNS];
    for (;;) {
        bool any = false;
        cogmig_status status = reading->source->next(reading->state, values, &any, err);
        if (status == COGMIG_OK && any)
            status = take_row(reading, values, err);
        if (status != COGMIG_OK || !any)
            return status;
    }
}

COGMIG_PUBLIC cogmig_status cogmig_reconcile_read_store(cogmig_reconcile *reconcile,
                                                        const cogmig_store_config *config,
                                                        cogmig_error *err)
{
    cogmig_error_clear(err);
    if (reconcile == NULL || config == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "reconcile or config is NULL.");
    SCOPED(release_reading) struct reading reading = {.reconcile = reconcile};
    cogmig_status status = export_source_of(config, &reading.source, err);
    if (status == COGMIG_OK)
        status = open_source(&reading, config, err);
    return status == COGMIG_OK ? read_rows(&reading, err) : status;
}
