/* SPDX-License-Identifier: Apache-2.0
 * The identity map in an SQLite file. */
#include "adapters/sqlite_file.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "base/process.h"
#include "idmap/backend.h"
#include "status/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct sqlite_idmap {
    sqlite3 *db;
    pid_t process; /* that opened it */
    char *const *sql;
    sqlite3_stmt *prepared[IDMAP_SINGLE_STATEMENTS]; /* made when first asked */
};

/* SQLite's "How to corrupt": what was opened before a fork is neither used nor closed after it. */
static bool is_of_this_process(const struct sqlite_idmap *map)
{
    return map->process == process_id();
}

static void close_file(struct sqlite_idmap *map)
{
    for (int i = 0; i < IDMAP_SINGLE_STATEMENTS && is_of_this_process(map); i++)
        sqlite3_finalize(map->prepared[i]);
    if (is_of_this_process(map))
        sqlite3_close(map->db);
}

static void close_sqlite(void *state)
{
    struct sqlite_idmap *map = state;
    close_file(map);
    memory_free(map);
}

static void release_map(struct sqlite_idmap **map)
{
    if (*map != NULL)
        close_sqlite(*map);
}

static cogmig_status open_sqlite(const struct idmap_settings *settings, struct deadline deadline,
                                 void **ret_state, cogmig_error *err)
{
    (void)deadline;
    SCOPED(release_map) struct sqlite_idmap *map = memory_new(sizeof *map);
    if (map == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    map->sql = settings->sql;
    map->process = process_id();
    cogmig_status status = sqlite_open_for_writing(settings->target, &map->db, err);
    if (status != COGMIG_OK)
        return status;
    *ret_state = map;
    map = NULL;
    return COGMIG_OK;
}

/* ---- the statements ---- */

/* SQLite has one code for all faults of a statement. */
static bool lacks_constraint(sqlite3 *db)
{
    return strstr(sqlite3_errmsg(db), "ON CONFLICT clause does not match") != NULL;
}

static cogmig_status fail_statement(sqlite3 *db, cogmig_error *err)
{
    static const char what[] = "The identity map's SQLite file could not be asked";
    int code = sqlite3_extended_errcode(db) & 0xFF;
    if (lacks_constraint(db))
        return sqlite_fail_with(db, COGMIG_STORE_SCHEMA_MISMATCH, what, err);
    if (code == SQLITE_NOTADB)
        return sqlite_fail_with(db, COGMIG_STORE_URL_INVALID, what, err);
    if (code == SQLITE_READONLY)
        return sqlite_fail_with(db, COGMIG_STORE_LOGIN_REFUSED, what, err);
    return sqlite_fail_query(db, err);
}

static cogmig_status prepare(struct sqlite_idmap *map, enum idmap_statement statement,
                             cogmig_error *err)
{
    if (map->prepared[statement] != NULL)
        return COGMIG_OK;
    int code = sqlite3_prepare_v3(map->db, map->sql[statement], -1, SQLITE_PREPARE_PERSISTENT,
                                  &map->prepared[statement], NULL);
    return code == SQLITE_OK ? COGMIG_OK : fail_statement(map->db, err);
}

static bool bind(sqlite3_stmt *statement, const struct idmap_question *question)
{
    for (int i = 0; i < question->parameter_count; i++)
        if (sqlite3_bind_text(statement, i + 1, question->parameters[i], -1, SQLITE_STATIC) !=
            SQLITE_OK)
            return false;
    return true;
}

static struct span value_at(sqlite3_stmt *row, int column)
{
    const char *bytes = (const char *)sqlite3_column_text(row, column);
    return (struct span){bytes, bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(row, column)};
}

static cogmig_status take_rows(struct sqlite_idmap *map, sqlite3_stmt *statement,
                               struct idmap_question *question, cogmig_error *err)
{
    cogmig_status status = COGMIG_OK;
    int code = SQLITE_ROW;
    while (status == COGMIG_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct span columns[2] = {value_at(statement, 0), value_at(statement, 1)};
        status = sqlite_check_row(map->db, err);
        if (span_contains_nul(columns[0]) || span_contains_nul(columns[1]))
            status = fail(err, COGMIG_STORE_ROW_INVALID,
                          "The identity map has a row with U+0000 in an id.");
        if (status == COGMIG_OK && question->take != NULL)
            status = question->take(question->user_data, columns, err);
    }
    if (status == COGMIG_OK && code != SQLITE_DONE)
        return fail_statement(map->db, err);
    question->changed = !sqlite3_stmt_readonly(statement) && sqlite3_changes(map->db) == 1;
    return status;
}

static cogmig_status run(struct sqlite_idmap *map, struct idmap_question *question,
                         cogmig_error *err)
{
    cogmig_status status = prepare(map, question->statement, err);
    if (status != COGMIG_OK)
        return status;
    sqlite3_stmt *statement = map->prepared[question->statement];
    status = bind(statement, question) ? take_rows(map, statement, question, err)
                                       : fail_statement(map->db, err);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status;
}

/* All statements go by an index: only other writers take time. */
static void wait_for_locks_until(sqlite3 *db, struct deadline deadline)
{
    sqlite3_busy_timeout(db, deadline_left_ms(deadline));
}

/* Another file may have the name by now, or none: what is still open would tell links of the past
 * and take new ones with it. */
static bool is_of_this_file(const struct sqlite_idmap *map)
{
    int moved = 0;
    sqlite3_file_control(map->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved == 0;
}

/* The file as the parent found it, wherever the child works. */
static cogmig_status open_again(struct sqlite_idmap *map, cogmig_error *err)
{
    sqlite3 *db = NULL;
    cogmig_status status = sqlite_open_for_writing(sqlite3_db_filename(map->db, "main"), &db, err);
    if (status != COGMIG_OK)
        return status;
    close_file(map);
    *map = (struct sqlite_idmap){.db = db, .process = process_id(), .sql = map->sql};
    return COGMIG_OK;
}

static cogmig_status ask_sqlite(void *state, struct idmap_question *question,
                                struct deadline deadline, cogmig_error *err)
{
    struct sqlite_idmap *map = state;
    bool as_opened = is_of_this_process(map) && is_of_this_file(map);
    cogmig_status status = as_opened ? COGMIG_OK : open_again(map, err);
    if (status != COGMIG_OK)
        return status;
    wait_for_locks_until(map->db, deadline);
    return run(map, question, err);
}

/* ---- the table ---- */

/* SQLite would make a file that everybody may read. */
static cogmig_status make_file(const char *path, cogmig_error *err)
{
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno != EEXIST) {
        int error = errno;
        fail(err, COGMIG_STORE_UNREACHABLE, "The SQLite file %s cannot be made: %s", path,
             system_reason(error));
        fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, error);
        return COGMIG_STORE_UNREACHABLE;
    }
    if (file >= 0)
        close(file);
    return COGMIG_OK;
}

static cogmig_status install_sqlite(const struct idmap_settings *settings, const char *sql,
                                    struct deadline deadline, cogmig_error *err)
{
    void *state = NULL;
    cogmig_status status = make_file(settings->target, err);
    if (status == COGMIG_OK)
        status = open_sqlite(settings, deadline, &state, err);
    if (status != COGMIG_OK)
        return status;
    SCOPED(release_map) struct sqlite_idmap *map = state;
    wait_for_locks_until(map->db, deadline);
    if (sqlite3_exec(map->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        status = fail_statement(map->db, err);
    return status;
}

const struct idmap_backend sqlite_idmap_backend = {
    .takes_arrays = false,
    .install = install_sqlite,
    .open = open_sqlite,
    .ask = ask_sqlite,
    .close = close_sqlite,
};
