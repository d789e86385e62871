/* SPDX-License-Identifier: Apache-2.0
 * What PostgreSQL and libpq say, as a status and a sentence. */
#ifndef ADAPTERS_LIBPQ_ERROR_H
#define ADAPTERS_LIBPQ_ERROR_H

#include <cogmig/error.h>
#include <libpq-fe.h>

/* sqlstate  "" when the server said none */
cogmig_status libpq_status_of(const char *sqlstate);

cogmig_status libpq_fail_to_connect(const PGconn *connection, cogmig_error *err);

/* The connection failed, rather than the statement. */
cogmig_status libpq_fail_connection(const PGconn *connection, cogmig_error *err);

cogmig_status libpq_fail_result(const PGconn *connection, const PGresult *result,
                                cogmig_error *err);

#endif
