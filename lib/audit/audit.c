/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "export/source.h"
#include "status/error.h"
#include "store/config.h"

#include <cogmig/audit.h>
#include <stdlib.h>
#include <string.h>

/* What is asked of each row, in this order; then the survey's two. */
enum {
    AUDIT_ID,
    AUDIT_EMAIL,
    AUDIT_VERIFIED,
    AUDIT_NAME,
    AUDIT_PHONE,
    AUDIT_DISABLED,
    AUDIT_COLUMNS,
    MAX_VALUES = AUDIT_COLUMNS + SURVEY_VALUES,
    MAX_TEXT = 64 * 1024
};

struct cogmig_audit_row {
    struct buffer texts[AUDIT_COLUMNS]; /* empty bytes: none */
    struct buffer lower, hash_kind;
    bool verified, disabled, repeats;
    int64_t hash_length;
};

struct audit {
    size_t place[AUDIT_COLUMNS]; /* which value it is; MAX_VALUES: it is not asked for */
    const char *columns[AUDIT_COLUMNS];
    size_t column_count;
    struct cogmig_audit_row row;
};

/* ---- the question ---- */

static void ask_for(struct audit *audit, size_t what, const char *column)
{
    audit->place[what] = column == NULL ? (size_t)MAX_VALUES : audit->column_count;
    if (column != NULL)
        audit->columns[audit->column_count++] = column;
}

static void ask(struct audit *audit, const struct store_model *model, const char *phone,
                const char *disabled)
{
    ask_for(audit, AUDIT_ID, model->columns[COLUMN_ID]);
    ask_for(audit, AUDIT_EMAIL, model->columns[COLUMN_EMAIL]);
    ask_for(audit, AUDIT_VERIFIED, model->columns[COLUMN_EMAIL_VERIFIED]);
    ask_for(audit, AUDIT_NAME, model->columns[COLUMN_NAME]);
    ask_for(audit, AUDIT_PHONE, phone);
    ask_for(audit, AUDIT_DISABLED, disabled);
}

/* ---- a row ---- */

static bool is_yes(const struct export_value *value)
{
    switch (value->kind) {
    case VALUE_FLAG:
        return value->flag;
    case VALUE_TEXT:
        return verified_by_text(value->text);
    default:
        return value->kind == VALUE_TIME;
    }
}

/* What is longer than a text may be is cut: it is judged by its length, not by its end. */
static void take_text(struct buffer *text, const struct export_value *value)
{
    buffer_release(text);
    if (value == NULL || value->kind != VALUE_TEXT)
        return;
    size_t len = value->text.len < MAX_TEXT ? value->text.len : MAX_TEXT;
    buffer_add(text, (struct span){value->text.bytes, len});
}

/* "$2b$10$#60" */
static void take_hash_kind(struct cogmig_audit_row *row, const struct export_value *value)
{
    take_text(&row->hash_kind, value);
    char *hash = row->hash_kind.bytes == NULL ? NULL : strrchr(row->hash_kind.bytes, '#');
    row->hash_length = hash == NULL ? 0 : strtoll(hash + 1, NULL, 10);
    if (hash != NULL)
        *hash = '\0';
}

static void take_lower(struct cogmig_audit_row *row, const struct export_value *value)
{
    struct span before = {row->lower.bytes, row->lower.len};
    row->repeats = value->kind == VALUE_TEXT && before.len > 0 && span_equal(before, value->text);
    take_text(&row->lower, value);
}

static const struct export_value *value_of(const struct audit *audit, size_t what,
                                           const struct export_value *values)
{
    return audit->place[what] == (size_t)MAX_VALUES ? NULL : &values[audit->place[what]];
}

static bool take_row(struct audit *audit, const struct export_value *values)
{
    const struct export_value *verified = value_of(audit, AUDIT_VERIFIED, values);
    const struct export_value *disabled = value_of(audit, AUDIT_DISABLED, values);
    struct cogmig_audit_row *row = &audit->row;
    bool good = true;
    for (size_t i = 0; i < AUDIT_COLUMNS; i++) {
        take_text(&row->texts[i], value_of(audit, i, values));
        good = good && row->texts[i].state == BUFFER_GOOD;
    }
    row->verified = verified != NULL && is_yes(verified);
    row->disabled = disabled != NULL && is_yes(disabled);
    take_lower(row, &values[audit->column_count]);
    take_hash_kind(row, &values[audit->column_count + 1]);
    return good && row->lower.state == BUFFER_GOOD && row->hash_kind.state == BUFFER_GOOD;
}

static cogmig_status hand_over(const struct cogmig_audit_row *row, cogmig_audit_row_fn on_row,
                               void *user_data, cogmig_error *err)
{
    cogmig_status said = on_row(user_data, row);
    if (said == COGMIG_OK)
        return COGMIG_OK;
    fail(err, COGMIG_STOPPED_BY_CALLBACK, "The function for rows returned %s.",
         cogmig_status_name(said));
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return COGMIG_STOPPED_BY_CALLBACK;
}

