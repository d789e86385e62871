/* SPDX-License-Identifier: Apache-2.0
 * The store in PostgreSQL: one connection, made again when it was lost. */
#include "adapters/libpq_connection.h"
#include "adapters/libpq_query.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"
#include "store/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct libpq_store {
    char *url;
    char *options; /* NULL: the session must be left as it is */
    struct libpq_queries queries;
    PGconn *connection; /* NULL: none at the moment */
};

static void release_options(PQconninfoOption **options)
{
    PQconninfoFree(*options);
}

static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

/* A password whose slash, question mark or at sign is not encoded ends up in other places of the
 * URL, first of all in the port, and libpq's messages repeat those. */
static bool is_port_list(const char *port)
{
    return port == NULL || port[strspn(port, "0123456789,")] == '\0';
}

static cogmig_status check_url(const char *url, cogmig_error *err)
{
    char *words = NULL;
    SCOPED(release_options) PQconninfoOption *options = PQconninfoParse(url, &words);
    PQfreemem(words); /* never shown: it may repeat the password */
    if (options == NULL)
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "libpq cannot read the store's URL: it looks like "
                    "postgresql://user:password@host:5432/database?parameter=value, special "
                    "characters are percent-encoded, and each parameter must be one of libpq's.");
    if (!is_port_list(option_value(options, "port")))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL has a port that is not a number; is @host missing, or a "
                    "special character of the password not percent-encoded?");
    return COGMIG_OK;
}

/* What the URL or the environment asks for is kept, except that nothing is ever written. */
static char *session_options(const char *url, int32_t timeout_ms)
{
    SCOPED(release_options) PQconninfoOption *options = PQconninfoParse(url, NULL);
    const char *given = options == NULL ? NULL : option_value(options, "options");
    if (given == NULL)
        given = getenv("PGOPTIONS");
    char timeout[64];
    snprintf(timeout, sizeof timeout, "-c statement_timeout=%d ", (int)timeout_ms);
    SCOPED(buffer_release) struct buffer text = buffer_with_max(16 * 1024);
    buffer_add_text(&text, timeout);
    buffer_add_text(&text, given == NULL ? "" : given);
    buffer_add_text(&text, " -c default_transaction_read_only=on");
    return buffer_take(&text, NULL);
}

static void drop_connection(struct libpq_store *store)
{
    PQfinish(store->connection);
    store->connection = NULL;
}

/* On the connection there is, or on a new one. */
static cogmig_status run_once(struct libpq_store *store, const char *sql, int parameter_count,
                              const char *const *parameters, struct deadline deadline,
                              PGresult **ret_result, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    if (store->connection == NULL)
        status = libpq_connect(store->url, store->options, deadline, &store->connection, err);
    if (status != COGMIG_OK)
        return status;
    status =
        libpq_run(store->connection, sql, parameter_count, parameters, deadline, ret_result, err);
    if (libpq_is_spent(store->connection))
        drop_connection(store);
    return status;
}

/* All statements only read, so one may be sent again when it is not known whether it was run. */
static cogmig_status run(struct libpq_store *store, const char *sql, int parameter_count,
                         const char *const *parameters, struct deadline deadline,
                         PGresult **ret_result, cogmig_error *err)
{
    bool reused = store->connection != NULL;
    cogmig_status status =
        run_once(store, sql, parameter_count, parameters, deadline, ret_result, err);
    bool was_lost = reused && status != COGMIG_OK && store->connection == NULL;
    if (!was_lost || deadline_passed(deadline))
        return status;
    cogmig_error_clear(err);
    return run_once(store, sql, parameter_count, parameters, deadline, ret_result, err);
}

static void close_libpq(void *state)
{
    struct libpq_store *store = state;
    drop_connection(store);
    libpq_queries_release(&store->queries);
    memory_free(store->url);
    memory_free(store->options);
    memory_free(store);
}

static void release_store(struct libpq_store **store)
{
    if (*store != NULL)
        close_libpq(*store);
}

