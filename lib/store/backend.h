/* SPDX-License-Identifier: Apache-2.0
 * What every kind of store implements, and what it is given to work with. */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/span.h"

#include <cogmig/store.h>

/* In the order in which a query selects them. */
enum store_column {
    COLUMN_ID,
    COLUMN_EMAIL,
    COLUMN_NAME,
    COLUMN_PASSWORD,
    COLUMN_EMAIL_VERIFIED,
    COLUMN_CREATED_AT,
    COLUMN_UPDATED_AT,
    COLUMN_COUNT
};

enum {
    MODEL_MAX_FLAGS = 8,
    MODEL_MAX_ATTRIBUTES = 25
};

/* A column that tells that a user is disabled. */
struct store_flag {
    char *column;
    int32_t when; /* COGMIG_DISABLED_WHEN_* */
    char *until;  /* a column with the time until when it does; NULL: for good */
    bool optional;
};

/* A column that becomes an attribute of Cognito's. */
struct store_attribute {
    char *name;
    char *column;
};

/* Where the hash is, if not in the user's table. */
struct store_password_table {
    char *table; /* NULL: in the user's */
    char *user_column;
    char *provider_column; /* NULL: all rows count; else those in which it is provider */
    char *provider;
};

/* Names in the database. NULL: no schema is named, there is no such column. */
struct store_model {
    char *schema;
    char *table;
    char *columns[COLUMN_COUNT];
    unsigned optional; /* a bit for each column that may be missing */
    struct store_flag flags[MODEL_MAX_FLAGS];
    size_t flag_count;
    char *skipped; /* a column that may be missing; rows in which it is true stand for nobody */
    struct store_attribute attributes[MODEL_MAX_ATTRIBUTES];
    size_t attribute_count;
    struct store_password_table password;
    char *sql_by_email, *sql_by_id; /* the caller's own, in place of the table */
};

bool model_has_optional_names(const struct store_model *model);

/* Take what may be missing, and is, out of a model whose names are borrowed. */
void model_leave_out_missing(struct store_model *model,
                             bool (*has)(const void *names, const char *), const void *names);

/* All that they point to outlives what is made from them. */
struct backend_settings {
    const struct store_model *model;
    const char *target; /* a URL for libpq, a path for SQLite */
    int32_t pooler;     /* COGMIG_POOLER_*: what a server between here and there does not take */
    int32_t timeout_ms;
    cogmig_store_find_fn find;
    void *user_data;
    cogmig_store_password_fn password;
    void *password_user_data;
};

enum {
    STORE_MAX_KEY = 2048,
    STORE_MAX_VALUE = 64 * 1024, /* of one column */
    STORE_MAX_ROWS = 3,          /* enough to tell one from several */
    STORE_MAX_CASES = 17         /* rows whose address is the same but for case; more are refused */
};

/* A row as the database has it; no bytes: NULL. COLUMN_EMAIL_VERIFIED is not used: what counts as
 * verified depends on the column's type, so the backend says it. */
struct store_row {
    struct span values[COLUMN_COUNT];
    bool email_verified;
    bool disabled;
    struct {
        const char *name;
        struct span value;
    } attributes[MODEL_MAX_ATTRIBUTES];
    size_t attribute_count;
};

/* Check a row and take a copy of it. */
cogmig_status answer_add_row(cogmig_store_answer *answer, const struct store_row *row,
                             cogmig_error *err);

/* Is that text a "yes": true, t, yes, 1, or a date? */
bool verified_by_text(struct span text);

/* A name as an SQL identifier, quoted. */
void sql_add_identifier(struct buffer *sql, const char *name);

/* The table with its schema, and its alias u: a qualified column (u."email") can be taken neither
 * for a string, as SQLite would, nor for a row, as PostgreSQL would. */
void sql_add_table(struct buffer *sql, const struct store_model *model);
void sql_add_table_name(struct buffer *sql, const struct store_model *model); /* without it */

/* What is read from: the table, with that of the hashes beside it as p, or the caller's SQL. */
void sql_add_source(struct buffer *sql, const struct store_model *model, const char *own_sql);
void sql_add_name(struct buffer *sql, const char *alias, const char *column);

/* The caller's own SQL for COGMIG_FIND_BY_*, or NULL. */
const char *sql_of_question(const struct store_model *model, int32_t question);
void sql_add_column(struct buffer *sql, const struct store_model *model, enum store_column column);

/* What a question leaves behind. */
struct aftermath {
    bool lost;          /* the connection can be used no more */
    bool others_too;    /* nor can those that were made before */
    bool may_ask_again; /* it failed for the connection's sake, and asking twice does no harm */
};

typedef void (*describe_fn)(void *data, const char *schema, const char *table, const char *text,
                            bool is_index);

struct backend {
    /* Can the target be understood? NULL when there is nothing to check. */
    cogmig_status (*check)(const char *target, cogmig_error *err);

    cogmig_status (*open)(const struct backend_settings *settings, void **ret_state,
                          cogmig_error *err);
    void (*close)(void *state);

    /* Every column by its name and every index as SQL, of what is no system's; on a connection of
     * its own. NULL: there is nothing to describe. */
    cogmig_status (*describe)(const struct backend_settings *settings, struct deadline deadline,
                              describe_fn take, void *data, cogmig_error *err);

    /* Make a connection, and prove that table and columns are there. NULL: there are none, any
     * number of threads may ask the state itself. */
    cogmig_status (*connect)(void *state, struct deadline deadline, void **ret_connection,
                             cogmig_error *err);
    void (*disconnect)(void *connection);

    /* Did an idle connection hear anything? It costs next to nothing to ask. */
    bool (*has_news)(void *connection);
    cogmig_status (*ping)(void *connection, struct deadline deadline);

    /* Add whoever fits, at most STORE_MAX_ROWS and those that equal the key to the byte first.
     * question is COGMIG_FIND_BY_*, key is checked and NUL-terminated. */
    cogmig_status (*find)(void *connection, int32_t question, struct span key,
                          struct deadline deadline, cogmig_store_answer *answer,
                          struct aftermath *aftermath, cogmig_error *err);
};

extern const struct backend libpq_backend;
extern const struct backend callback_backend;
#ifdef COGMIG_SQLITE
extern const struct backend sqlite_backend;
#endif

#endif
