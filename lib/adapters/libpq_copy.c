/* SPDX-License-Identifier: Apache-2.0
 * All rows of the store in PostgreSQL: one snapshot, streamed by COPY in its binary form. */
#include "adapters/libpq_connection.h"
#include "adapters/libpq_error.h"
#include "adapters/libpq_login.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"
#include "store/scan.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* src/include/catalog/pg_type.dat: fixed for good. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_DATE = 1082,
    TYPE_TIMESTAMP = 1114,
    TYPE_TIMESTAMPTZ = 1184
};

enum {
    MAX_SQL = 64 * 1024,
    MAX_TABLE_NAME = 2048,
    HEADER_BYTES = 19 /* signature, flags, length of an extension that there is none of */
};

struct libpq_copy {
    struct libpq_connection connection;
    struct scan_watch watch;
    enum scan_value_kind kinds[SCAN_MAX_COLUMNS + SCAN_SURVEY_VALUES];
    bool are_integers[SCAN_MAX_COLUMNS + SCAN_SURVEY_VALUES];
    size_t column_count;
    char *row;
    bool header_seen;
    bool lost; /* the connection, while there may be something of it left to read */
};

/* ---- the question ---- */

static void add_column(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "u.");
    sql_add_identifier(sql, column);
}

static void add_from(struct buffer *sql, const struct scan_request *request)
{
    buffer_add_text(sql, " FROM ");
    scan_add_source(sql, request);
}

static void add_column_or_null(struct buffer *sql, const struct libpq_copy *copy,
                               const struct scan_request *request, size_t column)
{
    if (copy->kinds[column] == VALUE_MISSING)
        buffer_add_text(sql, "NULL");
    else
        add_column(sql, request->columns->names[column]);
}

/* Its result has no rows; it tells the columns' types, with the hash's behind a survey's values. */
static char *make_probe(const struct libpq_copy *copy, const struct scan_request *request)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    for (size_t i = 0; i < request->columns->count; i++) {
        buffer_add_text(&sql, i == 0 ? "SELECT " : ", ");
        add_column_or_null(&sql, copy, request, i);
    }
    if (request->survey) {
        scan_survey_add_values(&sql, request->model, false);
        buffer_add_text(&sql, ", ");
        sql_add_column(&sql, request->model, COLUMN_PASSWORD);
    }
    add_from(&sql, request);
    buffer_add_text(&sql, " LIMIT 0");
    return buffer_take(&sql, NULL);
}

static enum scan_value_kind kind_of(Oid type)
{
    switch (type) {
    case TYPE_BOOL:
        return VALUE_FLAG;
    case TYPE_DATE:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMPTZ:
        return VALUE_TIME;
    default:
        return VALUE_TEXT;
    }
}

static bool is_integer(Oid type)
{
    return type == TYPE_INT2 || type == TYPE_INT4 || type == TYPE_INT8;
}

/* COPY takes no parameters. */
static bool add_literal(struct buffer *sql, PGconn *connection, const char *text)
{
    char *quoted = PQescapeLiteral(connection, text, strlen(text));
    buffer_add_text(sql, quoted);
    PQfreemem(quoted);
    return quoted != NULL;
}

static bool add_conditions(struct buffer *sql, PGconn *connection,
                           const struct scan_request *request)
{
    const char *id = request->columns->names[0];
    char text[128];
    bool good = true;
    buffer_add_text(sql, " WHERE true");
    if (request->after != NULL) {
        buffer_add_text(sql, " AND ");
        add_column(sql, id);
        buffer_add_text(sql, " > ");
        good = add_literal(sql, connection, request->after);
    }
    if (request->shards > 1) {
        buffer_add_text(sql, " AND (hashtextextended(");
        add_column(sql, id);
        snprintf(text, sizeof text, "::text, 0) & 9223372036854775807) %% %d = %d",
                 (int)request->shards, (int)request->shard - 1);
        buffer_add_text(sql, text);
    }
    if (request->survey) {
        scan_survey_add_order(sql, request->model);
    } else if (request->ordered) {
        buffer_add_text(sql, " ORDER BY ");
        add_column(sql, id);
    }
    if (request->limit > 0) {
        snprintf(text, sizeof text, " LIMIT %lld", (long long)request->limit);
        buffer_add_text(sql, text);
    }
    return good;
}

