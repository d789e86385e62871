/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "opened.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The tests run in a directory of their own, so relative paths are those of the directory. */
static char directory[64];

static int enter_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/cogmig-sqlite-XXXXXX");
    return mkdtemp(directory) == NULL || chdir(directory) != 0;
}

static int remove_directory(void **state)
{
    (void)state;
    char command[192];
    snprintf(command, sizeof command, "chmod -R u+w '%s'; rm -rf '%s'", directory, directory);
    return chdir("/") != 0 || system(command) != 0;
}

static sqlite3 *open_for_writing(const char *path)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void execute(sqlite3 *db, const char *sql)
{
    char *words = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s: %s\n", words, sql);
}

static void make_file(const char *path, const char *sql)
{
    unlink(path);
    sqlite3 *db = open_for_writing(path);
    execute(db, sql);
    sqlite3_close(db);
}

/* What `prisma migrate` writes for SQLite. */
#define PRISMA_TABLE                                                                               \
    "CREATE TABLE \"User\" (\"id\" TEXT NOT NULL PRIMARY KEY, \"name\" TEXT, "                     \
    "\"email\" TEXT NOT NULL, \"emailVerified\" DATETIME, \"image\" TEXT, \"password\" TEXT, "     \
    "\"createdAt\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, \"updatedAt\" DATETIME NOT NULL);" \
    "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(\"email\");"

#define PRISMA_USERS                                                                               \
    "INSERT INTO User (id, name, email, emailVerified, password, createdAt, updatedAt) VALUES "    \
    "('c1', 'Ann', 'ann@example.com', 1768473000123, '$2b$10$x', 1768473000000, 1768473000999),"   \
    "('c2', NULL, 'Bob@Example.com', NULL, NULL, '2026-01-15T10:30:00.000+00:00', '2026-01-15 "    \
    "10:30:00'),"                                                                                  \
    "('c3', 'Eve', 'eve@example.com', 0, '$2b$10$y', 'never', 0),"                                 \
    "('c4', 'Eve', 'EVE@example.com', '2026-01-15T10:30:00Z', '$2b$10$z', 1, 1),"                  \
    "('c5', 'Zo\xC3\xAB', 'ZO\xC3\x8B@example.com', 'false', '$2b$10$z', 1, 1);"

static cogmig_store *open_prisma_users(void)
{
    make_file("dev.db", PRISMA_TABLE PRISMA_USERS);
    return open_config(new_config("file:./dev.db"));
}

