/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/public.h"
#include "status/error.h"
#include "store/attribute.h"
#include "store/config.h"
#include "store/scan_flags.h"

#include <cogmig/audit.h>
#include <stdlib.h>
#include <string.h>

enum audit_text {
    AUDIT_ID,
    AUDIT_EMAIL,
    AUDIT_NAME,
    AUDIT_PHONE,
    AUDIT_TEXTS
};

enum {
    MAX_TEXT = 64 * 1024
};

struct cogmig_audit_row {
    struct buffer texts[AUDIT_TEXTS]; /* empty bytes: none */
    struct buffer lower, hash_kind;
    bool verified, disabled, repeats;
    const char *refused; /* the name of an attribute, or NULL */
    int64_t hash_length;
};

struct audit {
    struct scan_columns columns;
    size_t texts[AUDIT_TEXTS]; /* which of them; NO_COLUMN: it is not asked for */
    size_t verified;
    const struct store_model *model;
    size_t first_attribute; /* the others of the model's come behind it */
    int64_t now_unix_ms;
    struct cogmig_audit_row row;
};

/* ---- the question ---- */

static void ask(struct audit *audit, const struct store_model *model, const char *phone,
                const char *disabled)
{
    struct scan_columns *columns = &audit->columns;
    scan_columns_begin(columns, model);
    audit->texts[AUDIT_ID] = 0;
    audit->texts[AUDIT_EMAIL] = scan_columns_add_of_model(columns, model, COLUMN_EMAIL);
    audit->texts[AUDIT_NAME] = scan_columns_add_of_model(columns, model, COLUMN_NAME);
    audit->texts[AUDIT_PHONE] =
        phone == NULL ? (size_t)NO_COLUMN : scan_columns_add(columns, phone, false);
    audit->verified = scan_columns_add_of_model(columns, model, COLUMN_EMAIL_VERIFIED);
    scan_columns_add_flags(columns, model);
    if (disabled != NULL)
        scan_columns_add_flag(columns, disabled);
    audit->model = model;
    audit->first_attribute = columns->count;
    for (size_t i = 0; i < model->attribute_count; i++)
        scan_columns_add_text(columns, model->attributes[i].column);
}

/* ---- a row ---- */

/* What is longer than a text may be is cut: it is judged by its length, not by its end. */
static void take_text(struct buffer *text, const struct scan_value *value)
{
    buffer_release(text);
    if (value == NULL || value->kind != VALUE_TEXT)
        return;
    size_t len = value->text.len < MAX_TEXT ? value->text.len : MAX_TEXT;
    buffer_add(text, (struct span){value->text.bytes, len});
}

/* "$2b$10$#60" */
static void take_hash_kind(struct cogmig_audit_row *row, const struct scan_value *value)
{
    take_text(&row->hash_kind, value);
    char *hash = row->hash_kind.bytes == NULL ? NULL : strrchr(row->hash_kind.bytes, '#');
    row->hash_length = hash == NULL ? 0 : strtoll(hash + 1, NULL, 10);
    if (hash != NULL)
        *hash = '\0';
}

static void take_lower(struct cogmig_audit_row *row, const struct scan_value *value)
{
    struct span before = {row->lower.bytes, row->lower.len};
    row->repeats = value->kind == VALUE_TEXT && before.len > 0 && span_equal(before, value->text);
    take_text(&row->lower, value);
}

/* The look-up makes no user of a row with such a value, whether it is asked for or not. */
static bool is_unreadable(const struct scan_value *value)
{
    return value != NULL && value->kind == VALUE_TEXT &&
           (value->text.len > MAX_TEXT || span_contains_nul(value->text) ||
            !span_is_utf8(value->text));
}