static char *make_copy(const struct libpq_copy *copy, const struct scan_request *request,
                       const PGresult *probe)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    for (size_t i = 0; i < request->columns->count; i++) {
        buffer_add_text(&sql, i == 0 ? "COPY (SELECT " : ", ");
        add_column_or_null(&sql, copy, request, i);
        if (copy->kinds[i] == VALUE_TEXT)
            buffer_add_text(&sql, "::text");
        else if (PQftype(probe, (int)i) == TYPE_DATE)
            buffer_add_text(&sql, "::timestamp");
    }
    if (request->survey)
        scan_survey_add_values(&sql, request->model,
                               PQftype(probe, (int)copy->column_count) == TYPE_BYTEA);
    add_from(&sql, request);
    if (!add_conditions(&sql, copy->connection.libpq, request))
        return NULL;
    buffer_add_text(&sql, ") TO STDOUT (FORMAT binary)");
    return buffer_take(&sql, NULL);
}

/* ---- waiting, during which the caller may give up ---- */

static cogmig_status look(struct libpq_copy *copy, cogmig_error *err)
{
    return copy->watch.look == NULL ? COGMIG_OK : copy->watch.look(copy->watch.user_data, err);
}

/* A moment at most. What the server said before it left is read first. */
static cogmig_status wait_for_input(struct libpq_copy *copy, cogmig_error *err)
{
    struct pollfd socket = {.fd = PQsocket(copy->connection.libpq), .events = POLLIN};
    if (copy->lost)
        return libpq_fail_connection(copy->connection.libpq, err);
    int ready = poll(&socket, 1, SCAN_LOOK_MS);
    if (ready == 0 || (ready < 0 && errno == EINTR))
        return look(copy, err);
    copy->lost = PQconsumeInput(copy->connection.libpq) != 1;
    return COGMIG_OK;
}

static cogmig_status wait_for_answer(struct libpq_copy *copy, struct deadline deadline,
                                     cogmig_error *err)
{
    while (PQflush(copy->connection.libpq) == 1 || PQisBusy(copy->connection.libpq)) {
        if (deadline_passed(deadline))
            return fail(err, COGMIG_DEADLINE_EXCEEDED,
                        "PostgreSQL did not tell the table's columns in time; is it locked?");
        cogmig_status status = wait_for_input(copy, err);
        if (status != COGMIG_OK)
            return status;
    }
    return COGMIG_OK;
}

