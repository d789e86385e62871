/* SPDX-License-Identifier: Apache-2.0
 * All rows of the store in an SQLite file, in one read transaction. */
#include "adapters/sqlite_file.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"
#include "store/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MAX_SQL = 64 * 1024,
    OPERATIONS_BETWEEN_LOOKS = 100000
};

struct sqlite_copy {
    sqlite3 *db;
    sqlite3_stmt *rows;
    enum scan_value_kind kinds[SCAN_MAX_COLUMNS + SCAN_SURVEY_VALUES];
    size_t column_count;
    int64_t left; /* rows below the limit; -1: no limit */
    int32_t shard, shards;
    struct scan_watch watch;
    struct cogmig_error stopped; /* by the watch */
};

/* ---- the question ---- */

static void add_column(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "u.");
    sql_add_identifier(sql, column);
}

static bool has_column(sqlite3 *db, const struct scan_request *request, const char *column)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    sqlite3_stmt *statement = NULL;
    buffer_add_text(&sql, "SELECT ");
    add_column(&sql, column);
    buffer_add_text(&sql, " FROM ");
    sql_add_table(&sql, request->model);
    bool has = sql.state == BUFFER_GOOD &&
               sqlite3_prepare_v2(db, sql.bytes, -1, &statement, NULL) == SQLITE_OK;
    sqlite3_finalize(statement);
    return has;
}

static void look_for_optional(struct sqlite_copy *copy, const struct scan_request *request)
{
    for (size_t i = 0; i < request->columns->count; i++)
        if (request->columns->optional[i] &&
            !has_column(copy->db, request, request->columns->names[i]))
            copy->kinds[i] = VALUE_MISSING;
}

static char *make_query(const struct sqlite_copy *copy, const struct scan_request *request)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    for (size_t i = 0; i < request->columns->count; i++) {
        buffer_add_text(&sql, i == 0 ? "SELECT " : ", ");
        if (copy->kinds[i] == VALUE_MISSING)
            buffer_add_text(&sql, "NULL");
        else
            add_column(&sql, request->columns->names[i]);
    }
    if (request->survey)
        scan_survey_add_values(&sql, request->model, false);
    buffer_add_text(&sql, " FROM ");
    scan_add_source(&sql, request);
    if (request->after != NULL) {
        buffer_add_text(&sql, " WHERE ");
        add_column(&sql, request->columns->names[0]);
        buffer_add_text(&sql, " > ?1");
    }
    if (request->survey) {
        scan_survey_add_order(&sql, request->model);
    } else if (request->ordered) {
        buffer_add_text(&sql, " ORDER BY ");
        add_column(&sql, request->columns->names[0]);
    }
    return buffer_take(&sql, NULL);
}

/* ---- behind which id ---- */

