/* SPDX-License-Identifier: Apache-2.0
 * One connection to PostgreSQL, of which no step outlasts its deadline. */
#ifndef ADAPTERS_LIBPQ_CONNECTION_H
#define ADAPTERS_LIBPQ_CONNECTION_H

#include "base/clock.h"
#include "base/span.h"

#include <cogmig/error.h>
#include <libpq-fe.h>
#include <stdbool.h>

#define LIBPQ_APPLICATION_NAME "cogmig"

/* Keywords and values are those of PQconnectStartParams(); dbname is a URL. */
cogmig_status libpq_connect(const char *const *keywords, const char *const *values,
                            struct deadline deadline, PGconn **ret_connection, cogmig_error *err);

/* Run one statement with parameters as text. */
cogmig_status libpq_run(PGconn *connection, const char *sql, int parameter_count,
                        const char *const *parameters, struct deadline deadline,
                        PGresult **ret_result, cogmig_error *err);

/* The same with a statement that was prepared on this connection under a name. */
cogmig_status libpq_prepare(PGconn *connection, const char *name, const char *sql,
                            struct deadline deadline, cogmig_error *err);
cogmig_status libpq_run_prepared(PGconn *connection, const char *name, int parameter_count,
                                 const char *const *parameters, struct deadline deadline,
                                 PGresult **ret_result, cogmig_error *err);

/* Run one statement without parameters in the simple protocol. */
cogmig_status libpq_run_simple(PGconn *connection, const char *sql, struct deadline deadline,
                               PGresult **ret_result, cogmig_error *err);

/* Does the server answer? */
cogmig_status libpq_ping(PGconn *connection, struct deadline deadline);

/* Lost, or left in the middle of a statement. */
bool libpq_is_spent(const PGconn *connection);

/* NULL for a NULL, and for a column that there is not. */
struct span libpq_value(const PGresult *result, int row, int column);

/* For SCOPED(). */
void libpq_release_connection(PGconn **connection);
void libpq_release_result(PGresult **result);

#endif