/* A short question: what does not fit into the socket at once, the waiting sends. */
static cogmig_status ask(struct libpq_copy *copy, const char *sql, struct deadline deadline,
                         ExecStatusType expected, PGresult **ret_result, cogmig_error *err)
{
    if (PQsendQuery(copy->connection.libpq, sql) != 1)
        return libpq_fail_connection(copy->connection.libpq, err);
    cogmig_status status = wait_for_answer(copy, deadline, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(libpq_release_result) PGresult *result = PQgetResult(copy->connection.libpq);
    if (PQresultStatus(result) != expected)
        return libpq_fail_result(copy->connection.libpq, result, err);
    *ret_result = result;
    result = NULL;
    return COGMIG_OK;
}

/* An answer without rows: its end follows at once. */
static cogmig_status ask_for_shape(struct libpq_copy *copy, const char *sql,
                                   struct deadline deadline, PGresult **ret_result,
                                   cogmig_error *err)
{
    cogmig_status status = ask(copy, sql, deadline, PGRES_TUPLES_OK, ret_result, err);
    for (PGresult *rest = *ret_result; status == COGMIG_OK && rest != NULL;) {
        status = wait_for_answer(copy, deadline, err);
        rest = status == COGMIG_OK ? PQgetResult(copy->connection.libpq) : NULL;
        PQclear(rest);
    }
    return status;
}

/* ---- the transaction ---- */

static cogmig_status command(struct libpq_copy *copy, const char *sql, struct deadline deadline,
                             cogmig_error *err)
{
    SCOPED(libpq_release_result) PGresult *result = NULL;
    return libpq_run(&copy->connection, sql, 0, NULL, deadline, &result, err);
}

static cogmig_status ask_about_table(struct libpq_copy *copy, const struct scan_request *request,
                                     const char *question, struct deadline deadline,
                                     PGresult **ret_result, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer table = buffer_with_max(MAX_TABLE_NAME);
    sql_add_table_name(&table, request->model);
    if (table.state != BUFFER_GOOD)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const char *const parameters[] = {table.bytes};
    return libpq_run(&copy->connection, question, 1, parameters, deadline, ret_result, err);
}

/* The first query is what takes the snapshot. */
static cogmig_status take_snapshot(struct libpq_copy *copy, const struct scan_request *request,
                                   struct deadline deadline, struct scan_facts *facts,
                                   cogmig_error *err)
{
    static const char question[] =
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint, (SELECT reltuples::bigint"
        " FROM pg_catalog.pg_class WHERE oid = to_regclass($1) AND relkind = 'r')";
    SCOPED(libpq_release_result) PGresult *result = NULL;
    cogmig_status status = ask_about_table(copy, request, question, deadline, &result, err);
    if (status != COGMIG_OK)
        return status;
    facts->snapshot_unix_ms = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    facts->estimate = PQgetisnull(result, 0, 1) ? -1 : strtoll(PQgetvalue(result, 0, 1), NULL, 10);
    return COGMIG_OK;
}

static bool is_listed(const PGresult *names, const char *name)
{
    for (int row = 0; row < PQntuples(names); row++)
        if (strcmp(PQgetvalue(names, row, 0), name) == 0)
            return true;
    return false;
}

static cogmig_status look_for_optional(struct libpq_copy *copy, const struct scan_request *request,
                                       struct deadline deadline, cogmig_error *err)
{
    static const char question[] = "SELECT attname FROM pg_catalog.pg_attribute"
                                   " WHERE attrelid = to_regclass($1) AND attnum > 0"
                                   " AND NOT attisdropped";
    SCOPED(libpq_release_result) PGresult *names = NULL;
    cogmig_status status = ask_about_table(copy, request, question, deadline, &names, err);
    if (status != COGMIG_OK)
        return status;
    for (size_t i = 0; i < request->columns->count; i++)
        if (request->columns->optional[i] && !is_listed(names, request->columns->names[i]))
            copy->kinds[i] = VALUE_MISSING;
    return COGMIG_OK;
}

/* A time-out that somebody gave the role for short queries would cut the export off, and a policy
 * of row security would leave users out in silence: with it off, PostgreSQL refuses instead. Times
 * that are asked for as text are written as a look-up has them. */
static cogmig_status begin_transaction(struct libpq_copy *copy, struct deadline deadline,
                                       cogmig_error *err)
{
    static const char *const commands[] = {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL statement_timeout = 0",
        "SET LOCAL row_security = off", "SET LOCAL DateStyle = ISO, YMD",
        "SET LOCAL TimeZone = 'UTC'"};
    cogmig_status status = COGMIG_OK;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0] && status == COGMIG_OK; i++)
        status = command(copy, commands[i], deadline, err);
    return status;
}

static cogmig_status begin(struct libpq_copy *copy, const struct scan_request *request,
                           struct deadline deadline, struct scan_facts *facts, cogmig_error *err)
{
    struct libpq_login login = {.url = request->target,
                                .password = request->password,
                                .user_data = request->password_user_data};
    cogmig_status status = libpq_log_in(&login, deadline, &copy->connection, err);
    if (status == COGMIG_OK)
        status = begin_transaction(copy, deadline, err);
    if (status == COGMIG_OK)
        status = take_snapshot(copy, request, deadline, facts, err);
    return status;
}