static void prismas_default_model_is_read_whole(void **state)
{
    (void)state;
    cogmig_store *store = open_prisma_users();
    cogmig_user *user = found_by_email(store, "ann@example.com");
    assert_string_equal(cogmig_user_id(user), "c1");
    assert_string_equal(cogmig_user_email(user), "ann@example.com");
    assert_string_equal(cogmig_user_name(user), "Ann");
    assert_string_equal(cogmig_user_password_hash(user), "$2b$10$x");
    assert_true(cogmig_user_email_verified(user));
    assert_string_equal(cogmig_user_created_at(user), "2026-01-15T10:30:00.000Z");
    assert_string_equal(cogmig_user_updated_at(user), "2026-01-15T10:30:00.999Z");
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

static void what_a_row_does_not_have_is_null_and_unverified(void **state)
{
    (void)state;
    cogmig_store *store = open_prisma_users();
    cogmig_user *user = found_by_id(store, "c2");
    assert_null(cogmig_user_name(user));
    assert_null(cogmig_user_password_hash(user));
    assert_false(cogmig_user_email_verified(user));
    assert_string_equal(cogmig_user_created_at(user), "2026-01-15T10:30:00.000Z");
    assert_string_equal(cogmig_user_updated_at(user), "2026-01-15T10:30:00.000Z");
    cogmig_user_free(&user);
    user = found_by_id(store, "c3");
    assert_null(cogmig_user_created_at(user));
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

/* promise 3 */
static void an_address_is_found_as_typed_then_in_any_case(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    assert_email_leads_to(store, "eve@example.com", "c3");
    assert_email_leads_to(store, "EVE@example.com", "c4");
    assert_email_leads_to(store, "bob@example.com", "c2");
    assert_finding_fails(store, "Eve@example.com", COGMIG_USER_AMBIGUOUS, &err);
    assert_finding_fails(store, "nobody@example.com", COGMIG_USER_NOT_FOUND, &err);
    assert_finding_id_fails(store, "C1", COGMIG_USER_NOT_FOUND, &err);
    cogmig_store_free(&store);
}

static void any_case_is_that_of_sqlites_lower_which_knows_ascii(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    assert_email_leads_to(store, "zo\xC3\x8B@example.com", "c5");
    assert_finding_fails(store, "zo\xC3\xAB@example.com", COGMIG_USER_NOT_FOUND, &err);
    cogmig_store_free(&store);
}

static void a_column_that_knows_no_case_prefers_the_exact_address(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_file("nocase.db", "CREATE TABLE User (id, email TEXT COLLATE NOCASE, name, password, "
                           "emailVerified, createdAt, updatedAt);"
                           "INSERT INTO User (id, email) VALUES (1, 'A@x'), (2, 'A@X'), (3, 'a@X'),"
                           " (4, 'a@x'), (5, 'B@x');");
    cogmig_store *store = open_config(new_config("file:nocase.db"));
    assert_email_leads_to(store, "a@x", "4");
    assert_email_leads_to(store, "b@x", "5");
    assert_finding_fails(store, "c@x", COGMIG_USER_NOT_FOUND, &err);
    cogmig_store_free(&store);
}

static const struct {
    const char *type, *value;
    bool verified;
} flags[] = {
    {"BOOLEAN", "1", true},
    {"BOOLEAN", "0", false},
    {"BOOLEAN", "NULL", false},
    {"INTEGER", "1768473000123", true},
    {"TEXT", "'2026-01-15T10:30:00.000Z'", true},
    {"TEXT", "'2026-01-15 10:30:00'", true},
    {"TEXT", "'true'", true},
    {"TEXT", "'T'", true},
    {"TEXT", "'yes'", true},
    {"TEXT", "'1'", true},
    {"TEXT", "''", false},
    {"TEXT", "'0'", false},
    {"TEXT", "'f'", false},
    {"TEXT", "'false'", false},
    {"TEXT", "'no'", false},
    {"TEXT", "'pending'", false},
    {"TEXT", "'2026'", false},
    {"TEXT", "'truely'", false},
    {"BLOB", "x'01'", false},
    {"REAL", "1.5", false},
};

static void verified_is_what_the_value_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        char sql[512];
        snprintf(sql, sizeof sql,
                 "CREATE TABLE User (id TEXT, email TEXT, name TEXT, password TEXT, "
                 "emailVerified %s, createdAt, updatedAt);"
                 "INSERT INTO User (id, email, emailVerified) VALUES ('1', 'a@x', %s)",
                 flags[i].type, flags[i].value);
        make_file("flag.db", sql);
        cogmig_store *store = open_config(new_config("file:flag.db"));
        cogmig_user *user = found_by_email(store, "a@x");
        if (cogmig_user_email_verified(user) != flags[i].verified)
            fail_msg("%s in a column of %s\n", flags[i].value, flags[i].type);
        cogmig_user_free(&user);
        cogmig_store_free(&store);
    }
}

static void an_id_of_any_type_is_compared_as_text(void **state)
{
    (void)state;
    static const char *const types[] = {
        "INTEGER PRIMARY KEY", "BIGINT", "TEXT", "NUMERIC", "BLOB", ""};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct cogmig_error err = {0};
        char sql[512];
        snprintf(sql, sizeof sql,
                 "CREATE TABLE User (id %s, email TEXT, name TEXT, password TEXT, "
                 "emailVerified, createdAt, updatedAt);"
                 "INSERT INTO User (id, email) VALUES (9007199254740993, 'a@x'), (7, 'b@x')",
                 types[i]);
        make_file("ids.db", sql);
        cogmig_store *store = open_config(new_config("file:ids.db"));
        cogmig_user *user = found_by_id(store, "9007199254740993");
        assert_string_equal(cogmig_user_id(user), "9007199254740993");
        assert_string_equal(cogmig_user_email(user), "a@x");
        cogmig_user_free(&user);
        assert_finding_id_fails(store, "07", COGMIG_USER_NOT_FOUND, &err);
        assert_finding_id_fails(store, "7 ", COGMIG_USER_NOT_FOUND, &err);
        assert_finding_id_fails(store, "7 OR 1=1", COGMIG_USER_NOT_FOUND, &err);
        cogmig_store_free(&store);
    }
}

