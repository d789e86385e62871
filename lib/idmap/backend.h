/* SPDX-License-Identifier: Apache-2.0
 * What every kind of database implements to hold the map. */
#ifndef IDMAP_BACKEND_H
#define IDMAP_BACKEND_H

#include "base/clock.h"
#include "base/span.h"

#include <cogmig/error.h>
#include <stdbool.h>

/* Their parameters: $1 is the pool, the others are ids in the order of the columns. What something
 * was found by comes behind it, or not at all. */
enum idmap_statement {
    IDMAP_FIND_SUB,        /* of $2, a legacy id */
    IDMAP_FIND_LEGACY_ID,  /* of $2, a sub */
    IDMAP_FIND_PAIRS,      /* with the legacy id $2 or the sub $3: at most two rows */
    IDMAP_LINK,            /* changes one row, or none when either side is taken */
    IDMAP_UNLINK,          /* changes one row, or none */
    IDMAP_PROVE_LEGACY_ID, /* fails unless (pool, legacy id) is unique; does nothing */
    IDMAP_PROVE_SUB,       /* the same for (pool, sub) */
    IDMAP_LIST_LINKS,      /* some of them, behind the legacy id $2 */
    IDMAP_COUNT_DAYS,      /* days and how many links were made on each */
    IDMAP_FIND_SUBS,       /* of $2, an array; a row for each, NULLs where there is none */
    IDMAP_FIND_LEGACY_IDS, /* the same */
    IDMAP_SINGLE_STATEMENTS = IDMAP_FIND_SUBS, /* those before it every database has */
    IDMAP_STATEMENT_COUNT = IDMAP_FIND_LEGACY_IDS + 1
};

enum {
    IDMAP_MAX_PARAMETERS = 3
};

struct idmap_settings {
    const char *target; /* a URL for libpq, a path for SQLite */
    bool through_pgbouncer;
    int32_t timeout_ms;
    int32_t ping_after_idle_ms;
    char *const *sql; /* by enum idmap_statement; outlives what is opened */
};

/* A row's two columns; no bytes: NULL. Valid during the call. */
typedef cogmig_status (*idmap_row_fn)(void *user_data, const struct span *columns,
                                      cogmig_error *err);

struct idmap_question {
    enum idmap_statement statement;
    const char *parameters[IDMAP_MAX_PARAMETERS];
    int parameter_count;
    idmap_row_fn take; /* NULL: no rows come */
    void *user_data;
    bool changed; /* out: a row was */
};

struct idmap_backend {
    bool takes_arrays;

    /* Run one statement that makes the table. */
    cogmig_status (*install)(const struct idmap_settings *settings, const char *sql,
                             struct deadline deadline, cogmig_error *err);

    /* Everything that settings point to is gone afterwards, except for sql. */
    cogmig_status (*open)(const struct idmap_settings *settings, struct deadline deadline,
                          void **ret_state, cogmig_error *err);

    /* One at a time. STORE_SCHEMA_MISMATCH: the table is not there, or not as it must be. */
    cogmig_status (*ask)(void *state, struct idmap_question *question, struct deadline deadline,
                         cogmig_error *err);

    void (*close)(void *state);
};

extern const struct idmap_backend libpq_idmap_backend;
#ifdef COGMIG_SQLITE
extern const struct idmap_backend sqlite_idmap_backend;
#endif

#endif