static cogmig_status make_question(struct libpq_copy *copy, const struct scan_request *request,
                                   struct deadline deadline, char **ret_sql, cogmig_error *err)
{
    SCOPED(libpq_release_result) PGresult *probe = NULL;
    cogmig_status status = look_for_optional(copy, request, deadline, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(memory_release) char *sql = make_probe(copy, request);
    if (sql == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    status = ask_for_shape(copy, sql, deadline, &probe, err);
    if (status != COGMIG_OK)
        return status;
    for (size_t i = 0; i < copy->column_count; i++) {
        if (copy->kinds[i] != VALUE_MISSING)
            copy->kinds[i] = kind_of(PQftype(probe, (int)i));
        copy->are_integers[i] = is_integer(PQftype(probe, (int)i));
    }
    for (size_t i = 0; i < request->columns->count; i++)
        if (request->columns->as_text[i])
            copy->kinds[i] = VALUE_TEXT;
    copy->kinds[0] = VALUE_TEXT;
    *ret_sql = make_copy(copy, request, probe);
    return *ret_sql == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

/* ---- the stream ---- */

static cogmig_status start_stream(struct libpq_copy *copy, const char *sql, cogmig_error *err)
{
    SCOPED(libpq_release_result) PGresult *result = NULL;
    static const struct deadline never = {.at_ms = INT64_MAX};
    return ask(copy, sql, never, PGRES_COPY_OUT, &result, err);
}

/* The server says at the very end whether those were all rows. */
static cogmig_status finish_stream(struct libpq_copy *copy, cogmig_error *err)
{
    while (PQisBusy(copy->connection.libpq)) {
        cogmig_status status = wait_for_input(copy, err);
        if (status != COGMIG_OK)
            return status;
    }
    SCOPED(libpq_release_result) PGresult *result = PQgetResult(copy->connection.libpq);
    return PQresultStatus(result) == PGRES_COMMAND_OK
               ? COGMIG_OK
               : libpq_fail_result(copy->connection.libpq, result, err);
}

/* No row and COGMIG_OK: that was the last. */
static cogmig_status receive_row(struct libpq_copy *copy, int *ret_len, cogmig_error *err)
{
    const int at_once = 1;
    PQfreemem(copy->row);
    copy->row = NULL;
    int len;
    while ((len = PQgetCopyData(copy->connection.libpq, &copy->row, at_once)) == 0) {
        cogmig_status status = wait_for_input(copy, err);
        if (status != COGMIG_OK)
            return status;
    }
    if (len == -1)
        return finish_stream(copy, err);
    *ret_len = len;
    return len > 0 ? COGMIG_OK : libpq_fail_connection(copy->connection.libpq, err);
}

/* ---- a row ---- */

static cogmig_status fail_malformed(cogmig_error *err)
{
    return fail(err, COGMIG_INTERNAL_ERROR, "PostgreSQL sent a row that is not in COPY's form.");
}

static bool take(struct span *rest, size_t len, struct span *ret_taken)
{
    if (rest->len < len)
        return false;
    *ret_taken = (struct span){rest->bytes, len};
    *rest = (struct span){rest->bytes + len, rest->len - len};
    return true;
}

static bool take_number(struct span *rest, size_t len, int64_t *ret_number)
{
    struct span bytes;
    if (!take(rest, len, &bytes))
        return false;
    uint64_t number = 0;
    for (size_t i = 0; i < len; i++)
        number = number << 8 | (unsigned char)bytes.bytes[i];
    unsigned int unused_bits = 64 - 8 * (unsigned int)len;
    *ret_number = (int64_t)(number << unused_bits) >> unused_bits;
    return true;
}

/* Microseconds since 2000 become milliseconds since 1970, rounded down. */
static int64_t unix_ms_of(int64_t us)
{
    const int64_t from_1970_to_2000_ms = INT64_C(946684800000);
    if (us == INT64_MAX || us == INT64_MIN)
        return us == INT64_MAX ? TIME_INFINITE : TIME_MINUS_INFINITE;
    return us / 1000 - (us % 1000 < 0) + from_1970_to_2000_ms;
}

static bool take_value(struct span *rest, enum scan_value_kind kind, struct scan_value *value)
{
    int64_t len, number;
    if (!take_number(rest, 4, &len))
        return false;
    value->kind = len == -1 && kind != VALUE_MISSING ? VALUE_NULL : kind;
    switch (value->kind) {
    case VALUE_TEXT:
        return len >= 0 && take(rest, (size_t)len, &value->text);
    case VALUE_TIME:
        if (len != 8 || !take_number(rest, 8, &number))
            return false;
        value->unix_ms = unix_ms_of(number);
        return true;
    case VALUE_FLAG:
        if (len != 1 || !take_number(rest, 1, &number))
            return false;
        value->flag = number != 0;
        return true;
    default:
        return true;
    }
}

static cogmig_status read_row(struct libpq_copy *copy, struct span row, struct scan_value *values,
                              bool *ret_any, cogmig_error *err)
{
    struct span header;
    int64_t fields;
    if (!copy->header_seen && !take(&row, HEADER_BYTES, &header))
        return fail_malformed(err);
    copy->header_seen = true;
    if (row.len == 0) /* the header came alone */
        return COGMIG_OK;
    if (!take_number(&row, 2, &fields))
        return fail_malformed(err);
    if (fields == -1) /* the trailer: the end itself follows */
        return COGMIG_OK;
    *ret_any = (size_t)fields == copy->column_count;
    for (size_t i = 0; i < copy->column_count && *ret_any; i++) {
        *ret_any = take_value(&row, copy->kinds[i], &values[i]);
        values[i].is_integer = copy->are_integers[i] && values[i].kind == VALUE_TEXT;
    }
    return *ret_any && row.len == 0 ? COGMIG_OK : fail_malformed(err);
}

static cogmig_status next_row(void *state, struct scan_value *values, bool *ret_any,
                              cogmig_error *err)
{
    struct libpq_copy *copy = state;
    *ret_any = false;
    while (!*ret_any) {
        int len = 0;
        cogmig_status status = receive_row(copy, &len, err);
        if (status == COGMIG_OK && len > 0)
            status = read_row(copy, (struct span){copy->row, (size_t)len}, values, ret_any, err);
        if (status != COGMIG_OK || len == 0)
            return status;
    }
    return COGMIG_OK;
}

static void close_copy(void *state)
{
    struct libpq_copy *copy = state;
    PQfreemem(copy->row);
    libpq_disconnect(&copy->connection);
    memory_free(copy);
}

static void release_copy(struct libpq_copy **copy)
{
    if (*copy != NULL)
        close_copy(*copy);
}

/* "abc" is no bigint: to go on behind it is a wrong setting and no outage. */
static cogmig_status judge_after(const struct scan_request *request, cogmig_status status,
                                 cogmig_error *err)
{
    static const char data_exception[] = "22";
    if (request->after == NULL || status != COGMIG_STORE_QUERY_FAILED ||
        !span_starts_with(span_of(cogmig_error_upstream_code(err)), data_exception))
        return status;
    return fail(err, COGMIG_CONFIG_INVALID,
                "%.64s cannot be an id of this table, so there is no going on behind it.",
                request->after);
}

static cogmig_status open_copy(const struct scan_request *request, void **ret_state,
                               struct scan_facts *ret_facts, cogmig_error *err)
{
    struct deadline deadline = deadline_in_ms(request->timeout_ms);
    SCOPED(memory_release) char *sql = NULL;
    SCOPED(release_copy) struct libpq_copy *copy = memory_new(sizeof *copy);
    if (copy == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    copy->watch = request->watch;
    copy->column_count = request->columns->count + (request->survey ? SCAN_SURVEY_VALUES : 0);
    cogmig_status status = begin(copy, request, deadline, ret_facts, err);
    if (status == COGMIG_OK)
        status = make_question(copy, request, deadline, &sql, err);
    if (status == COGMIG_OK)
        status = start_stream(copy, sql, err);
    if (status != COGMIG_OK)
        return judge_after(request, status, err);
    *ret_state = copy;
    copy = NULL;
    return COGMIG_OK;
}

const struct scan libpq_scan = {
    .open = open_copy,
    .next = next_row,
    .close = close_copy,
};
