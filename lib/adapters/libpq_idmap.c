/* SPDX-License-Identifier: Apache-2.0
 * The identity map in PostgreSQL: one connection of its own, made again when it was lost. */
#include "adapters/libpq_connection.h"
#include "adapters/libpq_login.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/process.h"
#include "idmap/backend.h"
#include "status/error.h"

#include <stdio.h>
#include <string.h>

enum {
    MAX_NAME = 32,
    MAX_PING_MS = 1000, /* and never more than half of the time that is left */
    GRACE_MS = 1000     /* whoever asked has been told by then */
};

struct libpq_idmap {
    char *url;
    char *options; /* NULL: the session must be left as it is, and has no named statements */
    char *const *sql;
    struct libpq_connection connection; /* none at the moment, perhaps */
    pid_t process;                      /* whose connection it is */
    int64_t asked_at_ms;                /* on the steady clock, the last question */
    int32_t ping_after_idle_ms;
    char timeout_ms[16];
    bool is_limited; /* its statements are */
    bool prepared[IDMAP_STATEMENT_COUNT];
    char names[IDMAP_STATEMENT_COUNT][MAX_NAME];
};

/* ---- the connection ---- */

/* The connection of the process that was forked is its own: to use it here, or even to close it
 * politely, would disturb it. */
static bool is_of_this_process(const struct libpq_idmap *map)
{
    return map->process == process_id();
}

static void drop_connection(struct libpq_idmap *map)
{
    if (is_of_this_process(map))
        libpq_disconnect(&map->connection);
    else
        libpq_forget(&map->connection);
    map->is_limited = false;
    memset(map->prepared, 0, sizeof map->prepared);
}

static void close_libpq(void *state)
{
    struct libpq_idmap *map = state;
    drop_connection(map);
    memory_free(map->url);
    memory_free(map->options);
    memory_free(map);
}

static void release_map(struct libpq_idmap **map)
{
    if (*map != NULL)
        close_libpq(*map);
}

/* A look-up by its index is kept waiting by locks alone, and their timer costs nothing where nobody
 * waits: that of statements takes 1 us of 33. */
static char *session_options(const struct idmap_settings *settings)
{
    return libpq_session_options(settings->target, "lock_timeout", settings->timeout_ms + GRACE_MS,
                                 "");
}

static struct libpq_idmap *make_map(const struct idmap_settings *settings)
{
    SCOPED(release_map) struct libpq_idmap *map = memory_new(sizeof *map);
    if (map == NULL || (map->url = memory_copy_text(settings->target)) == NULL)
        return NULL;
    map->sql = settings->sql;
    map->ping_after_idle_ms = settings->ping_after_idle_ms;
    for (int i = 0; i < IDMAP_STATEMENT_COUNT; i++)
        snprintf(map->names[i], MAX_NAME, "cogmig_idmap_%d", i);
    snprintf(map->timeout_ms, sizeof map->timeout_ms, "%d", (int)settings->timeout_ms);
    if (!settings->through_pgbouncer)
        map->options = session_options(settings);
    if (!settings->through_pgbouncer && map->options == NULL)
        return NULL;
    struct libpq_idmap *made = map;
    map = NULL;
    return made;
}

/* The first statement connects. */
static cogmig_status open_libpq(const struct idmap_settings *settings, struct deadline deadline,
                                void **ret_state, cogmig_error *err)
{
    (void)deadline;
    *ret_state = make_map(settings);
    return *ret_state == NULL ? fail_plainly(err, COGMIG_OUT_OF_MEMORY) : COGMIG_OK;
}

static cogmig_status connect(struct libpq_idmap *map, struct deadline deadline, cogmig_error *err)
{
    if (map->connection.libpq != NULL)
        return COGMIG_OK;
    map->process = process_id();
    struct libpq_login login = {.url = map->url, .options = map->options};
    return libpq_log_in(&login, deadline, &map->connection, err);
}

static struct deadline ping_deadline(struct deadline deadline)
{
    int32_t half = deadline_left_ms(deadline) / 2;
    return deadline_in_ms(half < MAX_PING_MS ? half : MAX_PING_MS);
}

