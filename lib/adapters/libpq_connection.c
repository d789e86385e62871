/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/libpq_connection.h"

#include "adapters/libpq_error.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "status/error.h"

#include <poll.h>

void libpq_disconnect(struct libpq_connection *connection)
{
    PQfinish(connection->libpq);
    libpq_forget(connection);
}

void libpq_forget(struct libpq_connection *connection)
{
    connection->libpq = NULL;
    alarm_release(&connection->alarm);
}

void libpq_release_result(PGresult **result)
{
    PQclear(*result);
    *result = NULL;
}

static void ignore_notice(void *user_data, const PGresult *notice)
{
    (void)user_data;
    (void)notice;
}

static cogmig_status finish_connecting(struct libpq_connection *connection,
                                       struct deadline deadline, cogmig_error *err)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    if (PQstatus(connection->libpq) == CONNECTION_BAD)
        state = PGRES_POLLING_FAILED;
    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED)
            return libpq_fail_to_connect(connection->libpq, err);
        short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (!alarm_wait(&connection->alarm, PQsocket(connection->libpq), events, deadline))
            return fail(err, COGMIG_DEADLINE_EXCEEDED,
                        "PostgreSQL did not accept a connection in time; check host and port, and "
                        "whether a firewall swallows the packets.");
        state = PQconnectPoll(connection->libpq);
    }
    return COGMIG_OK;
}