static struct libpq_store *make_store(const struct backend_settings *settings)
{
    SCOPED(release_store) struct libpq_store *store = memory_new(sizeof *store);
    if (store == NULL || (store->url = memory_copy_text(settings->target)) == NULL)
        return NULL;
    if (!settings->through_pgbouncer)
        store->options = session_options(settings->target, settings->timeout_ms);
    if (!settings->through_pgbouncer && store->options == NULL)
        return NULL;
    struct libpq_store *made = store;
    store = NULL;
    return made;
}

static cogmig_status prove_model(struct libpq_store *store, const struct store_model *model,
                                 struct deadline deadline, cogmig_error *err)
{
    SCOPED(memory_release) char *sql = libpq_query_probe(model);
    SCOPED(libpq_release_result) PGresult *probe = NULL;
    if (sql == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = run(store, sql, 0, NULL, deadline, &probe, err);
    if (status == COGMIG_OK && !libpq_queries_make(&store->queries, model, probe))
        status = fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    return status;
}

static cogmig_status open_libpq(const struct backend_settings *settings, struct deadline deadline,
                                void **ret_state, cogmig_error *err)
{
    SCOPED(release_store) struct libpq_store *store = make_store(settings);
    if (store == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    cogmig_status status = prove_model(store, settings->model, deadline, err);
    if (status != COGMIG_OK)
        return status;
    *ret_state = store;
    store = NULL;
    return COGMIG_OK;
}

/* The database's encoding cannot hold it, so no row can either. */
static bool key_cannot_be_stored(struct libpq_store *store, const char *key,
                                 struct deadline deadline, const struct cogmig_error *said)
{
    static const char untranslatable_character[] = "22P05";
    if (strcmp(said->upstream_code, untranslatable_character) != 0)
        return false;
    struct cogmig_error of_key_alone = {0};
    SCOPED(libpq_release_result) PGresult *result = NULL;
    run(store, "SELECT $1::text", 1, &key, deadline, &result, &of_key_alone);
    return strcmp(of_key_alone.upstream_code, untranslatable_character) == 0;
}

static cogmig_status ask(struct libpq_store *store, enum libpq_query_kind kind, const char *key,
                         struct deadline deadline, cogmig_store_answer *answer,
                         struct cogmig_error *said)
{
    const char *const parameters[] = {key, key};
    SCOPED(libpq_release_result) PGresult *result = NULL;
    cogmig_status status = run(store, store->queries.sql[kind], libpq_query_parameter_count(kind),
                               parameters, deadline, &result, said);
    if (status == COGMIG_OK)
        return libpq_query_read_rows(result, answer, said);
    return key_cannot_be_stored(store, key, deadline, said) ? COGMIG_OK : status;
}

/* "abc" is no bigint and "1e999" no integer, but that nobody has it, the column as text says. */
static bool key_is_not_of_the_columns_type(cogmig_status status, const struct cogmig_error *said)
{
    static const char data_exception[] = "22";
    return status == COGMIG_STORE_QUERY_FAILED &&
           span_starts_with(span_of(said->upstream_code), data_exception);
}

static cogmig_status ask_for_id(struct libpq_store *store, const char *key,
                                struct deadline deadline, cogmig_store_answer *answer,
                                struct cogmig_error *said)
{
    cogmig_status status = ask(store, QUERY_ID, key, deadline, answer, said);
    if (key_is_not_of_the_columns_type(status, said))
        status = ask(store, QUERY_ID_AS_TEXT, key, deadline, answer, said);
    return status;
}

static cogmig_status find_in_libpq(void *state, int32_t question, struct span key,
                                   struct deadline deadline, cogmig_store_answer *answer,
                                   cogmig_error *err)
{
    struct cogmig_error said = {0};
    cogmig_status status;
    if (question == COGMIG_FIND_BY_ID)
        status = ask_for_id(state, key.bytes, deadline, answer, &said);
    else
        status = ask(state, question == COGMIG_FIND_BY_EMAIL ? QUERY_EMAIL : QUERY_EMAIL_ANY_CASE,
                     key.bytes, deadline, answer, &said);
    if (status != COGMIG_OK)
        error_copy(err, &said);
    return status;
}

const struct backend libpq_backend = {
    .concurrent = false,
    .check = check_url,
    .open = open_libpq,
    .find = find_in_libpq,
    .close = close_libpq,
};