/* One that answers nothing would take all of the time, and nobody says that it was lost: a network
 * forgets connections, and a function may be frozen for long. */
static void check_connection(struct libpq_idmap *map, struct deadline deadline)
{
    int64_t now_ms = clock_steady_ms(), idle_ms = now_ms - map->asked_at_ms;
    map->asked_at_ms = now_ms;
    if (map->connection.libpq == NULL || idle_ms <= map->ping_after_idle_ms)
        return;
    if (libpq_ping(&map->connection, ping_deadline(deadline)) != COGMIG_OK)
        drop_connection(map);
}

/* ---- the statements ---- */

/* Does it take the longer the more links there are? */
static bool reads_the_table(enum idmap_statement statement)
{
    return statement == IDMAP_LIST_LINKS || statement == IDMAP_COUNT_DAYS;
}

/* From here on, unless there is a limit already. */
static cogmig_status limit_statements(struct libpq_idmap *map, struct deadline deadline,
                                      cogmig_error *err)
{
    static const char sql[] = "SELECT set_config('statement_timeout', $1, false)"
                              " WHERE current_setting('statement_timeout') = '0'";
    const char *const parameters[] = {map->timeout_ms};
    SCOPED(libpq_release_result) PGresult *result = NULL;
    cogmig_status status = libpq_run(&map->connection, sql, 1, parameters, deadline, &result, err);
    map->is_limited = status == COGMIG_OK;
    return status;
}

/* Behind PgBouncer the next statement may meet another session, which knows no names. */
static cogmig_status run_statement(struct libpq_idmap *map, const struct idmap_question *question,
                                   struct deadline deadline, PGresult **ret_result,
                                   cogmig_error *err)
{
    enum idmap_statement statement = question->statement;
    if (map->options == NULL)
        return libpq_run(&map->connection, map->sql[statement], question->parameter_count,
                         question->parameters, deadline, ret_result, err);
    cogmig_status status = COGMIG_OK;
    if (reads_the_table(statement) && !map->is_limited)
        status = limit_statements(map, deadline, err);
    const char *name = map->names[statement];
    if (status == COGMIG_OK && !map->prepared[statement]) {
        status = libpq_prepare(&map->connection, name, map->sql[statement], deadline, err);
        map->prepared[statement] = status == COGMIG_OK;
    }
    if (status != COGMIG_OK)
        return status;
    return libpq_run_prepared(&map->connection, name, question->parameter_count,
                              question->parameters, deadline, ret_result, err);
}

static bool begins(const cogmig_error *said, const char *sqlstate)
{
    return span_starts_with(span_of(cogmig_error_upstream_code(said)), sqlstate);
}

/* The statement or its plan is gone, or the server has become one that only reads: made anew, the
 * connection sees what there is. */
static bool is_outdated(const cogmig_error *said)
{
    return begins(said, "0A000") || begins(said, "26000") || begins(said, "25006");
}

/* On the connection there is, or on a new one. */
static cogmig_status run_once(struct libpq_idmap *map, const struct idmap_question *question,
                              struct deadline deadline, PGresult **ret_result, cogmig_error *err)
{
    cogmig_status status = connect(map, deadline, err);
    if (status != COGMIG_OK)
        return status;
    status = run_statement(map, question, deadline, ret_result, err);
    if (libpq_is_spent(&map->connection) || (status != COGMIG_OK && is_outdated(err)))
        drop_connection(map);
    return status;
}

/* Twice linked or unlinked is as good as once, so each may be sent again when it is not known
 * whether it was run: whoever asks looks at what is linked, not at who did it. What was rolled back
 * was not run; with transactions that are serializable each of two writers but one is told so. */
static cogmig_status run(struct libpq_idmap *map, const struct idmap_question *question,
                         struct deadline deadline, PGresult **ret_result, cogmig_error *err)
{
    if (map->connection.libpq != NULL && !is_of_this_process(map))
        drop_connection(map);
    check_connection(map, deadline);
    bool reused = map->connection.libpq != NULL;
    cogmig_status status = run_once(map, question, deadline, ret_result, err);
    if (status == COGMIG_OK)
        return COGMIG_OK;
    bool was_lost = reused && map->connection.libpq == NULL;
    if ((!was_lost && !begins(err, "40")) || deadline_passed(deadline))
        return status;
    cogmig_error_clear(err);
    return run_once(map, question, deadline, ret_result, err);
}

