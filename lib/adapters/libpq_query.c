/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libpq_query.h"

#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

/* src/include/catalog/pg_type.dat: fixed for good. */
enum {
    TYPE_BOOL = 16,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_DATE = 1082,
    TYPE_TIMESTAMP = 1114,
    TYPE_TIMESTAMPTZ = 1184
};

enum {
    MAX_SQL = 64 * 1024,
    MAX_SHORT_TEXT = 64 /* more than any flag or time needs */
};

/* The column stands between before and between, and between between and after. */
static const struct {
    enum store_column column;
    const char *before, *between, *after;
} conditions[QUERY_COUNT] = {
    [QUERY_EMAIL] = {COLUMN_EMAIL, "", " = $1 ORDER BY (", "::text COLLATE \"C\" = $2::text) DESC"},
    [QUERY_EMAIL_ANY_CASE] = {COLUMN_EMAIL, "lower(", "::text) = lower($1::text)", NULL},
    [QUERY_ID] = {COLUMN_ID, "", " = $1 AND ", "::text COLLATE \"C\" = $2::text"},
    [QUERY_ID_AS_TEXT] = {COLUMN_ID, "", "::text COLLATE \"C\" = $1::text", NULL},
};

char *libpq_query_probe(const struct store_model *model)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    for (int column = 0; column < COLUMN_COUNT; column++) {
        buffer_add_text(&sql, column == 0 ? "SELECT " : ", ");
        sql_add_column(&sql, model, (enum store_column)column);
    }
    buffer_add_text(&sql, " FROM ");
    sql_add_table(&sql, model);
    buffer_add_text(&sql, " LIMIT 0");
    return buffer_take(&sql, NULL);
}

/* At most so many characters, whatever the row holds. */
static void add_text(struct buffer *sql, const struct store_model *model, enum store_column column,
                     int max_characters)
{
    char cut[32];
    snprintf(cut, sizeof cut, "::text, %d)", max_characters);
    buffer_add_text(sql, "left(");
    sql_add_column(sql, model, column);
    buffer_add_text(sql, cut);
}

/* to_char() makes the text independent of the session's DateStyle and TimeZone. A timestamp without
 * time zone is UTC, as Prisma writes it. */
static void add_time(struct buffer *sql, const struct store_model *model, enum store_column column,
                     Oid type)
{
    if (type != TYPE_TIMESTAMPTZ && type != TYPE_TIMESTAMP && type != TYPE_DATE) {
        add_text(sql, model, column, MAX_SHORT_TEXT);
        return;
    }
    buffer_add_text(sql, "to_char(");
    sql_add_column(sql, model, column);
    buffer_add_text(sql, type == TYPE_TIMESTAMPTZ ? " AT TIME ZONE 'UTC'" : "::timestamp");
    buffer_add_text(sql, ", 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')");
}

static bool tells_verified_by_type(Oid type)
{
    return type == TYPE_BOOL || type == TYPE_INT2 || type == TYPE_INT4 || type == TYPE_INT8 ||
           type == TYPE_DATE || type == TYPE_TIMESTAMP || type == TYPE_TIMESTAMPTZ;
}

static void add_verified(struct buffer *sql, const struct store_model *model, Oid type)
{
    if (tells_verified_by_type(type))
        sql_add_column(sql, model, COLUMN_EMAIL_VERIFIED);
    else
        add_text(sql, model, COLUMN_EMAIL_VERIFIED, MAX_SHORT_TEXT);
}

static void add_column(struct buffer *sql, const struct store_model *model,
                       enum store_column column, Oid type)
{
    switch (column) {
    case COLUMN_EMAIL_VERIFIED:
        add_verified(sql, model, type);
        break;
    case COLUMN_CREATED_AT:
    case COLUMN_UPDATED_AT:
        add_time(sql, model, column, type);
        break;
    default:
        add_text(sql, model, column, STORE_MAX_VALUE + 1);
    }
}

/* Text in which $1 and $2 are parameters, as they are not in a name. */
static void add_with_parameters(struct buffer *sql, struct libpq_query *query, const char *text)
{
    for (const char *at = strchr(text, '$'); at != NULL; at = strchr(at + 1, '$'))
        query->parameter_at[query->parameter_count++] = sql->len + (size_t)(at - text);
    buffer_add_text(sql, text);
}

