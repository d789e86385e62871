/* SPDX-License-Identifier: Apache-2.0
 * The store's side: every row, of one snapshot. */
#include "base/cleanup.h"
#include "base/public.h"
#include "reconcile/reconcile.h"
#include "status/error.h"
#include "store/config.h"
#include "store/scan.h"
#include "store/scan_flags.h"

enum {
    ROWS_BETWEEN_PROGRESS = 1000
};

struct reading {
    cogmig_reconcile *reconcile;
    const struct scan *scan;
    void *state;
    struct scan_columns columns;
    size_t email, email_verified, name; /* which of them; NO_COLUMN: the model has none */
    int64_t now_unix_ms;
    uint64_t rows;
};

static void release_reading(struct reading *reading)
{
    if (reading->state != NULL)
        reading->scan->close(reading->state);
}

static void choose_columns(struct reading *reading, const struct store_model *model)
{
    struct scan_columns *columns = &reading->columns;
    scan_columns_begin(columns, model);
    reading->email = scan_columns_add_of_model(columns, model, COLUMN_EMAIL);
    reading->email_verified = scan_columns_add_of_model(columns, model, COLUMN_EMAIL_VERIFIED);
    reading->name = scan_columns_add_of_model(columns, model, COLUMN_NAME);
    scan_columns_add_flags(columns, model);
}

static cogmig_status open_scan(struct reading *reading, const cogmig_store_config *config,
                               cogmig_error *err)
{
    struct store_model model = store_config_model(config);
    struct scan_facts facts = {0};
    choose_columns(reading, &model);
    struct scan_request request = scan_request_of(config, &model, &reading->columns);
    cogmig_status status = reading->scan->open(&request, &reading->state, &facts, err);
    reading->now_unix_ms = facts.snapshot_unix_ms;
    return status;
}

static struct span text_of(const struct scan_value *values, size_t column)
{
    bool is_text = column != NO_COLUMN && values[column].kind == VALUE_TEXT;
    return is_text ? values[column].text : (struct span){0};
}

/* No attribute of Cognito's has more than 2,048 characters: what is cut off here makes no
 * difference, and nobody's name stops the reading. */
static struct span cut(struct span text)
{
    if (text.len <= RECONCILE_MAX_TEXT)
        return text;
    size_t len = RECONCILE_MAX_TEXT;
    while (len > 0 && ((unsigned char)text.bytes[len] & 0xC0) == 0x80)
        len--; /* not within a character */
    return (struct span){text.bytes, len};
}

static struct account account_of(const struct reading *reading, const struct scan_value *values)
{
    struct account account = {
        .disabled = user_is_disabled(&reading->columns, values, reading->now_unix_ms),
        .email_verified = reading->email_verified != NO_COLUMN &&
                          value_is_verified(&values[reading->email_verified]),
    };
    account.texts[ACCOUNT_LEGACY_ID] = text_of(values, 0);
    account.texts[ACCOUNT_EMAIL] = cut(text_of(values, reading->email));
    account.texts[ACCOUNT_NAME] = cut(text_of(values, reading->name));
    return account;
}

static cogmig_status take_row(struct reading *reading, const struct scan_value *values,
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
    struct scan_value values[SCAN_MAX_COLUMNS];
    for (;;) {
        bool any = false;
        cogmig_status status = reading->scan->next(reading->state, values, &any, err);
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
    cogmig_status status = scan_of_store(config, &reading.scan, err);
    if (status == COGMIG_OK)
        status = open_scan(&reading, config, err);
    return status == COGMIG_OK ? read_rows(&reading, err) : status;
}
