/* SPDX-License-Identifier: Apache-2.0
 * Every user of a store, row by row, and what a value is. */
#ifndef STORE_SCAN_H
#define STORE_SCAN_H

#include "store/scan_columns.h"
#include "store/timestamp.h"

#include <cogmig/error.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    SCAN_SURVEY_VALUES = 2,
    SCAN_LOOK_MS = 250
};

enum scan_value_kind {
    VALUE_NULL,
    VALUE_MISSING, /* the table has no such column, and need not */
    VALUE_TEXT,    /* not checked for UTF-8 yet */
    VALUE_FLAG,
    VALUE_TIME
};

/* PostgreSQL's infinity and -infinity. */
#define TIME_INFINITE INT64_MAX
#define TIME_MINUS_INFINITE INT64_MIN

struct scan_value {
    enum scan_value_kind kind;
    bool flag;
    bool is_integer; /* for the database, whatever the kind; its digits are in text */
    int64_t unix_ms;
    struct span text;
};

/* Called while there is nothing to do but wait, unless it is NULL; other than COGMIG_OK: give up.
 */
struct scan_watch {
    cogmig_status (*look)(void *user_data, cogmig_error *err);
    void *user_data;
};

struct scan_request {
    const char *target; /* as in struct backend_settings */
    const struct store_model *model;
    const struct scan_columns *columns;

    /* Two values behind those of the columns: the address in lower case, by which rows are ordered
     * then, and what kind of hash there is. That is its beginning, "#" and its length: the scheme
     * and the cost are in it, salt and hash are not. Without it no hash is asked for at all. */
    bool survey;

    bool ordered;      /* by id */
    int64_t limit;     /* 0: none */
    const char *after; /* NULL: from the beginning */
    int32_t shard, shards;
    int32_t timeout_ms; /* for connecting; rows may take as long as they want */
    cogmig_store_password_fn password;
    void *password_user_data;
    struct scan_watch watch;
};

struct scan_facts {
    int64_t snapshot_unix_ms;
    int64_t estimate; /* of rows, -1: unknown */
};

/* One snapshot of the table. */
struct scan {
    cogmig_status (*open)(const struct scan_request *request, void **ret_state,
                          struct scan_facts *ret_facts, cogmig_error *err);

    /* Values are good until the next call. No more rows: ret_any is false. */
    cogmig_status (*next)(void *state, struct scan_value *values, bool *ret_any, cogmig_error *err);

    void (*close)(void *state);
};

/* That of the database which the configuration names.
 *
 * Errors: CONFIG_INCOMPLETE, CONFIG_INVALID. */
cogmig_status scan_of_store(const cogmig_store_config *store, const struct scan **ret_scan,
                            cogmig_error *err);

/* A request for all rows of the configuration's store; model and columns are borrowed. */
struct scan_request scan_request_of(const cogmig_store_config *store,
                                    const struct store_model *model,
                                    const struct scan_columns *columns);

/* For the adapters: ", value, value", and " ORDER BY …". A hash in PostgreSQL's bytea is read as
 * the text that its bytes are, which SQLite does by itself. */
void scan_survey_add_values(struct buffer *sql, const struct store_model *model,
                            bool hash_is_bytes);
void scan_survey_add_order(struct buffer *sql, const struct store_model *model);

/* What is read from, with the table of the hashes beside it where the survey needs it. */
void scan_add_source(struct buffer *sql, const struct scan_request *request);

extern const struct scan libpq_scan;
#ifdef COGMIG_SQLITE
extern const struct scan sqlite_scan;
#endif

#endif