static void names_with_quotes_dots_and_unicode_are_only_names(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_file("names.db",
              "CREATE TABLE \"a.b \"\"c\"\"; DROP TABLE x\" (\"SELECT\" TEXT, "
              "\"E-\xC3\xA4\" TEXT, \"Pass\"\"word\" TEXT);"
              "INSERT INTO \"a.b \"\"c\"\"; DROP TABLE x\" VALUES ('1', 'a@x', '$2b$')");
    cogmig_store_config *config = new_config("file:names.db");
    cogmig_store_config_set_table(config, "a.b \"c\"; DROP TABLE x", &err);
    cogmig_store_config_set_id_column(config, "SELECT", &err);
    cogmig_store_config_set_email_column(config, "E-\xC3\xA4", &err);
    cogmig_store_config_set_password_column(config, "Pass\"word", &err);
    cogmig_store_config_set_name_column(config, NULL, &err);
    cogmig_store_config_set_email_verified_column(config, NULL, &err);
    cogmig_store_config_set_created_at_column(config, NULL, &err);
    cogmig_store_config_set_updated_at_column(config, NULL, &err);
    cogmig_store *store = open_config(config);
    cogmig_user *user = found_by_email(store, "A@X");
    assert_string_equal(cogmig_user_password_hash(user), "$2b$");
    assert_null(cogmig_user_name(user));
    assert_null(cogmig_user_created_at(user));
    assert_false(cogmig_user_email_verified(user));
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

static void a_missing_table_or_column_is_named(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_file("mapped.db", "CREATE TABLE users (id TEXT, email TEXT)");
    assert_opening_fails(new_config("file:mapped.db"), COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "no such table: User");
    assert_int_equal(cogmig_error_upstream(&err), COGMIG_UPSTREAM_SQLITE);
    cogmig_store_config *config = new_config("file:mapped.db");
    cogmig_store_config_set_table(config, "users", &err);
    assert_opening_fails(config, COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "u.name");
    assert_mentions(&err, "COGMIG_TABLE");
    config = new_config("file:mapped.db");
    cogmig_store_config_set_schema(config, "public", &err);
    assert_opening_fails(config, COGMIG_STORE_SCHEMA_MISMATCH, &err);
}

static void a_column_that_vanishes_later_is_named_too(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    sqlite3 *db = open_for_writing("dev.db");
    execute(db, "ALTER TABLE User RENAME COLUMN password TO passwordHash");
    assert_finding_fails(store, "ann@example.com", COGMIG_STORE_SCHEMA_MISMATCH, &err);
    execute(db, "ALTER TABLE User RENAME COLUMN passwordHash TO password");
    assert_email_leads_to(store, "ann@example.com", "c1");
    sqlite3_close(db);
    cogmig_store_free(&store);
}

static void a_missing_file_is_not_created_and_prismas_place_is_told(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    assert_opening_fails(new_config("file:./none.db"), COGMIG_STORE_UNREACHABLE, &err);
    assert_int_equal(access("none.db", F_OK), -1);
    assert_mentions(&err, "none.db");
    assert_silent_about(&err, "Prisma");
    assert_int_equal(mkdir("prisma", 0700), 0);
    make_file("prisma/none.db", PRISMA_TABLE);
    assert_opening_fails(new_config("file:./none.db"), COGMIG_STORE_UNREACHABLE, &err);
    assert_mentions(&err, "prisma/./none.db");
    assert_mentions(&err, "Prisma's paths start at its schema file");
}

static void wait_until_idle_for_a_moment(void)
{
    const struct timespec moment = {.tv_nsec = 5 * 1000 * 1000};
    nanosleep(&moment, NULL);
}

/* As `prisma migrate reset` does it under a running process. */
static void a_file_that_was_replaced_or_removed_answers_no_more(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_file("replaced.db", PRISMA_TABLE
              "INSERT INTO \"User\" (id, email, \"updatedAt\") VALUES ('old', 'a@x', 0);");
    cogmig_store_config *config = new_config("file:replaced.db");
    cogmig_store_config_set_acquire_timeout_ms(config, 1, &err);
    cogmig_store *store = open_config(config);
    assert_email_leads_to(store, "a@x", "old");
    assert_int_equal(unlink("replaced.db"), 0);
    make_file("replaced.db", PRISMA_TABLE
              "INSERT INTO \"User\" (id, email, \"updatedAt\") VALUES ('new', 'a@x', 0);");
    wait_until_idle_for_a_moment();
    assert_email_leads_to(store, "a@x", "new");
    assert_int_equal(unlink("replaced.db"), 0);
    wait_until_idle_for_a_moment();
    assert_finding_fails(store, "a@x", COGMIG_STORE_UNREACHABLE, &err);
    cogmig_store_free(&store);
}

static void what_is_no_database_is_refused(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    FILE *file = fopen("text.db", "w");
    for (int i = 0; i < 500; i++)
        fputs("This is no database.\n", file);
    fclose(file);
    assert_opening_fails(new_config("file:text.db"), COGMIG_STORE_URL_INVALID, &err);
    assert_mentions(&err, "not an SQLite database");
    assert_opening_fails(new_config("file:."), COGMIG_STORE_URL_INVALID, &err);
    assert_mentions(&err, "directory");
    assert_opening_fails(new_config("file:/dev/null"), COGMIG_STORE_URL_INVALID, &err);
    make_file("empty.db", "");
    assert_opening_fails(new_config("file:empty.db"), COGMIG_STORE_SCHEMA_MISMATCH, &err);
}

static void open_without_rights(void)
{
    struct cogmig_error err = {0};
    assert_opening_fails(new_config("file:secret.db"), COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_mentions(&err, "Permission denied");
    assert_opening_fails(new_config("file:locked/dev.db"), COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_int_equal(cogmig_error_upstream(&err), COGMIG_UPSTREAM_SYSTEM);
}

static void a_file_without_permission_is_a_refused_login(void **state)
{
    (void)state;
    make_file("secret.db", PRISMA_TABLE);
    assert_int_equal(chmod("secret.db", 0), 0);
    assert_int_equal(mkdir("locked", 0), 0);
    assert_int_equal(chmod(directory, 0755), 0);
    bool was_root = geteuid() == 0;
    if (was_root)
        assert_int_equal(seteuid(65534), 0);
    open_without_rights();
    if (was_root)
        assert_int_equal(seteuid(0), 0);
}

static void a_database_that_is_being_written_in_wal_mode_is_read(void **state)
{
    (void)state;
    make_file("wal.db", "PRAGMA journal_mode=WAL;" PRISMA_TABLE PRISMA_USERS);
    cogmig_store *store = open_config(new_config("file:wal.db"));
    sqlite3 *db = open_for_writing("wal.db");
    execute(db, "BEGIN IMMEDIATE; UPDATE User SET name = 'New' WHERE id = 'c1'");
    cogmig_user *user = found_by_id(store, "c1");
    assert_string_equal(cogmig_user_name(user), "Ann");
    cogmig_user_free(&user);
    execute(db, "COMMIT");
    user = found_by_id(store, "c1");
    assert_string_equal(cogmig_user_name(user), "New");
    cogmig_user_free(&user);
    sqlite3_close(db);
    cogmig_store_free(&store);
}

static void a_locked_database_is_busy_within_the_deadline(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    sqlite3 *db = open_for_writing("dev.db");
    execute(db, "BEGIN EXCLUSIVE");
    cogmig_user *user = NULL;
    int64_t begin = clock_steady_ms();
    assert_status(store_find_by_email(store, "ann@example.com", deadline_in_ms(50), &user, &err),
                  COGMIG_STORE_BUSY, &err);
    assert_in_range(clock_steady_ms() - begin, 10, 2000);
    assert_int_equal(cogmig_status_kind(cogmig_error_status(&err)), COGMIG_KIND_UNAVAILABLE);
    execute(db, "COMMIT");
    assert_email_leads_to(store, "ann@example.com", "c1");
    sqlite3_close(db);
    cogmig_store_free(&store);
}

static void a_slow_query_ends_with_the_deadline(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_file(
        "slow.db",
        "CREATE VIEW User AS WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n) "
        "SELECT i AS id, 'x' || i AS email, 'x' AS name, 'x' AS password, 0 AS emailVerified, "
        "0 AS createdAt, 0 AS updatedAt FROM n");
    cogmig_store *store = open_config(new_config("file:slow.db"));
    cogmig_user *user = NULL;
    int64_t begin = clock_steady_ms();
    assert_status(store_find_by_email(store, "y", deadline_in_ms(50), &user, &err),
                  COGMIG_DEADLINE_EXCEEDED, &err);
    assert_in_range(clock_steady_ms() - begin, 50, 3000);
    cogmig_store_free(&store);
}

static const struct {
    const char *values; /* id, email, name, password */
    const char *said;
} broken_rows[] = {
    {"NULL, 'a@x', NULL, NULL", "its id is missing"},
    {"'', 'a@x', NULL, NULL", "its id is missing"},
    {"1, 'a@x', CAST(x'4100' AS TEXT), NULL", "its name holds a NUL"},
    {"1, 'a@x', CAST(x'FF' AS TEXT), NULL", "its name is not UTF-8"},
    {"1, 'a@x', NULL, CAST(x'2432620062' AS TEXT)", "its password hash holds a NUL"},
    {"1, 'a@x', CAST(zeroblob(65537) AS TEXT), NULL", "its name is larger"},
    {"x'FFFE', 'a@x', NULL, NULL", "its id is not UTF-8"},
};

static void a_row_that_cannot_be_a_user_is_told_and_never_nobody(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken_rows / sizeof broken_rows[0]; i++) {
        struct cogmig_error err = {0};
        char sql[512];
        snprintf(sql, sizeof sql,
                 "CREATE TABLE User (id, email TEXT, name TEXT, password TEXT, emailVerified, "
                 "createdAt, updatedAt);"
                 "INSERT INTO User (id, email, name, password) VALUES (%s)",
                 broken_rows[i].values);
        make_file("broken.db", sql);
        cogmig_store *store = open_config(new_config("file:broken.db"));
        assert_finding_fails(store, "a@x", COGMIG_STORE_ROW_INVALID, &err);
        assert_mentions(&err, broken_rows[i].said);
        cogmig_store_free(&store);
    }
}

static void a_row_without_address_is_invalid(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_file("noemail.db", "CREATE TABLE User (id TEXT, email TEXT, name TEXT, password TEXT, "
                            "emailVerified, createdAt, updatedAt);"
                            "INSERT INTO User (id) VALUES ('1')");
    cogmig_store *store = open_config(new_config("file:noemail.db"));
    assert_finding_id_fails(store, "1", COGMIG_STORE_ROW_INVALID, &err);
    assert_mentions(&err, "e-mail address");
    cogmig_store_free(&store);
}

static void hostile_addresses_find_nobody(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "' OR '1'='1",     "\" OR 1=1 --",      "'; DROP TABLE User; --",       "%",
        "_nn@example.com", "ann@example.com\n", "\xF0\x9F\x98\x80@example.com", "ann@example.com "};
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        assert_finding_fails(store, addresses[i], COGMIG_USER_NOT_FOUND, &err);
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
}

/* promise 39 */
static void the_file_is_never_written(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_file("ro.db", PRISMA_TABLE PRISMA_USERS);
    struct stat before, after;
    assert_int_equal(stat("ro.db", &before), 0);
    assert_int_equal(chmod("ro.db", 0444), 0);
    cogmig_store *store = open_config(new_config("sqlite:ro.db"));
    assert_email_leads_to(store, "ann@example.com", "c1");
    assert_finding_fails(store, "nobody", COGMIG_USER_NOT_FOUND, &err);
    cogmig_store_free(&store);
    assert_int_equal(stat("ro.db", &after), 0);
    assert_int_equal(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
    assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    assert_int_equal(access("ro.db-journal", F_OK), -1);
}

static void the_environment_opens_a_mapped_model(void **state)
{
    (void)state;
    make_file("env.db", "CREATE TABLE users (uid TEXT, mail TEXT, hashed_password TEXT);"
                        "INSERT INTO users VALUES ('1', 'a@x', '$2b$')");
    setenv("DATABASE_URL", "file:env.db", 1);
    setenv("COGMIG_SCHEMA", "", 1);
    setenv("COGMIG_TABLE", "users", 1);
    setenv("COGMIG_ID_COLUMN", "uid", 1);
    setenv("COGMIG_EMAIL_COLUMN", "mail", 1);
    setenv("COGMIG_PASSWORD_COLUMN", "hashed_password", 1);
    setenv("COGMIG_NAME_COLUMN", "", 1);
    setenv("COGMIG_EMAIL_VERIFIED_COLUMN", "", 1);
    setenv("COGMIG_CREATED_AT_COLUMN", "", 1);
    setenv("COGMIG_UPDATED_AT_COLUMN", "", 1);
    struct cogmig_error err = {0};
    cogmig_store *store = NULL;
    assert_status(cogmig_store_open_from_env(&store, &err), COGMIG_OK, &err);
    assert_email_leads_to(store, "a@x", "1");
    cogmig_store_free(&store);
}

enum {
    THREADS = 16,
    LOOKUPS = 50
};

static void *look_up_again_and_again(void *store)
{
    for (int i = 0; i < LOOKUPS; i++) {
        cogmig_user *user = NULL;
        const char *email = i % 2 == 0 ? "ann@example.com" : "bob@example.com";
        if (cogmig_store_find_by_email(store, email, &user, NULL) != COGMIG_OK)
            return store;
        bool right = strcmp(cogmig_user_id(user), i % 2 == 0 ? "c1" : "c2") == 0;
        cogmig_user_free(&user);
        if (!right)
            return store;
    }
    return NULL;
}

static void sixteen_threads_share_one_handle(void **state)
{
    (void)state;
    make_file("dev.db", PRISMA_TABLE PRISMA_USERS);
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config("file:dev.db");
    cogmig_store_config_set_timeout_ms(config, 60000, &err);
    cogmig_store *store = open_config(config);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up_again_and_again, store), 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong = NULL;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
    cogmig_store_free(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prismas_default_model_is_read_whole),
        cmocka_unit_test(what_a_row_does_not_have_is_null_and_unverified),
        cmocka_unit_test(an_address_is_found_as_typed_then_in_any_case),
        cmocka_unit_test(any_case_is_that_of_sqlites_lower_which_knows_ascii),
        cmocka_unit_test(a_column_that_knows_no_case_prefers_the_exact_address),
        cmocka_unit_test(verified_is_what_the_value_says),
        cmocka_unit_test(an_id_of_any_type_is_compared_as_text),
        cmocka_unit_test(names_with_quotes_dots_and_unicode_are_only_names),
        cmocka_unit_test(a_missing_table_or_column_is_named),
        cmocka_unit_test(a_column_that_vanishes_later_is_named_too),
        cmocka_unit_test(a_missing_file_is_not_created_and_prismas_place_is_told),
        cmocka_unit_test(a_file_that_was_replaced_or_removed_answers_no_more),
        cmocka_unit_test(what_is_no_database_is_refused),
        cmocka_unit_test(a_file_without_permission_is_a_refused_login),
        cmocka_unit_test(a_database_that_is_being_written_in_wal_mode_is_read),
        cmocka_unit_test(a_locked_database_is_busy_within_the_deadline),
        cmocka_unit_test(a_slow_query_ends_with_the_deadline),
        cmocka_unit_test(a_row_that_cannot_be_a_user_is_told_and_never_nobody),
        cmocka_unit_test(a_row_without_address_is_invalid),
        cmocka_unit_test(hostile_addresses_find_nobody),
        cmocka_unit_test(the_file_is_never_written),
        cmocka_unit_test(the_environment_opens_a_mapped_model),
        cmocka_unit_test(sixteen_threads_share_one_handle),
    };
    return cmocka_run_group_tests(tests, enter_directory, remove_directory);
}