static void add_condition(struct buffer *sql, const struct store_model *model,
                          enum libpq_query_kind kind, struct libpq_query *query)
{
    add_with_parameters(sql, query, conditions[kind].before);
    sql_add_column(sql, model, conditions[kind].column);
    add_with_parameters(sql, query, conditions[kind].between);
    if (conditions[kind].after == NULL)
        return;
    sql_add_column(sql, model, conditions[kind].column);
    add_with_parameters(sql, query, conditions[kind].after);
}

static bool make_query(enum libpq_query_kind kind, const struct store_model *model,
                       const PGresult *probe, struct libpq_query *query)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    for (int column = 0; column < COLUMN_COUNT; column++) {
        buffer_add_text(&sql, column == 0 ? "SELECT " : ", ");
        add_column(&sql, model, (enum store_column)column, PQftype(probe, column));
    }
    buffer_add_text(&sql, " FROM ");
    sql_add_table(&sql, model);
    buffer_add_text(&sql, " WHERE ");
    add_condition(&sql, model, kind, query);
    char limit[32];
    snprintf(limit, sizeof limit, " LIMIT %d", STORE_MAX_ROWS);
    buffer_add_text(&sql, limit);
    query->sql = buffer_take(&sql, NULL);
    return query->sql != NULL;
}

bool libpq_queries_make(struct libpq_queries *queries, const struct store_model *model,
                        const PGresult *probe)
{
    for (int kind = 0; kind < QUERY_COUNT; kind++)
        if (!make_query((enum libpq_query_kind)kind, model, probe, &queries->of[kind]))
            return false;
    return true;
}

void libpq_queries_release(struct libpq_queries *queries)
{
    for (int kind = 0; kind < QUERY_COUNT; kind++)
        memory_free(queries->of[kind].sql);
    memset(queries, 0, sizeof *queries);
}

static void release_literal(char **literal)
{
    PQfreemem(*literal);
}

char *libpq_query_with_key(const struct libpq_query *query, PGconn *connection, const char *key)
{
    SCOPED(release_literal) char *literal = PQescapeLiteral(connection, key, strlen(key));
    if (literal == NULL)
        return NULL;
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    const char *from = query->sql;
    for (int i = 0; i < query->parameter_count; i++) {
        const char *parameter = query->sql + query->parameter_at[i];
        buffer_add(&sql, (struct span){from, (size_t)(parameter - from)});
        buffer_add_text(&sql, literal);
        from = parameter + strlen("$1");
    }
    buffer_add_text(&sql, from);
    return buffer_take(&sql, NULL);
}

static struct span value_at(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return (struct span){NULL, 0};
    return (struct span){PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
}

static bool is_verified(const PGresult *result, int row)
{
    struct span value = value_at(result, row, COLUMN_EMAIL_VERIFIED);
    if (value.bytes == NULL)
        return false;
    switch (PQftype(result, COLUMN_EMAIL_VERIFIED)) {
    case TYPE_BOOL:
        return span_equal_text(value, "t");
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        return !span_equal_text(value, "0");
    case TYPE_DATE:
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMPTZ:
        return true;
    default:
        return verified_by_text(value);
    }
}

/* The hash has been copied; libpq would leave it behind in freed memory. */
static void wipe_hash(const PGresult *result, int row)
{
    char *bytes = PQgetvalue(result, row, COLUMN_PASSWORD);
    memory_wipe(bytes, (size_t)PQgetlength(result, row, COLUMN_PASSWORD));
}

static cogmig_status read_row(const PGresult *result, int row, cogmig_store_answer *answer,
                              cogmig_error *err)
{
    struct store_row values = {.email_verified = is_verified(result, row)};
    for (int column = 0; column < COLUMN_COUNT; column++)
        if (column != COLUMN_EMAIL_VERIFIED)
            values.values[column] = value_at(result, row, column);
    cogmig_status status = answer_add_row(answer, &values, err);
    wipe_hash(result, row);
    return status;
}

cogmig_status libpq_query_read_rows(const PGresult *result, cogmig_store_answer *answer,
                                    cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (int row = 0; row < PQntuples(result) && status == COGMIG_OK; row++)
        status = read_row(result, row, answer, err);
    return status;
}
