/* SPDX-License-Identifier: Apache-2.0
 * Opening an SQLite file, and what SQLite says as a status and a sentence. */
#ifndef ADAPTERS_SQLITE_FILE_H
#define ADAPTERS_SQLITE_FILE_H

#include <cogmig/error.h>
#include <sqlite3.h>

/* A connection that only reads, for one thread at a time: SQLite needs no lock of its own. After a
 * failure *db may still have to be closed. */
cogmig_status sqlite_open_file(const char *path, sqlite3 **db, cogmig_error *err);
cogmig_status sqlite_open_for_writing(const char *path, sqlite3 **db, cogmig_error *err);

/* The status, with what SQLite last said behind those words. */
cogmig_status sqlite_fail_with(sqlite3 *db, cogmig_status status, const char *what,
                               cogmig_error *err);

cogmig_status sqlite_fail_query(sqlite3 *db, cogmig_error *err);

/* After the values of a row were read: for want of memory SQLite gives NULL for one that is there
 * ("Result Values From A Query"). OK or OUT_OF_MEMORY. */
cogmig_status sqlite_check_row(sqlite3 *db, cogmig_error *err);

#endif
