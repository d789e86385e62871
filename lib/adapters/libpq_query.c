/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libpq_query.h"

#include "adapters/libpq_connection.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

/* src/include/catalog/pg_type.dat: fixed for good. */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_VARCHAR = 1043,
    TYPE_DATE = 1082,
    TYPE_TIMESTAMP = 1114,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_UUID = 2950
};

enum {
    MAX_SQL = 256 * 1024,
    MAX_SHORT_TEXT = 64,    /* more than any flag or time needs */
    MAX_BOUNDED = 16 * 1024 /* characters, of up to 4 bytes */
};

/* The column stands between before and between, and between between and after. */
static const struct {
    enum store_column column;
    const char *before, *between, *after;
} conditions[QUERY_COUNT] = {
    [QUERY_EMAIL] = {COLUMN_EMAIL, "", " = $1", NULL},
    [QUERY_EMAIL_ANY_CASE] = {COLUMN_EMAIL, "lower(", "::text) = lower($1::text)", NULL},
    [QUERY_ID] = {COLUMN_ID, "", " = $1 AND ", "::text COLLATE \"C\" = $2::text"},
    [QUERY_ID_AS_TEXT] = {COLUMN_ID, "", "::text COLLATE \"C\" = $1::text", NULL},
};

/* Text in which $1 and $2 are parameters, as they are not in a name. */
static void add_with_parameters(struct buffer *sql, struct libpq_query *query, const char *text)
{
    for (const char *at = strchr(text, '$'); at != NULL; at = strchr(at + 1, '$'))
        query->parameter_at[query->parameter_count++] = sql->len + (size_t)(at - text);
    buffer_add_text(sql, text);
}

static bool finish_query(struct buffer *sql, struct libpq_query *query)
{
    query->sql = buffer_take(sql, NULL);
    return query->sql != NULL;
}

static void add_flag_column(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, ", ");
    if (column == NULL)
        buffer_add_text(sql, "NULL");
    else
        sql_add_name(sql, "u", column);
}

/* The result has the columns, and then column and until of each flag. */
bool libpq_query_probe(const struct store_model *model, const char *own_sql,
                       struct libpq_query *query)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    for (int column = 0; column < COLUMN_COUNT; column++) {
        buffer_add_text(&sql, column == 0 ? "SELECT " : ", ");
        sql_add_column(&sql, model, (enum store_column)column);
    }
    for (size_t i = 0; i < model->flag_count; i++) {
        add_flag_column(&sql, model->flags[i].column);
        add_flag_column(&sql, model->flags[i].until);
    }
    for (size_t i = 0; i < model->attribute_count; i++)
        add_flag_column(&sql, model->attributes[i].column);
    buffer_add_text(&sql, " FROM ");
    sql_add_source(&sql, model, own_sql);
    buffer_add_text(&sql, " LIMIT 0");
    query->parameter_count = own_sql == NULL ? 0 : 1;
    return finish_query(&sql, query);
}

static Oid type_of_flag(const PGresult *probe, size_t flag, bool until)
{
    return PQftype(probe, COLUMN_COUNT + 2 * (int)flag + until);
}

bool libpq_query_names(const struct store_model *model, struct libpq_query *query)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    if (model->sql_by_email == NULL) {
        add_with_parameters(&sql, query,
                            "SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = "
                            "$1::pg_catalog.regclass AND attnum > 0 AND NOT attisdropped");
        return finish_query(&sql, query);
    }
    buffer_add_text(&sql, "SELECT * FROM ");
    sql_add_source(&sql, model, model->sql_by_email);
    buffer_add_text(&sql, " LIMIT 0");
    query->parameter_count = 1;
    return finish_query(&sql, query);
}

static bool is_row(const void *names, const char *name)
{
    const PGresult *result = names;
    for (int row = 0; row < PQntuples(result); row++)
        if (strcmp(PQgetvalue(result, row, 0), name) == 0)
            return true;
    return false;
}

static bool is_column(const void *names, const char *name)
{
    const PGresult *result = names;
    for (int column = 0; column < PQnfields(result); column++)
        if (strcmp(PQfname(result, column), name) == 0)
            return true;
    return false;
}

void libpq_leave_out_missing(struct store_model *model, const PGresult *names)
{
    model_leave_out_missing(model, model->sql_by_email == NULL ? is_row : is_column, names);
}

/* At most so many characters, whatever the row holds; they are counted only where there are many
 * bytes, as left() would not do. */