static const char *unreadable_text(const struct audit *audit, const struct scan_value *values)
{
    static const char *const names[] = {
        [AUDIT_ID] = "id", [AUDIT_EMAIL] = "email", [AUDIT_NAME] = "name"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (audit->texts[i] != NO_COLUMN && is_unreadable(&values[audit->texts[i]]))
            return names[i];
    return NULL;
}

/* What is empty becomes no attribute. */
static bool is_refused(const char *attribute, const struct scan_value *value,
                       cogmig_status *ret_status)
{
    SCOPED(buffer_release) struct buffer text = buffer_with_max(MAX_TEXT);
    take_text(&text, value);
    if (text.state != BUFFER_GOOD)
        *ret_status = COGMIG_OUT_OF_MEMORY;
    return is_unreadable(value) ||
           (text.len > 0 && attribute_check_value(attribute, text.bytes, NULL) != COGMIG_OK);
}

static bool take_refused(struct audit *audit, const struct scan_value *values)
{
    const struct store_model *model = audit->model;
    cogmig_status status = COGMIG_OK;
    audit->row.refused = unreadable_text(audit, values);
    for (size_t i = 0; i < model->attribute_count && audit->row.refused == NULL; i++)
        if (is_refused(model->attributes[i].name, &values[audit->first_attribute + i], &status))
            audit->row.refused = model->attributes[i].name;
    return status == COGMIG_OK;
}

static const struct scan_value *value_of(const struct scan_value *values, size_t column)
{
    return column == NO_COLUMN ? NULL : &values[column];
}

static bool take_row(struct audit *audit, const struct scan_value *values)
{
    const struct scan_value *verified = value_of(values, audit->verified);
    struct cogmig_audit_row *row = &audit->row;
    bool good = true;
    for (size_t i = 0; i < AUDIT_TEXTS; i++) {
        take_text(&row->texts[i], value_of(values, audit->texts[i]));
        good = good && row->texts[i].state == BUFFER_GOOD;
    }
    row->verified = verified != NULL && value_is_verified(verified);
    row->disabled = user_is_disabled(&audit->columns, values, audit->now_unix_ms);
    good = good && take_refused(audit, values);
    take_lower(row, &values[audit->columns.count]);
    take_hash_kind(row, &values[audit->columns.count + 1]);
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
    for (size_t i = 0; i < AUDIT_TEXTS; i++)
        buffer_release(&audit->row.texts[i]);
    buffer_release(&audit->row.lower);
    buffer_release(&audit->row.hash_kind);
}

static void begin_row(struct audit *audit)
{
    for (size_t i = 0; i < AUDIT_TEXTS; i++)
        audit->row.texts[i] = buffer_with_max(MAX_TEXT);
    audit->row.lower = buffer_with_max(MAX_TEXT);
    audit->row.hash_kind = buffer_with_max(MAX_TEXT);
}

static cogmig_status read_rows(struct audit *audit, const struct scan *scan, void *state,
                               cogmig_audit_row_fn on_row, void *user_data, cogmig_error *err)
{
    for (;;) {
        struct scan_value values[SCAN_MAX_COLUMNS + SCAN_SURVEY_VALUES];
        bool any = false;
        cogmig_status status = scan->next(state, values, &any, err);
        if (status != COGMIG_OK || !any)
            return status;
        if (user_is_skipped(&audit->columns, values))
            continue;
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
    const struct scan *scan = NULL;
    struct scan_request request = scan_request_of(store, model, &audit->columns);
    struct scan_facts facts;
    void *state = NULL;
    request.survey = true;
    cogmig_status status = scan_of_store(store, &scan, err);
    if (status == COGMIG_OK)
        status = scan->open(&request, &state, &facts, err);
    if (status != COGMIG_OK)
        return status;
    audit->now_unix_ms = facts.snapshot_unix_ms;
    status = read_rows(audit, scan, state, on_row, user_data, err);
    scan->close(state);
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
    SCOPED(release_row) struct audit audit = {.verified = NO_COLUMN};
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

COGMIG_PUBLIC const char *cogmig_audit_row_refused_attribute(const cogmig_audit_row *row)
{
    return row == NULL ? NULL : row->refused;
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
