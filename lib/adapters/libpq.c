/* SPDX-License-Identifier: Apache-2.0
 * The store in PostgreSQL: its connections, and the questions on one of them. */
#include "adapters/libpq_connection.h"
#include "adapters/libpq_login.h"
#include "adapters/libpq_query.h"
#include "adapters/libpq_url.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"
#include "store/backend.h"
#include "store/catalog.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_NAME = 32
};

struct libpq_store {
    struct backend_settings settings;
    char *options; /* NULL: the session must be left as it is */
};

/* One connection. Its queries are made from the columns' types as they were when it was. */
struct libpq_session {
    struct libpq_connection connection;
    const struct backend_settings *settings;
    struct libpq_queries queries;
    char names[QUERY_COUNT][MAX_NAME]; /* of the statements that are prepared; else empty */
};

/* ---- connections ---- */

static void close_libpq(void *state)
{
    struct libpq_store *store = state;
    memory_free(store->options);
    memory_free(store);
}

static cogmig_status open_libpq(const struct backend_settings *settings, void **ret_state,
                                cogmig_error *err)
{
    if (settings->model->sql_by_email != NULL && settings->pooler == COGMIG_POOLER_RDS_PROXY)
        return fail(err, COGMIG_CONFIG_INVALID,
                    "SQL of your own has a parameter, which COGMIG_POOLER_RDS_PROXY cannot send; "
                    "name table and columns instead, or make a view.");
    struct libpq_store *store = memory_new(sizeof *store);
    if (store == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    store->settings = *settings;
    if (settings->pooler == COGMIG_POOLER_NONE)
        store->options = libpq_session_options(
            settings->target, "statement_timeout", settings->timeout_ms,
            " -c default_transaction_read_only=on -c DateStyle=ISO,YMD -c TimeZone=UTC");
    if (settings->pooler == COGMIG_POOLER_NONE && store->options == NULL) {
        close_libpq(store);
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    }
    *ret_state = store;
    return COGMIG_OK;
}

static void disconnect_libpq(void *connection)
{
    struct libpq_session *session = connection;
    libpq_disconnect(&session->connection);
    libpq_queries_release(&session->queries);
    memory_free(session);
}

static void release_session(struct libpq_session **session)
{
    if (*session != NULL)
        disconnect_libpq(*session);
}

static cogmig_status run_unnamed(struct libpq_session *session, const struct libpq_query *query,
                                 const char *const *parameters, struct deadline deadline,
                                 PGresult **ret_result, cogmig_error *err)
{
    if (session->settings->pooler != COGMIG_POOLER_RDS_PROXY)
        return libpq_run(&session->connection, query->sql, query->parameter_count, parameters,
                         deadline, ret_result, err);
    SCOPED(memory_release)
    char *sql = libpq_query_with_key(query, session->connection.libpq, parameters[0]);
    if (sql == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return libpq_run_simple(&session->connection, sql, deadline, ret_result, err);
}

static void release_query(struct libpq_query *query)
{
    memory_free(query->sql);
}

/* Which of the names that may be missing there are. */
static cogmig_status look_for_names(struct libpq_session *session, struct store_model *model,
                                    struct deadline deadline, cogmig_error *err)
{
    SCOPED(buffer_release) struct buffer table = buffer_with_max(2048);
    SCOPED(release_query) struct libpq_query query = {.sql = NULL};
    SCOPED(libpq_release_result) PGresult *names = NULL;
    if (model->table != NULL)
        sql_add_table_name(&table, model);
    if (table.state != BUFFER_GOOD || !libpq_query_names(model, &query))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    const char *key = table.bytes;
    cogmig_status status = run_unnamed(session, &query, &key, deadline, &names, err);
    if (status == COGMIG_OK)
        libpq_leave_out_missing(model, names);
    return status;
}

/* Of SQL that the caller wrote. A pooler that says the same ends the connection. */
static cogmig_status judge_own_sql(const struct libpq_session *session, cogmig_status status,
                                   cogmig_error *err)
{
    static const char protocol_violation[] = "08P01";
    if (session->settings->model->sql_by_email == NULL || libpq_is_spent(&session->connection) ||
        strcmp(cogmig_error_upstream_code(err), protocol_violation) != 0)
        return status;
    return fail(err, COGMIG_CONFIG_INVALID,
                "A statement of your own has one parameter, $1, and no other; this one has none or "
                "more, or has it in quotes.");
}

static cogmig_status prove_sql_by_id(struct libpq_session *session, const struct store_model *model,
                                     struct deadline deadline, cogmig_error *err)
{
    const char *const no_key[] = {NULL};
    SCOPED(release_query) struct libpq_query query = {.sql = NULL};
    SCOPED(libpq_release_result) PGresult *probe = NULL;
    if (!libpq_query_probe(model, model->sql_by_id, &query))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return run_unnamed(session, &query, no_key, deadline, &probe, err);
}

static cogmig_status prove_model(struct libpq_session *session, struct deadline deadline,
                                 cogmig_error *err)
{
    const char *const no_key[] = {NULL};
    struct store_model model = *session->settings->model;
    SCOPED(release_query) struct libpq_query query = {.sql = NULL};
    SCOPED(libpq_release_result) PGresult *probe = NULL;
    cogmig_status status = COGMIG_OK;
    if (model_has_optional_names(&model))
        status = look_for_names(session, &model, deadline, err);
    if (status != COGMIG_OK)
        return status;
    if (!libpq_query_probe(&model, model.sql_by_email, &query))
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    status = run_unnamed(session, &query, no_key, deadline, &probe, err);
    if (status == COGMIG_OK && model.sql_by_id != NULL)
        status = prove_sql_by_id(session, &model, deadline, err);
    struct libpq_shape shape = {.probe = probe,
                                .times_are_utc = session->settings->pooler == COGMIG_POOLER_NONE};
    if (status == COGMIG_OK && !libpq_queries_make(&session->queries, &model, &shape))
        status = fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return status;
}

static cogmig_status connect_libpq(void *state, struct deadline deadline, void **ret_connection,
                                   cogmig_error *err)
{
    const struct libpq_store *store = state;
    const struct backend_settings *settings = &store->settings;
    struct libpq_login login = {.url = settings->target,
                                .options = store->options,
                                .is_read_only = store->options != NULL,
                                .password = settings->password,
                                .user_data = settings->password_user_data};
    SCOPED(release_session) struct libpq_session *session = memory_new(sizeof *session);
    if (session == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    session->settings = settings;
    cogmig_status status = libpq_log_in(&login, deadline, &session->connection, err);
    if (status == COGMIG_OK)
        status = prove_model(session, deadline, err);
    if (status != COGMIG_OK)
        return judge_own_sql(session, status, err);
    *ret_connection = session;
    session = NULL;
    return COGMIG_OK;
}

static bool has_news(void *connection)
{
    const struct libpq_session *session = connection;
    struct pollfd socket = {.fd = PQsocket(session->connection.libpq), .events = POLLIN};
    return poll(&socket, 1, 0) != 0;
}

static cogmig_status ping(void *connection, struct deadline deadline)
{
    struct libpq_session *session = connection;
    return libpq_ping(&session->connection, deadline);
}

/* ---- questions ---- */

/* The same name never stands for two queries, not even in a session that a pooler shares. */
static void name_statement(const char *sql, char name[MAX_NAME])
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (; *sql != '\0'; sql++)
        hash = (hash ^ (unsigned char)*sql) * UINT64_C(0x100000001B3);
    snprintf(name, MAX_NAME, "cogmig_%016" PRIx64, hash);
}

static cogmig_status prepare(struct libpq_session *session, enum libpq_query_kind kind,
                             struct deadline deadline, cogmig_error *err)
{
    const char *sql = session->queries.of[kind].sql;
    char name[MAX_NAME];
    name_statement(sql, name);
    cogmig_status status = libpq_prepare(&session->connection, name, sql, deadline, err);
    if (status == COGMIG_OK)
        memcpy(session->names[kind], name, sizeof name);
    return status;
}

static cogmig_status run_prepared(struct libpq_session *session, enum libpq_query_kind kind,
                                  const char *const *parameters, struct deadline deadline,
                                  PGresult **ret_result, cogmig_error *err)
{
    const struct libpq_query *query = &session->queries.of[kind];
    char *name = session->names[kind];
    cogmig_status status = COGMIG_OK;
    if (name[0] == '\0')
        status = prepare(session, kind, deadline, err);
    if (status != COGMIG_OK)
        return status;
    return libpq_run_prepared(&session->connection, name, query->parameter_count, parameters,
                              deadline, ret_result, err);
}

static cogmig_status run(struct libpq_session *session, enum libpq_query_kind kind, const char *key,
                         struct deadline deadline, PGresult **ret_result, cogmig_error *err)
{
    const char *const parameters[QUERY_MAX_PARAMETERS] = {key, key};
    if (session->settings->pooler == COGMIG_POOLER_NONE)
        return run_prepared(session, kind, parameters, deadline, ret_result, err);
    return run_unnamed(session, &session->queries.of[kind], parameters, deadline, ret_result, err);
}

/* The database's encoding cannot hold it, so no row can either. */
static bool key_cannot_be_stored(struct libpq_session *session, const char *key,
                                 struct deadline deadline, const struct cogmig_error *said)
{
    static const char untranslatable_character[] = "22P05";
    if (strcmp(said->upstream_code, untranslatable_character) != 0)
        return false;
    static const char select_key[] = "SELECT $1::text";
    static const struct libpq_query of_key = {
        .sql = (char *)select_key, .parameter_count = 1, .parameter_at = {sizeof "SELECT " - 1}};
    struct cogmig_error of_key_alone = {0};
    SCOPED(libpq_release_result) PGresult *result = NULL;
    run_unnamed(session, &of_key, &key, deadline, &result, &of_key_alone);
    return strcmp(of_key_alone.upstream_code, untranslatable_character) == 0;
}

static cogmig_status ask(struct libpq_session *session, enum libpq_query_kind kind, const char *key,
                         struct deadline deadline, cogmig_store_answer *answer,
                         struct cogmig_error *said)
{
    SCOPED(libpq_release_result) PGresult *result = NULL;
    if (session->queries.of[kind].sql == NULL)
        return COGMIG_OK;
    cogmig_status status = run(session, kind, key, deadline, &result, said);
    if (status == COGMIG_OK)
        return libpq_query_read_rows(result, session->settings->model, answer, said);
    return key_cannot_be_stored(session, key, deadline, said) ? COGMIG_OK : status;
}

/* "abc" is no bigint and "1e999" no integer, but that nobody has it, the column as text says. */
static bool key_is_not_of_the_columns_type(cogmig_status status, const struct cogmig_error *said)
{
    static const char data_exception[] = "22";
    return status == COGMIG_STORE_QUERY_FAILED &&
           span_starts_with(span_of(said->upstream_code), data_exception);
}

static cogmig_status ask_for_id(struct libpq_session *session, const char *key,
                                struct deadline deadline, cogmig_store_answer *answer,
                                struct cogmig_error *said)
{
    if (session->settings->model->sql_by_email != NULL)
        return ask(session, QUERY_ID, key, deadline, answer, said);
    cogmig_status status = ask(session, QUERY_ID, key, deadline, answer, said);
    if (key_is_not_of_the_columns_type(status, said))
        status = ask(session, QUERY_ID_AS_TEXT, key, deadline, answer, said);
    return status;
}

static bool begins(const struct cogmig_error *said, const char *sqlstate)
{
    return span_starts_with(span_of(said->upstream_code), sqlstate);
}

/* Statements only read, so each may be sent again when it is not known whether it was run. Of the
 * caller's own SQL that is known where the session is read-only. */
static bool only_reads(const struct libpq_session *session)
{
    const struct backend_settings *settings = session->settings;
    return settings->pooler == COGMIG_POOLER_NONE || settings->model->sql_by_email == NULL;
}

static struct aftermath judge(const struct libpq_session *session, cogmig_status status,
                              const struct cogmig_error *said)
{
    bool spent = libpq_is_spent(&session->connection);
    bool severed = spent && status == COGMIG_STORE_UNREACHABLE;
    bool shut_down = begins(said, "57P01") || begins(said, "57P02") || begins(said, "57P03");
    /* The statement or its plan is gone, or the table is another: made anew, the connection sees
     * what there is. */
    bool outdated = begins(said, "0A000") || begins(said, "26000") || begins(said, "42");
    bool server_gone = severed || shut_down;
    return (struct aftermath){.lost = spent || shut_down || outdated,
                              .others_too = server_gone || outdated,
                              .may_ask_again = only_reads(session) &&
                                               (server_gone || outdated || begins(said, "40"))};
}

static cogmig_status find_in_libpq(void *connection, int32_t question, struct span key,
                                   struct deadline deadline, cogmig_store_answer *answer,
                                   struct aftermath *aftermath, cogmig_error *err)
{
    struct libpq_session *session = connection;
    struct cogmig_error said = {0};
    cogmig_status status;
    if (question == COGMIG_FIND_BY_ID)
        status = ask_for_id(session, key.bytes, deadline, answer, &said);
    else
        status = ask(session, question == COGMIG_FIND_BY_EMAIL ? QUERY_EMAIL : QUERY_EMAIL_ANY_CASE,
                     key.bytes, deadline, answer, &said);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    *aftermath = judge(session, status, &said);
    error_copy(err, &said);
    return status;
}

static cogmig_status describe(const struct backend_settings *settings, struct deadline deadline,
                              describe_fn take, void *data, cogmig_error *err)
{
    static const char columns_and_indexes[] =
        "SELECT n.nspname, c.relname, a.attname::text, 'c' FROM pg_catalog.pg_attribute a JOIN "
        "pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT "
        "a.attisdropped AND n.nspname !~ '^(pg_|information_schema$)' UNION ALL SELECT n.nspname, "
        "c.relname, pg_catalog.pg_get_indexdef(i.indexrelid), 'i' FROM pg_catalog.pg_index i JOIN "
        "pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE i.indisvalid AND n.nspname !~ '^(pg_|information_schema$)' UNION ALL "
        "SELECT n.nspname, c.relname, CASE c.relkind WHEN 'p' THEN '" CATALOG_PARTITIONED
        "' ELSE '" CATALOG_VIEW "' END, 'i' FROM pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('p', 'v', 'f') "
        "AND "
        "n.nspname !~ '^(pg_|information_schema$)' LIMIT 50001";
    struct libpq_login login = {.url = settings->target,
                                .password = settings->password,
                                .user_data = settings->password_user_data};
    SCOPED(libpq_disconnect) struct libpq_connection connection = {.libpq = NULL};
    SCOPED(libpq_release_result) PGresult *result = NULL;
    cogmig_status status = libpq_log_in(&login, deadline, &connection, err);
    if (status == COGMIG_OK)
        status = libpq_run_simple(&connection, columns_and_indexes, deadline, &result, err);
    for (int row = 0; status == COGMIG_OK && row < PQntuples(result); row++)
        take(data, PQgetvalue(result, row, 0), PQgetvalue(result, row, 1),
             PQgetvalue(result, row, 2), PQgetvalue(result, row, 3)[0] == 'i');
    return status;
}

const struct backend libpq_backend = {
    .describe = describe,
    .check = libpq_check_url,
    .open = open_libpq,
    .close = close_libpq,
    .connect = connect_libpq,
    .disconnect = disconnect_libpq,
    .has_news = has_news,
    .ping = ping,
    .find = find_in_libpq,
};
