/* SPDX-License-Identifier: Apache-2.0
 * The questions to a store as SQL for PostgreSQL, and its rows. */
#ifndef ADAPTERS_LIBPQ_QUERY_H
#define ADAPTERS_LIBPQ_QUERY_H

#include "store/backend.h"

#include <libpq-fe.h>

enum libpq_query_kind {
    QUERY_EMAIL,
    QUERY_EMAIL_ANY_CASE,
    QUERY_ID,
    QUERY_ID_AS_TEXT, /* for a key that the column's type refuses: then no index helps */
    QUERY_COUNT
};

enum {
    QUERY_MAX_PARAMETERS = 2
};

/* The key is the parameter, as often as there are any: $1 in the column's own type, so that its
 * index is used, and $2 as text. */
struct libpq_query {
    char *sql;
    int parameter_count;
    size_t parameter_at[QUERY_MAX_PARAMETERS]; /* where $1 and $2 stand in it */
};

struct libpq_queries {
    struct libpq_query of[QUERY_COUNT];
};

/* The query with the key in it, for the simple protocol. NULL: no memory. */
char *libpq_query_with_key(const struct libpq_query *query, PGconn *connection, const char *key);

/* A query without rows that names the table and all columns. False: no memory. */
bool libpq_query_probe(const struct store_model *model, const char *own_sql,
                       struct libpq_query *query);

/* What names the columns there are: of a table, asked with its name, in rows; of the caller's own
 * SQL as the names of the result. False: no memory. */
bool libpq_query_names(const struct store_model *model, struct libpq_query *query);

/* Take what may be missing, and is by the answer to that, out of a model with borrowed names. */
void libpq_leave_out_missing(struct store_model *model, const PGresult *names);

struct libpq_shape {
    const PGresult *probe; /* the result of libpq_query_probe(): it tells the columns' types */
    bool times_are_utc;    /* the session writes times in ISO 8601 and UTC */
};

bool libpq_queries_make(struct libpq_queries *queries, const struct store_model *model,
                        const struct libpq_shape *shape);
void libpq_queries_release(struct libpq_queries *queries);

/* model  as the query was made from */
cogmig_status libpq_query_read_rows(const PGresult *result, const struct store_model *model,
                                    cogmig_store_answer *answer, cogmig_error *err);

#endif
