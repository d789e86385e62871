/* SPDX-License-Identifier: Apache-2.0
 * One connection to PostgreSQL, of which no step outlasts its deadline. */
#ifndef ADAPTERS_LIBPQ_CONNECTION_H
#define ADAPTERS_LIBPQ_CONNECTION_H

#include "base/alarm.h"
#include "base/clock.h"
#include "base/span.h"

#include <cogmig/error.h>
#include <libpq-fe.h>
#include <stdbool.h>

#define LIBPQ_APPLICATION_NAME "cogmig"

/* All zero: none. */
struct libpq_connection {
    PGconn *libpq;
    struct alarm alarm; /* of all its waits */
};

/* Keywords and values are those of PQconnectStartParams(); dbname is a URL. */
cogmig_status libpq_connect(const char *const *keywords, const char *const *values,
                            struct deadline deadline, struct libpq_connection *ret_connection,
                            cogmig_error *err);

/* Leave the server, if there is a connection; there is none afterwards. */
void libpq_disconnect(struct libpq_connection *connection);

/* In a forked child: forget the parent's, whom even a polite good-bye would disturb. */
void libpq_forget(struct libpq_connection *connection);

/* Run one statement with parameters as text. */
cogmig_status libpq_run(struct libpq_connection *connection, const char *sql, int parameter_count,
                        const char *const *parameters, struct deadline deadline,
                        PGresult **ret_result, cogmig_error *err);

/* The same with a statement that was prepared on this connection under a name. */
cogmig_status libpq_prepare(struct libpq_connection *connection, const char *name, const char *sql,
                            struct deadline deadline, cogmig_error *err);
cogmig_status libpq_run_prepared(struct libpq_connection *connection, const char *name,
                                 int parameter_count, const char *const *parameters,
                                 struct deadline deadline, PGresult **ret_result,
                                 cogmig_error *err);

/* Run one statement without parameters in the simple protocol. */
cogmig_status libpq_run_simple(struct libpq_connection *connection, const char *sql,
                               struct deadline deadline, PGresult **ret_result, cogmig_error *err);

/* Does the server answer? */
cogmig_status libpq_ping(struct libpq_connection *connection, struct deadline deadline);

/* Lost, or left in the middle of a statement. */
bool libpq_is_spent(const struct libpq_connection *connection);

/* NULL for a NULL, and for a column that there is not. */
struct span libpq_value(const PGresult *result, int row, int column);

/* For SCOPED(). */
void libpq_release_result(PGresult **result);

#endif
