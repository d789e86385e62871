/* SPDX-License-Identifier: Apache-2.0
 * The store's side: every row, of one snapshot. */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/public.h"
#include "export/source.h"
#include "reconcile/reconcile.h"
#include "status/error.h"
#include "store/config.h"

enum {
    ROWS_BETWEEN_PROGRESS = 10000
};

struct reading {
    cogmig_reconcile *reconcile;
    const struct source *source;
    void *state;
    enum store_column wanted[COLUMN_COUNT];
    const char *names[COLUMN_COUNT];
    size_t count;
    uint64_t rows;
};

static void release_reading(struct reading *reading)
{
    if (reading->state != NULL)
        reading->source->close(reading->state);
}

/* The first is that of the id. */
static void choose_columns(struct reading *reading, const struct store_model *model)
{
    static const enum store_column wanted[] = {COLUMN_ID, COLUMN_EMAIL, COLUMN_EMAIL_VERIFIED,
                                               COLUMN_NAME};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (model->columns[wanted[i]] == NULL)
            continue;
        reading->wanted[reading->count] = wanted[i];
        reading->names[reading->count++] = model->columns[wanted[i]];
    }
}

static cogmig_status open_source(struct reading *reading, const cogmig_store_config *config,
                                 cogmig_error *err)
{
    struct store_model model = store_config_model(config);
    struct source_facts facts;
    choose_columns(reading, &model);
    struct source_request request = {.target = config->url.target,
                                     .model = &model,
                                     .columns = reading->names,
                                     .column_count = reading->count,
                                     .timeout_ms = config->timeout_ms,
                                     .password = config->password,
                                     .password_user_data = config->password_user_data};
    return reading->source->open(&request, &reading->state, &facts, err);
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
    struct account account = {.email_verified = false};
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->wanted[i] == COLUMN_EMAIL_VERIFIED)
            account.email_verified = is_verified(&values[i]);
        else if (reading->wanted[i] == COLUMN_ID)
            account.texts[ACCOUNT_LEGACY_ID] = text_of(&values[i]);
        else if (reading->wanted[i] == COLUMN_EMAIL)
            account.texts[ACCOUNT_EMAIL] = text_of(&values[i]);
        else
            account.texts[ACCOUNT_NAME] = text_of(&values[i]);
    }
    return account;
}

static cogmig_status take_row(struct reading *reading, const struct export_value *values,
                              cogmig_error *err)
{
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
    struct export_value values[COLUMN_COUNT];
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
