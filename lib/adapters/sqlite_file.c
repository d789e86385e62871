/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/sqlite_file.h"

#include "base/span.h"
#include "status/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_schema_fault(const char *words)
{
    static const char *const beginnings[] = {"no such table", "no such column", "unknown database"};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (span_starts_with(span_of(words), beginnings[i]))
            return true;
    return false;
}

static cogmig_status status_of(int code, const char *words)
{
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return COGMIG_STORE_BUSY;
    case SQLITE_INTERRUPT:
        return COGMIG_DEADLINE_EXCEEDED;
    case SQLITE_NOMEM:
        return COGMIG_OUT_OF_MEMORY;
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return COGMIG_STORE_LOGIN_REFUSED;
    case SQLITE_CANTOPEN:
        return COGMIG_STORE_UNREACHABLE;
    default:
        return is_schema_fault(words) ? COGMIG_STORE_SCHEMA_MISMATCH : COGMIG_STORE_QUERY_FAILED;
    }
}

cogmig_status sqlite_fail_with(sqlite3 *db, cogmig_status status, const char *what,
                               cogmig_error *err)
{
    int code = sqlite3_extended_errcode(db);
    fail(err, status, "%s: %s", what, sqlite3_errmsg(db));
    fail_upstream_number(err, COGMIG_UPSTREAM_SQLITE, code);
    return status;
}

cogmig_status sqlite_fail_query(sqlite3 *db, cogmig_error *err)
{
    cogmig_status status = status_of(sqlite3_extended_errcode(db), sqlite3_errmsg(db));
    if (status == COGMIG_STORE_SCHEMA_MISMATCH)
        return sqlite_fail_with(
            db, status,
            "The table or its columns have other names in the SQLite file (set "
            "COGMIG_TABLE, COGMIG_PASSWORD_COLUMN and so on, or the names in the "
            "configuration)",
            err);
    return sqlite_fail_with(db, status, "The SQLite file could not be asked", err);
}

static bool exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static cogmig_status fail_missing(const char *path, cogmig_error *err)
{
    char beside_schema[512];
    int len = snprintf(beside_schema, sizeof beside_schema, "prisma/%s", path);
    bool prisma_means_another =
        path[0] != '/' && len < (int)sizeof beside_schema && exists(beside_schema);
    if (prisma_means_another)
        fail(err, COGMIG_STORE_UNREACHABLE,
             "There is no file %s, but there is %s: Prisma's paths start at its schema file, those "
             "here at the working directory; write file:%s.",
             path, beside_schema, beside_schema);
    else
        fail(err, COGMIG_STORE_UNREACHABLE,
             "There is no file %s; a relative path starts at the working directory.", path);
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, ENOENT);
    return COGMIG_STORE_UNREACHABLE;
}

static cogmig_status fail_stat(const char *path, int error, cogmig_error *err)
{
    if (error == ENOENT || error == ENOTDIR)
        return fail_missing(path, err);
    cogmig_status status = error == EACCES ? COGMIG_STORE_LOGIN_REFUSED : COGMIG_STORE_UNREACHABLE;
    fail(err, status, "The SQLite file %s cannot be looked at: %s", path, system_reason(error));
    fail_upstream_number(err, COGMIG_UPSTREAM_SYSTEM, error);
    return status;
}

static cogmig_status check_file(const char *path, cogmig_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return fail_stat(path, errno, err);
    if (!S_ISREG(info.st_mode))
        return fail(err, COGMIG_STORE_URL_INVALID,
                    "The store's URL names %s, which is not a file but a %s.", path,
                    S_ISDIR(info.st_mode) ? "directory" : "device or pipe");
    return COGMIG_OK;
}

static cogmig_status fail_open(sqlite3 *db, const char *path, cogmig_error *err)
{
    if (db == NULL)
        return fail_plainly(err, COGMIG_OUT_OF_MEMORY);
    int error = sqlite3_system_errno(db);
    cogmig_status status = error == EACCES ? COGMIG_STORE_LOGIN_REFUSED : COGMIG_STORE_UNREACHABLE;
    fail(err, status, "The SQLite file %s cannot be opened: %s", path,
         error == 0 ? sqlite3_errmsg(db) : system_reason(error));
    fail_upstream_number(err, COGMIG_UPSTREAM_SQLITE, sqlite3_extended_errcode(db));
    return status;
}

static cogmig_status open_as(const char *path, int access, sqlite3 **db, cogmig_error *err)
{
    cogmig_status status = check_file(path, err);
    if (status != COGMIG_OK)
        return status;
    int flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(path, db, flags, NULL) != SQLITE_OK)
        return fail_open(*db, path, err);
    sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return COGMIG_OK;
}

cogmig_status sqlite_open_file(const char *path, sqlite3 **db, cogmig_error *err)
{
    return open_as(path, SQLITE_OPEN_READONLY, db, err);
}

cogmig_status sqlite_open_for_writing(const char *path, sqlite3 **db, cogmig_error *err)
{
    return open_as(path, SQLITE_OPEN_READWRITE, db, err);
}

cogmig_status sqlite_check_row(sqlite3 *db, cogmig_error *err)
{
    return sqlite3_errcode(db) == SQLITE_NOMEM ? fail_plainly(err, COGMIG_OUT_OF_MEMORY)
                                               : COGMIG_OK;
}