/* ---- all rows ---- */

static void release_row(struct audit *audit)
{
    for (size_t i = 0; i < AUDIT_COLUMNS; i++)
        buffer_release(&audit->row.texts[i]);
    buffer_release(&audit->row.lower);
    buffer_release(&audit->row.hash_kind);
}

static void begin_row(struct audit *audit)
{
    for (size_t i = 0; i < AUDIT_COLUMNS; i++)
        audit->row.texts[i] = buffer_with_max(MAX_TEXT);
    audit->row.lower = buffer_with_max(MAX_TEXT);
    audit->row.hash_kind = buffer_with_max(MAX_TEXT);
}

static cogmig_status read_rows(struct audit *audit, const struct source *source, void *state,
                               cogmig_audit_row_fn on_row, void *user_data, cogmig_error *err)
{
    for (;;) {
        struct export_value values[MAX_VALUES];
        bool any = false;
        cogmig_status status = source->next(state, values, &any, err);
        if (status != COGMIG_OK || !any)
            return status;
        if (!take_row(audit, values))
            return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
        status = hand_over(&audit->row, on_row, user_data, err);
        if (status != COGMIG_OK)
            return status;
    }
}

static cogmig_status read_store(struct audit *audit, const cogmig_store_config *store,
                                const struct store_model *model, cogmig_audit_row_fn on_row,
                                void *user_data, cogmig_error *err)
{
    const struct source *source = NULL;
    const struct source_survey survey = {model->columns[COLUMN_EMAIL],
                                         model->columns[COLUMN_PASSWORD]};
    const struct source_request request = {.target = store->url.target,
                                           .model = model,
                                           .columns = audit->columns,
                                           .column_count = audit->column_count,
                                           .survey = &survey,
                                           .timeout_ms = store->timeout_ms,
                                           .password = store->password,
                                           .password_user_data = store->password_user_data};
    struct source_facts facts;
    void *state = NULL;
    cogmig_status status = export_source_of(store, &source, err);
    if (status == COGMIG_OK)
        status = source->open(&request, &state, &facts, err);
    if (status != COGMIG_OK)
        return status;
    status = read_rows(audit, source, state, on_row, user_data, err);
    source->close(state);
    return status;
}

COGMIG_PUBLIC cogmig_status cogmig_audit_read(const cogmig_store_config *store,
                                              const char *phone_column, const char *disabled_column,
                                              cogmig_audit_row_fn on_row, void *user_data,
                                              cogmig_error *err)
{
    cogmig_error_clear(err);
    if (store == NULL || on_row == NULL)
        return fail(err, COGMIG_INVALID_ARGUMENT, "store or on_row is NULL.");
    SCOPED(release_row) struct audit audit = {.column_count = 0};
    const struct store_model model = store_config_model(store);
    begin_row(&audit);
    ask(&audit, &model, phone_column, disabled_column);
    return read_store(&audit, store, &model, on_row, user_data, err);
}

/* ---- for the callback ---- */

static const char *text_of(const cogmig_audit_row *row, size_t what)
{
    return row == NULL ? NULL : row->texts[what].bytes;
}

COGMIG_PUBLIC const char *cogmig_audit_row_id(const cogmig_audit_row *row)
{
    const char *id = text_of(row, AUDIT_ID);
    return id == NULL ? "" : id;
}

COGMIG_PUBLIC const char *cogmig_audit_row_email(const cogmig_audit_row *row)
{
    return text_of(row, AUDIT_EMAIL);
}

COGMIG_PUBLIC bool cogmig_audit_row_repeats_email(const cogmig_audit_row *row)
{
    return row != NULL && row->repeats;
}

COGMIG_PUBLIC bool cogmig_audit_row_email_verified(const cogmig_audit_row *row)
{
    return row != NULL && row->verified;
}

COGMIG_PUBLIC const char *cogmig_audit_row_name(const cogmig_audit_row *row)
{
    return text_of(row, AUDIT_NAME);
}

COGMIG_PUBLIC const char *cogmig_audit_row_phone(const cogmig_audit_row *row)
{
    return text_of(row, AUDIT_PHONE);
}

COGMIG_PUBLIC bool cogmig_audit_row_disabled(const cogmig_audit_row *row)
{
    return row != NULL && row->disabled;
}

COGMIG_PUBLIC const char *cogmig_audit_row_hash_kind(const cogmig_audit_row *row)
{
    return row == NULL ? NULL : row->hash_kind.bytes;
}

COGMIG_PUBLIC int64_t cogmig_audit_row_hash_length(const cogmig_audit_row *row)
{
    return row == NULL ? 0 : row->hash_length;
}
