/* SPDX-License-Identifier: Apache-2.0
 * The store in an SQLite file, which is only ever read. */
#include "adapters/sqlite_file.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"
#include "store/backend.h"
#include "store/catalog.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_SQL = 64 * 1024,
    OPERATIONS_BETWEEN_LOOKS_AT_THE_CLOCK = 1000
};

enum query_kind {
    QUERY_EMAIL,
    QUERY_EMAIL_ANY_CASE,
    QUERY_ID,
    QUERY_ID_AS_TEXT, /* for a column whose declared type hides that ids are numbers: no index */
    QUERY_COUNT
};

static const struct {
    enum store_column column;
    const char *before, *between, *after;
} conditions[QUERY_COUNT] = {
    [QUERY_EMAIL] = {COLUMN_EMAIL, "", " = ?1 ORDER BY (", " = ?1 COLLATE BINARY) DESC"},
    [QUERY_EMAIL_ANY_CASE] = {COLUMN_EMAIL, "lower(", ") = lower(?1)", NULL},
    [QUERY_ID] = {COLUMN_ID, "", " = ?1 AND CAST(", " AS TEXT) = ?1 COLLATE BINARY"},
    [QUERY_ID_AS_TEXT] = {COLUMN_ID, "CAST(", " AS TEXT) = ?1 COLLATE BINARY", NULL},
};

/* One connection; the library above lets one thread at a time use it. */
struct sqlite_store {
    const struct store_model *model;
    sqlite3 *db;
    sqlite3_stmt *queries[QUERY_COUNT];
};

static int stop_when_passed(void *deadline)
{
    return deadline_passed(*(const struct deadline *)deadline);
}

/* Locks of a writer and slow queries end with the deadline. */
static void honour(sqlite3 *db, struct deadline *deadline)
{
    sqlite3_busy_timeout(db, deadline_left_ms(*deadline));
    sqlite3_progress_handler(db, OPERATIONS_BETWEEN_LOOKS_AT_THE_CLOCK, stop_when_passed, deadline);
}

static void forget_deadline(sqlite3 *db)
{
    sqlite3_progress_handler(db, 0, NULL, NULL);
}

/* ---- who is disabled ---- */

/* What is not clearly a no is a yes, so that a value which nobody thought of disables. */
static void add_is_true(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "coalesce(lower(CAST(");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, " AS TEXT)) NOT IN ('false', 'f', 'no', '0', ''), 0)");
}

static void add_is_not_true(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "coalesce(lower(CAST(");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, " AS TEXT)) NOT IN ('true', 't', 'yes', '1'), 1)");
}

/* Milliseconds since 1970, as Prisma writes them, or text in ISO 8601 and UTC. */
static void add_is_in_future(struct buffer *sql, const char *column, const char *when_null)
{
    buffer_add_text(sql, "CASE typeof(");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, ") WHEN 'null' THEN ");
    buffer_add_text(sql, when_null);
    buffer_add_text(sql, " WHEN 'integer' THEN ");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, " > strftime('%s', 'now') * 1000 ELSE coalesce(julianday(");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, ") > julianday('now'), 1) END");
}

static void add_flag(struct buffer *sql, const struct store_flag *flag)
{
    if (flag->when == COGMIG_DISABLED_WHEN_TRUE)
        add_is_true(sql, flag->column);
    else if (flag->when == COGMIG_DISABLED_WHEN_FALSE)
        add_is_not_true(sql, flag->column);
    else if (flag->when == COGMIG_DISABLED_WHEN_FUTURE)
        add_is_in_future(sql, flag->column, "0");
    else
        sql_add_name(sql, "u", flag->column);
    if (flag->when == COGMIG_DISABLED_WHEN_SET)
        buffer_add_text(sql, " IS NOT NULL");
    if (flag->until == NULL)
        return;
    buffer_add_text(sql, " AND ");
    add_is_in_future(sql, flag->until, "1");
}

/* ---- a whole query ---- */