static void add_cut(struct buffer *sql, const char *alias, const char *column, int max_characters)
{
    char cut[48];
    snprintf(cut, sizeof cut, "::text::varchar(%d)", max_characters);
    sql_add_name(sql, alias, column);
    buffer_add_text(sql, cut);
}

static void add_text(struct buffer *sql, const struct store_model *model, enum store_column column,
                     int max_characters)
{
    bool elsewhere = column == COLUMN_PASSWORD && model->password.table != NULL;
    if (model->columns[column] == NULL)
        buffer_add_text(sql, "NULL::text");
    else
        add_cut(sql, elsewhere ? "p" : "u", model->columns[column], max_characters);
}

static bool is_time(Oid type)
{
    return type == TYPE_TIMESTAMPTZ || type == TYPE_TIMESTAMP || type == TYPE_DATE;
}

/* As the session writes it, which is in ISO 8601 and UTC where we could say so; to_char() does not
 * depend on that, but takes its time. A timestamp without time zone is UTC, as Prisma writes it. */
static void add_time(struct buffer *sql, const struct store_model *model, enum store_column column,
                     const struct libpq_shape *shape)
{
    Oid type = PQftype(shape->probe, (int)column);
    if (!is_time(type)) {
        add_text(sql, model, column, MAX_SHORT_TEXT);
        return;
    }
    if (shape->times_are_utc) {
        sql_add_column(sql, model, column);
        return;
    }
    buffer_add_text(sql, "to_char(");
    sql_add_column(sql, model, column);
    buffer_add_text(sql, type == TYPE_TIMESTAMPTZ ? " AT TIME ZONE 'UTC'" : "::timestamp");
    buffer_add_text(sql, ", 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')");
}

static bool tells_verified_by_value(Oid type)
{
    return type == TYPE_BOOL || type == TYPE_INT2 || type == TYPE_INT4 || type == TYPE_INT8;
}

/* Whether there is a time is all that is asked; to write it out takes the server long. */
static void add_verified(struct buffer *sql, const struct store_model *model, Oid type)
{
    if (is_time(type) || tells_verified_by_value(type))
        sql_add_column(sql, model, COLUMN_EMAIL_VERIFIED);
    else
        add_text(sql, model, COLUMN_EMAIL_VERIFIED, MAX_SHORT_TEXT);
    if (is_time(type))
        buffer_add_text(sql, " IS NOT NULL");
}

/* What cannot be too large by its type needs no cutting. */
static bool is_bounded(const PGresult *probe, enum store_column column)
{
    Oid type = PQftype(probe, (int)column);
    return type == TYPE_INT2 || type == TYPE_INT4 || type == TYPE_INT8 || type == TYPE_UUID ||
           (type == TYPE_VARCHAR && PQfmod(probe, (int)column) > 0 &&
            PQfmod(probe, (int)column) < MAX_BOUNDED);
}

/* Bytes are read as the text that they are, as from SQLite's BLOB; no other value can be meant. */
static void add_hash_of_bytes(struct buffer *sql, const struct store_model *model)
{
    char cut[48];
    snprintf(cut, sizeof cut, ", 'escape')::varchar(%d)", STORE_MAX_VALUE + 1);
    buffer_add_text(sql, "encode(");
    sql_add_column(sql, model, COLUMN_PASSWORD);
    buffer_add_text(sql, cut);
}

static void add_value(struct buffer *sql, const struct store_model *model, enum store_column column,
                      const PGresult *probe)
{
    if (column == COLUMN_PASSWORD && PQftype(probe, (int)column) == TYPE_BYTEA)
        add_hash_of_bytes(sql, model);
    else if (is_bounded(probe, column))
        sql_add_column(sql, model, column);
    else
        add_text(sql, model, column, STORE_MAX_VALUE + 1);
}

static void add_column(struct buffer *sql, const struct store_model *model,
                       enum store_column column, const struct libpq_shape *shape)
{
    switch (column) {
    case COLUMN_EMAIL_VERIFIED:
        add_verified(sql, model, PQftype(shape->probe, (int)column));
        break;
    case COLUMN_CREATED_AT:
    case COLUMN_UPDATED_AT:
        add_time(sql, model, column, shape);
        break;
    default:
        add_value(sql, model, column, shape->probe);
    }
}

/* ---- who is disabled ---- */

/* What is not clearly a no is a yes, so that a value which nobody thought of disables. */
static void add_is_true(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "coalesce(lower(");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, "::text) NOT IN ('false', 'f', 'no', '0', ''), false)");
}

static void add_is_not_true(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "coalesce(lower(");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, "::text) NOT IN ('true', 't', 'yes', '1'), true)");
}