cogmig_status libpq_connect(const char *const *keywords, const char *const *values,
                            struct deadline deadline, struct libpq_connection *ret_connection,
                            cogmig_error *err)
{
    const int dbname_is_a_url = 1;
    SCOPED(libpq_disconnect)
    struct libpq_connection made = {.libpq =
                                        PQconnectStartParams(keywords, values, dbname_is_a_url)};
    if (made.libpq == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    alarm_make(&made.alarm);
    PQsetNoticeReceiver(made.libpq, ignore_notice, NULL);
    PQsetErrorVerbosity(made.libpq, PQERRORS_VERBOSE); /* a refusal's SQLSTATE is only there */
    cogmig_status status = finish_connecting(&made, deadline, err);
    if (status == COGMIG_OK && PQsetnonblocking(made.libpq, 1) != 0)
        status = libpq_fail_to_connect(made.libpq, err);
    if (status != COGMIG_OK)
        return status;
    *ret_connection = made;
    made = (struct libpq_connection){.libpq = NULL};
    return COGMIG_OK;
}

static cogmig_status fail_too_slow(cogmig_error *err)
{
    return fail(err, COGMIG_DEADLINE_EXCEEDED,
                "PostgreSQL did not answer in time; is the table locked, or its e-mail column "
                "without an index?");
}

static cogmig_status send_all(struct libpq_connection *connection, struct deadline deadline,
                              cogmig_error *err)
{
    int unsent;
    while ((unsent = PQflush(connection->libpq)) == 1) {
        if (!alarm_wait(&connection->alarm, PQsocket(connection->libpq), POLLIN | POLLOUT,
                        deadline))
            return fail_too_slow(err);
        if (PQconsumeInput(connection->libpq) != 1)
            return libpq_fail_connection(connection->libpq, err);
    }
    return unsent == 0 ? COGMIG_OK : libpq_fail_connection(connection->libpq, err);
}

static cogmig_status receive(struct libpq_connection *connection, struct deadline deadline,
                             cogmig_error *err)
{
    while (PQisBusy(connection->libpq)) {
        if (!alarm_wait(&connection->alarm, PQsocket(connection->libpq), POLLIN, deadline))
            return fail_too_slow(err);
        if (PQconsumeInput(connection->libpq) != 1)
            return libpq_fail_connection(connection->libpq, err);
    }
    return COGMIG_OK;
}

/* Rows, or a statement that has none, or no statement at all. */
static bool is_good(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_TUPLES_OK ||
           PQresultStatus(result) == PGRES_COMMAND_OK ||
           PQresultStatus(result) == PGRES_EMPTY_QUERY;
}

/* A row that nobody was given may hold a hash all the same. */
static void release_unread(PGresult **result)
{
    for (int row = 0; row < PQntuples(*result); row++)
        for (int column = 0; column < PQnfields(*result); column++)
            memory_wipe(PQgetvalue(*result, row, column),
                        (size_t)PQgetlength(*result, row, column));
    PQclear(*result);
}

static void swap(PGresult **a, PGresult **b)
{
    PGresult *was = *a;
    *a = *b;
    *b = was;
}

/* The server tells what a statement did before it commits that: the answer counts only once nothing
 * failed behind it. Of what failed the first says why, the rest that the connection ends.
 * PostgreSQL manual, "Extended Query": the transaction is closed at Sync. */
static cogmig_status receive_all(struct libpq_connection *connection, struct deadline deadline,
                                 PGresult **ret_result, cogmig_error *err)
{
    for (;;) {
        cogmig_status status = receive(connection, deadline, err);
        if (status != COGMIG_OK)
            return status;
        SCOPED(release_unread) PGresult *result = PQgetResult(connection->libpq);
        if (result == NULL)
            return COGMIG_OK;
        if (*ret_result == NULL || (is_good(*ret_result) && !is_good(result)))
            swap(ret_result, &result);
    }
}

/* What was queued goes out, and its answer comes in. */
static cogmig_status finish(struct libpq_connection *connection, int queued,
                            struct deadline deadline, PGresult **ret_result, cogmig_error *err)
{
    if (queued != 1)
        return libpq_fail_connection(connection->libpq, err);
    SCOPED(release_unread) PGresult *result = NULL;
    cogmig_status status = send_all(connection, deadline, err);
    if (status == COGMIG_OK)
        status = receive_all(connection, deadline, &result, err);
    if (result != NULL && !is_good(result))
        return libpq_fail_result(connection->libpq, result, err);
    if (status != COGMIG_OK)
        return status;
    *ret_result = result;
    result = NULL;
    return COGMIG_OK;
}

enum {
    AS_TEXT = 0
};

cogmig_status libpq_run(struct libpq_connection *connection, const char *sql, int parameter_count,
                        const char *const *parameters, struct deadline deadline,
                        PGresult **ret_result, cogmig_error *err)
{
    int queued = PQsendQueryParams(connection->libpq, sql, parameter_count, NULL, parameters, NULL,
                                   NULL, AS_TEXT);
    return finish(connection, queued, deadline, ret_result, err);
}

cogmig_status libpq_prepare(struct libpq_connection *connection, const char *name, const char *sql,
                            struct deadline deadline, cogmig_error *err)
{
    SCOPED(libpq_release_result) PGresult *result = NULL;
    return finish(connection, PQsendPrepare(connection->libpq, name, sql, 0, NULL), deadline,
                  &result, err);
}

cogmig_status libpq_run_prepared(struct libpq_connection *connection, const char *name,
                                 int parameter_count, const char *const *parameters,
                                 struct deadline deadline, PGresult **ret_result, cogmig_error *err)
{
    int queued = PQsendQueryPrepared(connection->libpq, name, parameter_count, parameters, NULL,
                                     NULL, AS_TEXT);
    return finish(connection, queued, deadline, ret_result, err);
}

cogmig_status libpq_run_simple(struct libpq_connection *connection, const char *sql,
                               struct deadline deadline, PGresult **ret_result, cogmig_error *err)
{
    return finish(connection, PQsendQuery(connection->libpq, sql), deadline, ret_result, err);
}

cogmig_status libpq_ping(struct libpq_connection *connection, struct deadline deadline)
{
    SCOPED(libpq_release_result) PGresult *result = NULL;
    return finish(connection, PQsendQuery(connection->libpq, ""), deadline, &result, NULL);
}

bool libpq_is_spent(const struct libpq_connection *connection)
{
    return PQtransactionStatus(connection->libpq) != PQTRANS_IDLE;
}

struct span libpq_value(const PGresult *result, int row, int column)
{
    if (column >= PQnfields(result) || PQgetisnull(result, row, column))
        return (struct span){NULL, 0};
    return (struct span){PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
}