static void add_selection(struct buffer *sql, const struct store_model *model)
{
    for (int column = 0; column < COLUMN_COUNT; column++) {
        buffer_add_text(sql, column == 0 ? "SELECT " : ", ");
        sql_add_column(sql, model, (enum store_column)column);
    }
    buffer_add_text(sql, ", (0");
    for (size_t i = 0; i < model->flag_count; i++) {
        buffer_add_text(sql, " OR (");
        add_flag(sql, &model->flags[i]);
        buffer_add_text(sql, ")");
    }
    buffer_add_text(sql, ")");
    for (size_t i = 0; i < model->attribute_count; i++) {
        buffer_add_text(sql, ", ");
        sql_add_name(sql, "u", model->attributes[i].column);
    }
}

static void add_condition(struct buffer *sql, const struct store_model *model, enum query_kind kind)
{
    buffer_add_text(sql, " WHERE ");
    if (model->skipped != NULL) {
        buffer_add_text(sql, "NOT ");
        add_is_true(sql, model->skipped);
        buffer_add_text(sql, " AND ");
    }
    buffer_add_text(sql, conditions[kind].before);
    sql_add_column(sql, model, conditions[kind].column);
    buffer_add_text(sql, conditions[kind].between);
    if (conditions[kind].after == NULL)
        return;
    sql_add_column(sql, model, conditions[kind].column);
    buffer_add_text(sql, conditions[kind].after);
}

static char *make_query(enum query_kind kind, const struct store_model *model)
{
    bool by_id = kind == QUERY_ID || kind == QUERY_ID_AS_TEXT;
    const char *own_sql = sql_of_question(model, by_id ? COGMIG_FIND_BY_ID : COGMIG_FIND_BY_EMAIL);
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    add_selection(&sql, model);
    buffer_add_text(&sql, " FROM ");
    sql_add_source(&sql, model, own_sql);
    if (own_sql == NULL)
        add_condition(&sql, model, kind);
    char limit[32];
    snprintf(limit, sizeof limit, " LIMIT %d", STORE_MAX_ROWS);
    buffer_add_text(&sql, limit);
    return buffer_take(&sql, NULL);
}

/* The caller's own SQL decides about case itself, and may know nothing of ids. */
static bool is_asked(const struct store_model *model, enum query_kind kind)
{
    if (model->sql_by_email == NULL)
        return true;
    return kind == QUERY_EMAIL || (kind == QUERY_ID && model->sql_by_id != NULL);
}

static bool is_column(const void *names, const char *name)
{
    sqlite3_stmt *statement = *(sqlite3_stmt *const *)names;
    for (int column = 0; column < sqlite3_column_count(statement); column++)
        if (strcmp(sqlite3_column_name(statement, column), name) == 0)
            return true;
    return false;
}

