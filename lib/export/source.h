/* SPDX-License-Identifier: Apache-2.0
 * Where users come from, row by row, and what a value is. */
#ifndef EXPORT_SOURCE_H
#define EXPORT_SOURCE_H

#include "base/span.h"
#include "store/backend.h"
#include "store/timestamp.h"

#include <cogmig/error.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    /* That of the id, and those by which a user is disabled or skipped, are read unasked. */
    EXPORT_MAX_UNASKED = 1 + 2 * MODEL_MAX_FLAGS + 1,
    EXPORT_MAX_COLUMNS = 64,
    EXPORT_MAX_WANTED = EXPORT_MAX_COLUMNS - EXPORT_MAX_UNASKED
};

enum export_value_kind {
    VALUE_NULL,
    VALUE_MISSING, /* the table has no such column, and need not */
    VALUE_TEXT,    /* not checked for UTF-8 yet */
    VALUE_FLAG,
    VALUE_TIME
};

/* PostgreSQL's infinity and -infinity. */
#define TIME_INFINITE INT64_MAX
#define TIME_MINUS_INFINITE INT64_MIN

struct export_value {
    enum export_value_kind kind;
    bool flag;
    int64_t unix_ms;
    struct span text;
};

/* Called while there is nothing to do but wait, unless it is NULL; other than COGMIG_OK: give up.
 */
struct export_watch {
    cogmig_status (*look)(void *user_data, cogmig_error *err);
    void *user_data;
};

/* Two values behind those of the columns: the address in lower case, by which rows are ordered
 * then, and what kind of hash there is. That is its beginning, "#" and its length: the scheme and
 * the cost are in it, salt and hash are not. */
struct source_survey {
    const char *email;
    const char *password;
};

enum {
    SURVEY_VALUES = 2
};

struct source_request {
    const char *target; /* as in struct backend_settings */
    const struct store_model *model;
    const char *const *columns; /* names in the database; the first is that of the id */
    const bool *optional;       /* for each: may it be missing? */
    size_t column_count;
    const struct source_survey *survey; /* NULL: none */
    bool ordered;                       /* by id */
    int64_t limit;                      /* 0: none */
    const char *after;                  /* NULL: from the beginning */
    int32_t shard, shards;
    int32_t timeout_ms; /* for connecting; rows may take as long as they want */
    cogmig_store_password_fn password;
    void *password_user_data;
    struct export_watch watch;
};

struct source_facts {
    int64_t snapshot_unix_ms;
    int64_t estimate; /* of rows, -1: unknown */
};

/* One snapshot of the table. */
struct source {
    cogmig_status (*open)(const struct source_request *request, void **ret_state,
                          struct source_facts *ret_facts, cogmig_error *err);

    /* Values are good until the next call. No more rows: ret_any is false. */
    cogmig_status (*next)(void *state, struct export_value *values, bool *ret_any,
                          cogmig_error *err);

    void (*close)(void *state);
};

/* That of the database which the configuration names.
 *
 * Errors: CONFIG_INCOMPLETE, CONFIG_INVALID. */
cogmig_status export_source_of(const cogmig_store_config *store, const struct source **ret_source,
                               cogmig_error *err);

/* For the adapters: ", value, value", and " ORDER BY …". */
void survey_add_values(struct buffer *sql, const struct source_survey *survey);
void survey_add_order(struct buffer *sql, const struct source_survey *survey);

extern const struct source libpq_source;
#ifdef COGMIG_SQLITE
extern const struct source sqlite_source;
#endif

enum {
    EXPORT_LOOK_MS = 250
};

#endif