static cogmig_status take_rows(const PGresult *result, const struct idmap_question *question,
                               cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    for (int row = 0; row < PQntuples(result) && status == COGMIG_OK; row++) {
        struct span columns[2] = {libpq_value(result, row, 0), libpq_value(result, row, 1)};
        status = question->take(question->user_data, columns, err);
    }
    return status;
}

/* src/include/catalog/pg_type.dat: types of which no two values that differ are equal, but for a
 * UUID's spelling. Those of citext, char(n) and name take two ids for one. */
static bool is_exact(Oid type)
{
    enum {
        TYPE_INT8 = 20,
        TYPE_INT4 = 23,
        TYPE_TEXT = 25,
        TYPE_VARCHAR = 1043,
        TYPE_UUID = 2950
    };
    return type == TYPE_TEXT || type == TYPE_VARCHAR || type == TYPE_UUID || type == TYPE_INT8 ||
           type == TYPE_INT4;
}

/* Both ids are in its answer: an opening and each link see their types. Look-ups of one id, which
 * are to be quick, rely on that. */
static cogmig_status check_pairs(const PGresult *result, cogmig_error *err)
{
    return is_exact(PQftype(result, 0)) && is_exact(PQftype(result, 1))
               ? COGMIG_OK
               : fail_plainly(err, COGMIG_STORE_SCHEMA_MISMATCH);
}

/* 42P10, invalid_column_reference: no constraint fits ON CONFLICT. */
static cogmig_status with_table_faults(cogmig_status status, const cogmig_error *err)
{
    bool no_constraint = strcmp(cogmig_error_upstream_code(err), "42P10") == 0;
    return no_constraint ? COGMIG_STORE_SCHEMA_MISMATCH : status;
}

/* err  not NULL: the server's code is read from it */
static cogmig_status ask(struct libpq_idmap *map, struct idmap_question *question,
                         struct deadline deadline, cogmig_error *err)
{
    SCOPED(libpq_release_result) PGresult *result = NULL;
    cogmig_error_clear(err);
    cogmig_status status = run(map, question, deadline, &result, err);
    if (status != COGMIG_OK)
        return with_table_faults(status, err);
    if (question->statement == IDMAP_FIND_PAIRS)
        status = check_pairs(result, err);
    if (status != COGMIG_OK)
        return status;
    if (question->take != NULL)
        return take_rows(result, question, err);
    question->changed = strcmp(PQcmdTuples((PGresult *)result), "1") == 0;
    return COGMIG_OK;
}

static cogmig_status ask_libpq(void *state, struct idmap_question *question,
                               struct deadline deadline, cogmig_error *err)
{
    struct cogmig_error unread;
    cogmig_error_clear(&unread);
    return ask(state, question, deadline, err == NULL ? &unread : err);
}

/* ---- the table ---- */

/* Of several that make it at once, all but one may fail on a name that has just been taken. */
static bool was_made_meanwhile(const struct cogmig_error *said)
{
    static const char *const taken[] = {"23505", "42P07", "42710"};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (strcmp(said->upstream_code, taken[i]) == 0)
            return true;
    return false;
}

static cogmig_status install_libpq(const struct idmap_settings *settings, const char *sql,
                                   struct deadline deadline, cogmig_error *err)
{
    SCOPED(release_map) struct libpq_idmap *map = make_map(settings);
    if (map == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = connect(map, deadline, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(libpq_release_result) PGresult *result = NULL;
    struct cogmig_error said = {0};
    status = libpq_run(&map->connection, sql, 0, NULL, deadline, &result, &said);
    if (status != COGMIG_OK && was_made_meanwhile(&said))
        status = libpq_run(&map->connection, sql, 0, NULL, deadline, &result, &said);
    if (status != COGMIG_OK)
        error_copy(err, &said);
    return status;
}

const struct idmap_backend libpq_idmap_backend = {
    .takes_arrays = true,
    .install = install_libpq,
    .open = open_libpq,
    .ask = ask_libpq,
    .close = close_libpq,
};