static cogmig_status ask_whether_ids_are_integers(sqlite3 *db, const struct scan_request *request,
                                                  bool *ret_are, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    sqlite3_stmt *statement = NULL;
    buffer_add_text(&sql, "SELECT typeof(");
    add_column(&sql, request->columns->names[0]);
    buffer_add_text(&sql, ") = 'integer' FROM ");
    scan_add_source(&sql, request);
    buffer_add_text(&sql, " LIMIT 1");
    if (sql.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    int code = sqlite3_prepare_v2(db, sql.bytes, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    *ret_are = code == SQLITE_ROW && sqlite3_column_int(statement, 0) != 0;
    cogmig_status status =
        code == SQLITE_ROW || code == SQLITE_DONE ? COGMIG_OK : sqlite_fail_query(db, err);
    sqlite3_finalize(statement);
    return status;
}

/* To SQLite any text is greater than any number, so that there would be nobody behind it. */
static cogmig_status bind_integer(struct sqlite_copy *copy, const char *after, int *ret_code,
                                  cogmig_error *err)
{
    char *end;
    errno = 0;
    long long id = strtoll(after, &end, 10);
    if (errno != 0 || *end != '\0')
        return fail(err, COGMIG_CONFIG_INVALID,
                    "%.64s cannot be an id of this table, so there is no going on behind it.",
                    after);
    *ret_code = sqlite3_bind_int64(copy->rows, 1, id);
    return COGMIG_OK;
}

static cogmig_status bind_after(struct sqlite_copy *copy, const struct scan_request *request,
                                cogmig_error *err)
{
    bool are_integers = false;
    int code = SQLITE_OK;
    if (request->after == NULL)
        return COGMIG_OK;
    cogmig_status status = ask_whether_ids_are_integers(copy->db, request, &are_integers, err);
    if (status == COGMIG_OK && are_integers)
        status = bind_integer(copy, request->after, &code, err);
    else if (status == COGMIG_OK)
        code = sqlite3_bind_text(copy->rows, 1, request->after, -1, SQLITE_TRANSIENT);
    return status == COGMIG_OK && code != SQLITE_OK ? sqlite_fail_query(copy->db, err) : status;
}

/* ---- what is selected ---- */

static bool mentions(const char *type, const char *word)
{
    for (; *type != '\0'; type++)
        if (sqlite3_strnicmp(type, word, (int)strlen(word)) == 0)
            return true;
    return false;
}

/* SQLite's columns have no types; what they were declared as is a hint. */
static enum scan_value_kind kind_of(const char *declared)
{
    if (declared == NULL)
        return VALUE_TEXT;
    if (mentions(declared, "DATE") || mentions(declared, "TIME"))
        return VALUE_TIME;
    return mentions(declared, "BOOL") ? VALUE_FLAG : VALUE_TEXT;
}

static cogmig_status prepare(struct sqlite_copy *copy, const struct scan_request *request,
                             cogmig_error *err)
{
    look_for_optional(copy, request);
    SCOPED(memory_release) char *sql = make_query(copy, request);
    if (sql == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    int code = sqlite3_prepare_v2(copy->db, sql, -1, &copy->rows, NULL);
    if (code == SQLITE_NOTADB)
        return sqlite_fail_with(copy->db, COGMIG_STORE_URL_INVALID,
                                "The store's URL names a file that is not an SQLite database", err);
    if (code != SQLITE_OK)
        return sqlite_fail_query(copy->db, err);
    cogmig_status status = bind_after(copy, request, err);
    if (status != COGMIG_OK)
        return status;
    for (int i = 1; i < (int)copy->column_count; i++)
        if (copy->kinds[i] != VALUE_MISSING)
            copy->kinds[i] = kind_of(sqlite3_column_decltype(copy->rows, i));
    for (size_t i = 0; i < request->columns->count; i++)
        if (request->columns->as_text[i])
            copy->kinds[i] = VALUE_TEXT;
    copy->kinds[0] = VALUE_TEXT;
    return COGMIG_OK;
}

/* ---- a row ---- */

static void read_value(sqlite3_stmt *row, int column, enum scan_value_kind kind,
                       struct scan_value *value)
{
    int type = sqlite3_column_type(row, column);
    value->is_integer = false;
    if (type == SQLITE_NULL) {
        value->kind = kind == VALUE_MISSING ? VALUE_MISSING : VALUE_NULL;
        return;
    }
    if (kind == VALUE_FLAG && type == SQLITE_INTEGER) {
        value->kind = VALUE_FLAG;
        value->flag = sqlite3_column_int64(row, column) != 0;
        return;
    }
    const char *bytes = type == SQLITE_BLOB ? sqlite3_column_blob(row, column)
                                            : (const char *)sqlite3_column_text(row, column);
    value->text = (struct span){bytes, (size_t)sqlite3_column_bytes(row, column)};
    value->is_integer = type == SQLITE_INTEGER;
    bool is_time = kind == VALUE_TIME && timestamp_read(value->text, &value->unix_ms);
    value->kind = is_time ? VALUE_TIME : VALUE_TEXT;
}

/* FNV-1a: any even spread that stays the same does. */
static uint32_t hash_of(struct span id)
{
    uint32_t hash = 2166136261;
    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ (unsigned char)id.bytes[i]) * 16777619;
    return hash;
}

static bool is_of_shard(const struct sqlite_copy *copy, const struct scan_value *id)
{
    uint32_t hash = id->kind == VALUE_TEXT ? hash_of(id->text) : 0;
    return copy->shards <= 1 || hash % (uint32_t)copy->shards + 1 == (uint32_t)copy->shard;
}

static cogmig_status fail_step(struct sqlite_copy *copy, cogmig_error *err)
{
    if (copy->stopped.status != COGMIG_OK)
        error_copy(err, &copy->stopped);
    return copy->stopped.status != COGMIG_OK ? copy->stopped.status
                                             : sqlite_fail_query(copy->db, err);
}

static cogmig_status next_row(void *state, struct scan_value *values, bool *ret_any,
                              cogmig_error *err)
{
    struct sqlite_copy *copy = state;
    *ret_any = false;
    while (!*ret_any && copy->left != 0) {
        int code = sqlite3_step(copy->rows);
        if (code == SQLITE_DONE)
            return COGMIG_OK;
        if (code != SQLITE_ROW)
            return fail_step(copy, err);
        for (size_t i = 0; i < copy->column_count; i++)
            read_value(copy->rows, (int)i, copy->kinds[i], &values[i]);
        cogmig_status status = sqlite_check_row(copy->db, err);
        if (status != COGMIG_OK)
            return status;
        *ret_any = is_of_shard(copy, &values[0]);
    }
    copy->left -= *ret_any && copy->left > 0;
    return COGMIG_OK;
}

/* ---- opening ---- */

static int look(void *state)
{
    struct sqlite_copy *copy = state;
    return copy->watch.look != NULL &&
           copy->watch.look(copy->watch.user_data, &copy->stopped) != COGMIG_OK;
}

static void close_copy(void *state)
{
    struct sqlite_copy *copy = state;
    sqlite3_finalize(copy->rows);
    sqlite3_close(copy->db);
    memory_free(copy);
}

static void release_copy(struct sqlite_copy **copy)
{
    if (*copy != NULL)
        close_copy(*copy);
}

static int64_t unix_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The snapshot is taken by the first row that is read. */
static cogmig_status open_copy(const struct scan_request *request, void **ret_state,
                               struct scan_facts *ret_facts, cogmig_error *err)
{
    SCOPED(release_copy) struct sqlite_copy *copy = memory_new(sizeof *copy);
    if (copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    copy->column_count = request->columns->count + (request->survey ? SCAN_SURVEY_VALUES : 0);
    copy->left = request->limit > 0 ? request->limit : -1;
    copy->shard = request->shard;
    copy->shards = request->shards;
    copy->watch = request->watch;
    cogmig_status status = sqlite_open_file(request->target, &copy->db, err);
    if (status != COGMIG_OK)
        return status;
    sqlite3_busy_timeout(copy->db, request->timeout_ms);
    status = prepare(copy, request, err);
    if (status != COGMIG_OK)
        return status;
    sqlite3_progress_handler(copy->db, OPERATIONS_BETWEEN_LOOKS, look, copy);
    *ret_facts = (struct scan_facts){.snapshot_unix_ms = unix_ms(), .estimate = -1};
    *ret_state = copy;
    copy = NULL;
    return COGMIG_OK;
}

const struct scan sqlite_scan = {
    .open = open_copy,
    .next = next_row,
    .close = close_copy,
};