static void add_is_set(struct buffer *sql, const char *column)
{
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, " IS NOT NULL");
}

/* What cannot be a time is none that has passed; an impossible day is left to the server. A time
 * without its zone is UTC, whatever the session's is. */
static void add_text_is_in_future(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "CASE WHEN ");
    sql_add_name(sql, "u", column);
    buffer_add_text(
        sql, "::text ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([T ]([01][0-9]|2[0-3]):"
             "[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?$' THEN (");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, "::text || CASE WHEN ");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql,
                    "::text ~ 'Z$|:.*[+-]' THEN '' ELSE ' UTC' END)::timestamptz > now() WHEN ");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, " IS NOT NULL THEN true END, ");
}

/* A timestamp without time zone is UTC; an integer counts milliseconds since 1970. */
static void add_is_in_future(struct buffer *sql, const char *column, Oid type,
                             const char *otherwise)
{
    buffer_add_text(sql, "coalesce(");
    if (!is_time(type) && type != TYPE_INT8)
        add_text_is_in_future(sql, column);
    else
        sql_add_name(sql, "u", column);
    if (type == TYPE_TIMESTAMPTZ)
        buffer_add_text(sql, " > now(), ");
    else if (is_time(type))
        buffer_add_text(sql, " > (now() AT TIME ZONE 'UTC'), ");
    else if (type == TYPE_INT8)
        buffer_add_text(sql, " > extract(epoch FROM now()) * 1000, ");
    buffer_add_text(sql, otherwise);
    buffer_add_text(sql, ")");
}

static void add_flag(struct buffer *sql, const struct store_model *model, size_t index,
                     const PGresult *probe)
{
    const struct store_flag *flag = &model->flags[index];
    if (flag->when == COGMIG_DISABLED_WHEN_TRUE)
        add_is_true(sql, flag->column);
    else if (flag->when == COGMIG_DISABLED_WHEN_FALSE)
        add_is_not_true(sql, flag->column);
    else if (flag->when == COGMIG_DISABLED_WHEN_FUTURE)
        add_is_in_future(sql, flag->column, type_of_flag(probe, index, false), "false");
    else
        add_is_set(sql, flag->column);
    if (flag->until == NULL)
        return;
    buffer_add_text(sql, " AND ");
    add_is_in_future(sql, flag->until, type_of_flag(probe, index, true), "true");
}

/* A column if there is any flag: even a constant one would cost each look-up something. */
static void add_disabled(struct buffer *sql, const struct store_model *model, const PGresult *probe)
{
    for (size_t i = 0; i < model->flag_count; i++) {
        buffer_add_text(sql, i == 0 ? ", (" : " OR (");
        add_flag(sql, model, i, probe);
        buffer_add_text(sql, ")");
    }
}

/* ---- a whole query ---- */

static void add_condition(struct buffer *sql, const struct store_model *model,
                          enum libpq_query_kind kind, struct libpq_query *query)
{
    buffer_add_text(sql, " WHERE ");
    if (model->skipped != NULL) {
        buffer_add_text(sql, "NOT ");
        add_is_true(sql, model->skipped);
        buffer_add_text(sql, " AND ");
    }
    add_with_parameters(sql, query, conditions[kind].before);
    sql_add_column(sql, model, conditions[kind].column);
    add_with_parameters(sql, query, conditions[kind].between);
    if (conditions[kind].after == NULL)
        return;
    sql_add_column(sql, model, conditions[kind].column);
    add_with_parameters(sql, query, conditions[kind].after);
}

static Oid type_of_attribute(const struct store_model *model, size_t index, const PGresult *probe)
{
    return PQftype(probe, COLUMN_COUNT + 2 * (int)model->flag_count + (int)index);
}

/* As a session of ours writes it, whatever this one's DateStyle and TimeZone are: JSON has one way.
 */
static void add_time_as_text(struct buffer *sql, const char *column, Oid type)
{
    buffer_add_text(sql, "replace(to_json(");
    sql_add_name(sql, "u", column);
    buffer_add_text(sql, type == TYPE_TIMESTAMPTZ
                             ? " AT TIME ZONE 'UTC') #>> '{}', 'T', ' ') || '+00'"
                             : ") #>> '{}', 'T', ' ')");
}

static void add_attribute(struct buffer *sql, const struct store_model *model, size_t index,
                          const struct libpq_shape *shape)
{
    const char *column = model->attributes[index].column;
    Oid type = type_of_attribute(model, index, shape->probe);
    if (is_time(type) && !shape->times_are_utc)
        add_time_as_text(sql, column, type);
    else
        add_cut(sql, "u", column, STORE_MAX_VALUE + 1);
}