/* Which of the names that may be missing there are. */
static cogmig_status look_for_names(struct sqlite_store *store, struct store_model *model,
                                    cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    buffer_add_text(&sql, "SELECT u.* FROM ");
    if (model->sql_by_email == NULL)
        sql_add_table(&sql, model);
    else
        sql_add_source(&sql, model, model->sql_by_email);
    if (sql.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    sqlite3_stmt *names = NULL;
    if (sqlite3_prepare_v2(store->db, sql.bytes, -1, &names, NULL) != SQLITE_OK)
        return sqlite_fail_query(store->db, err);
    model_leave_out_missing(model, is_column, &names);
    sqlite3_finalize(names);
    return COGMIG_OK;
}

static cogmig_status prepare(struct sqlite_store *store, enum query_kind kind,
                             const struct store_model *model, cogmig_error *err)
{
    SCOPED(memory_release) char *sql = make_query(kind, model);
    if (sql == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &store->queries[kind], NULL);
    if (code == SQLITE_NOTADB)
        return sqlite_fail_with(store->db, COGMIG_STORE_URL_INVALID,
                                "The store's URL names a file that is not an SQLite database", err);
    return code == SQLITE_OK ? COGMIG_OK : sqlite_fail_query(store->db, err);
}

static cogmig_status prepare_all(struct sqlite_store *store, const struct store_model *model,
                                 struct deadline deadline, cogmig_error *err)
{
    struct store_model there_is = *model;
    honour(store->db, &deadline);
    cogmig_status status = COGMIG_OK;
    if (model_has_optional_names(model))
        status = look_for_names(store, &there_is, err);
    for (int kind = 0; kind < QUERY_COUNT && status == COGMIG_OK; kind++)
        if (is_asked(model, (enum query_kind)kind))
            status = prepare(store, (enum query_kind)kind, &there_is, err);
    forget_deadline(store->db);
    return status;
}

static cogmig_status open_sqlite(const struct backend_settings *settings, void **ret_state,
                                 cogmig_error *err)
{
    struct backend_settings *copy = memory_new(sizeof *copy);
    if (copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    *copy = *settings;
    *ret_state = copy;
    return COGMIG_OK;
}

static void disconnect_sqlite(void *connection)
{
    struct sqlite_store *store = connection;
    for (int kind = 0; kind < QUERY_COUNT; kind++)
        sqlite3_finalize(store->queries[kind]);
    sqlite3_close(store->db);
    memory_free(store);
}

static void release_store(struct sqlite_store **store)
{
    if (*store != NULL)
        disconnect_sqlite(*store);
}

static cogmig_status connect_sqlite(void *state, struct deadline deadline, void **ret_connection,
                                    cogmig_error *err)
{
    const struct backend_settings *settings = state;
    SCOPED(release_store) struct sqlite_store *store = memory_new(sizeof *store);
    if (store == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    store->model = settings->model;
    cogmig_status status = sqlite_open_file(settings->target, &store->db, err);
    if (status == COGMIG_OK)
        status = prepare_all(store, settings->model, deadline, err);
    if (status != COGMIG_OK)
        return status;
    *ret_connection = store;
    store = NULL;
    return COGMIG_OK;
}

/* Another file may have the name by now (`prisma migrate reset`), or none: what is still open would
 * answer for users of the past. */
static bool has_news(void *connection)
{
    const struct sqlite_store *store = connection;
    int moved = 0;
    sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

static cogmig_status ping(void *connection, struct deadline deadline)
{
    (void)deadline;
    return has_news(connection) ? COGMIG_STORE_UNREACHABLE : COGMIG_OK;
}

static struct span value_at(sqlite3_stmt *row, int column)
{
    const char *bytes = (const char *)sqlite3_column_text(row, column);
    return (struct span){bytes, bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(row, column)};
}

static bool is_verified(sqlite3_stmt *row)
{
    switch (sqlite3_column_type(row, COLUMN_EMAIL_VERIFIED)) {
    case SQLITE_INTEGER:
        return sqlite3_column_int64(row, COLUMN_EMAIL_VERIFIED) != 0;
    case SQLITE_TEXT:
        return verified_by_text(value_at(row, COLUMN_EMAIL_VERIFIED));
    default:
        return false;
    }
}

static void read_attributes(sqlite3_stmt *row, const struct store_model *model,
                            struct store_row *values)
{
    values->attribute_count = model->attribute_count;
    for (size_t i = 0; i < model->attribute_count; i++) {
        values->attributes[i].name = model->attributes[i].name;
        values->attributes[i].value = value_at(row, COLUMN_COUNT + 1 + (int)i);
    }
}

static cogmig_status read_row(sqlite3_stmt *row, const struct store_model *model,
                              cogmig_store_answer *answer, cogmig_error *err)
{
    struct store_row values;
    values.email_verified = is_verified(row);
    values.disabled = sqlite3_column_int(row, COLUMN_COUNT) != 0;
    for (int column = 0; column < COLUMN_COUNT; column++)
        values.values[column] =
            column == COLUMN_EMAIL_VERIFIED ? (struct span){NULL, 0} : value_at(row, column);
    read_attributes(row, model, &values);
    cogmig_status status = sqlite_check_row(sqlite3_db_handle(row), err);
    return status == COGMIG_OK ? answer_add_row(answer, &values, err) : status;
}

static cogmig_status read_rows(struct sqlite_store *store, sqlite3_stmt *query,
                               cogmig_store_answer *answer, bool *ret_any, cogmig_error *err)
{
    for (;;) {
        int code = sqlite3_step(query);
        if (code == SQLITE_DONE)
            return COGMIG_OK;
        if (code != SQLITE_ROW)
            return sqlite_fail_query(store->db, err);
        *ret_any = true;
        cogmig_status status = read_row(query, store->model, answer, err);
        if (status != COGMIG_OK)
            return status;
    }
}

static cogmig_status ask(struct sqlite_store *store, enum query_kind kind, struct span key,
                         cogmig_store_answer *answer, bool *ret_any, cogmig_error *err)
{
    sqlite3_stmt *query = store->queries[kind];
    if (query == NULL)
        return COGMIG_OK;
    if (sqlite3_bind_text(query, 1, key.bytes, (int)key.len, SQLITE_STATIC) != SQLITE_OK)
        return sqlite_fail_query(store->db, err);
    cogmig_status status = read_rows(store, query, answer, ret_any, err);
    sqlite3_reset(query);
    sqlite3_clear_bindings(query);
    return status;
}

static cogmig_status ask_for_id(struct sqlite_store *store, struct span key,
                                cogmig_store_answer *answer, cogmig_error *err)
{
    bool any = false;
    cogmig_status status = ask(store, QUERY_ID, key, answer, &any, err);
    if (status == COGMIG_OK && !any)
        status = ask(store, QUERY_ID_AS_TEXT, key, answer, &any, err);
    return status;
}

static cogmig_status find_in_sqlite(void *connection, int32_t question, struct span key,
                                    struct deadline deadline, cogmig_store_answer *answer,
                                    struct aftermath *aftermath, cogmig_error *err)
{
    struct sqlite_store *store = connection;
    (void)aftermath;
    bool any = false;
    honour(store->db, &deadline);
    cogmig_status status =
        question == COGMIG_FIND_BY_ID
            ? ask_for_id(store, key, answer, err)
            : ask(store, question == COGMIG_FIND_BY_EMAIL ? QUERY_EMAIL : QUERY_EMAIL_ANY_CASE, key,
                  answer, &any, err);
    forget_deadline(store->db);
    return status;
}

static const char *text_at(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text == NULL ? "" : text;
}

static cogmig_status describe(const struct backend_settings *settings, struct deadline deadline,
                              describe_fn take, void *data, cogmig_error *err)
{
    static const char columns_and_indexes[] =
        "SELECT m.name, t.name, 0 FROM sqlite_master m, pragma_table_info(m.name) t WHERE m.type "
        "IN "
        "('table', 'view') UNION ALL SELECT tbl_name, sql, 1 FROM sqlite_master WHERE type = "
        "'index' AND sql IS NOT NULL UNION ALL SELECT name, '" CATALOG_VIEW
        "', 1 FROM sqlite_master WHERE type = 'view' LIMIT 50001";
    SCOPED(release_store) struct sqlite_store *store = memory_new(sizeof *store);
    if (store == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = sqlite_open_file(settings->target, &store->db, err);
    if (status != COGMIG_OK)
        return status;
    honour(store->db, &deadline);
    sqlite3_stmt **query = &store->queries[0];
    int code = sqlite3_prepare_v2(store->db, columns_and_indexes, -1, query, NULL);
    while (status == COGMIG_OK && (code == SQLITE_OK || code == SQLITE_ROW)) {
        code = sqlite3_step(*query);
        if (code == SQLITE_ROW) {
            take(data, "main", text_at(*query, 0), text_at(*query, 1),
                 sqlite3_column_int(*query, 2) != 0);
            status = sqlite_check_row(store->db, err);
        }
    }
    if (status != COGMIG_OK)
        return status;
    return code == SQLITE_DONE ? COGMIG_OK : sqlite_fail_query(store->db, err);
}

const struct backend sqlite_backend = {
    .describe = describe,
    .open = open_sqlite,
    .close = memory_free,
    .connect = connect_sqlite,
    .disconnect = disconnect_sqlite,
    .has_news = has_news,
    .ping = ping,
    .find = find_in_sqlite,
};