static void add_selection(struct buffer *sql, const struct store_model *model,
                          const struct libpq_shape *shape)
{
    for (int column = 0; column < COLUMN_COUNT; column++) {
        buffer_add_text(sql, column == 0 ? "SELECT " : ", ");
        add_column(sql, model, (enum store_column)column, shape);
    }
    add_disabled(sql, model, shape->probe);
    for (size_t i = 0; i < model->attribute_count; i++) {
        buffer_add_text(sql, ", ");
        add_attribute(sql, model, i, shape);
    }
}

static bool asks_for_id(enum libpq_query_kind kind)
{
    return kind == QUERY_ID || kind == QUERY_ID_AS_TEXT;
}

static bool make_query(enum libpq_query_kind kind, const struct store_model *model,
                       const struct libpq_shape *shape, struct libpq_query *query)
{
    int32_t question = asks_for_id(kind) ? COGMIG_FIND_BY_ID : COGMIG_FIND_BY_EMAIL;
    const char *own_sql = sql_of_question(model, question);
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    add_selection(&sql, model, shape);
    buffer_add_text(&sql, " FROM ");
    sql_add_source(&sql, model, own_sql);
    if (own_sql == NULL)
        add_condition(&sql, model, kind, query);
    else
        query->parameter_count = 1;
    char limit[32];
    snprintf(limit, sizeof limit, " LIMIT %d",
             asks_for_id(kind) ? STORE_MAX_ROWS : STORE_MAX_CASES);
    buffer_add_text(&sql, limit);
    return finish_query(&sql, query);
}

/* The caller's own SQL decides about case itself, and may know nothing of ids. */
static bool is_asked(const struct store_model *model, enum libpq_query_kind kind)
{
    if (model->sql_by_email == NULL)
        return true;
    return kind == QUERY_EMAIL || (kind == QUERY_ID && model->sql_by_id != NULL);
}

bool libpq_queries_make(struct libpq_queries *queries, const struct store_model *model,
                        const struct libpq_shape *shape)
{
    for (int kind = 0; kind < QUERY_COUNT; kind++)
        if (is_asked(model, (enum libpq_query_kind)kind) &&
            !make_query((enum libpq_query_kind)kind, model, shape, &queries->of[kind]))
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
    SCOPED(release_literal) char *literal = NULL;
    if (query->parameter_count > 0)
        literal = PQescapeLiteral(connection, key, strlen(key));
    if (literal == NULL && query->parameter_count > 0)
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

static bool is_verified(const PGresult *result, int row)
{
    struct span value = libpq_value(result, row, COLUMN_EMAIL_VERIFIED);
    if (value.bytes == NULL)
        return false;
    switch (PQftype(result, COLUMN_EMAIL_VERIFIED)) {
    case TYPE_BOOL:
        return span_equal_text(value, "t");
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        return !span_equal_text(value, "0");
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

/* Of the model's flags the table may have none: the result tells whether there is a column. */
static bool is_disabled(const PGresult *result, int row, const struct store_model *model)
{
    bool asked = PQnfields(result) - (int)model->attribute_count > COLUMN_COUNT;
    return asked && !span_equal_text(libpq_value(result, row, COLUMN_COUNT), "f");
}

static void read_attributes(const PGresult *result, int row, const struct store_model *model,
                            struct store_row *values)
{
    int first = PQnfields(result) - (int)model->attribute_count;
    values->attribute_count = model->attribute_count;
    for (size_t i = 0; i < model->attribute_count; i++) {
        values->attributes[i].name = model->attributes[i].name;
        values->attributes[i].value = libpq_value(result, row, first + (int)i);
    }
}

static cogmig_status read_row(const PGresult *result, int row, const struct store_model *model,
                              cogmig_store_answer *answer, cogmig_error *err)
{
    struct store_row values;
    values.email_verified = is_verified(result, row);
    values.disabled = is_disabled(result, row, model);
    for (int column = 0; column < COLUMN_COUNT; column++)
        values.values[column] = column == COLUMN_EMAIL_VERIFIED ? (struct span){NULL, 0}
                                                                : libpq_value(result, row, column);
    read_attributes(result, row, model, &values);
    cogmig_status status = answer_add_row(answer, &values, err);
    wipe_hash(result, row);
    return status;
}

cogmig_status libpq_query_read_rows(const PGresult *result, const struct store_model *model,
                                    cogmig_store_answer *answer, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (int row = 0; row < PQntuples(result) && status == COGMIG_OK; row++)
        status = read_row(result, row, model, answer, err);
    return status;
}
