/* SPDX-License-Identifier: Apache-2.0
 * Rows as the audit reads them. PostgreSQL gives the same: tests/e2e/test_audit.py. */
#include "cmocka_all.h"

#include <cogmig/audit.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_ROWS = 16
};

struct seen {
    char id[64], email[64], name[64], phone[64], kind[64];
    int64_t length;
    bool verified, disabled, repeats;
};

static char path[64];
static struct seen rows[MAX_ROWS];
static int row_count, stop_after;
static cogmig_store_config *config;
static cogmig_error *err;

static void copy(char out[64], const char *text)
{
    snprintf(out, 64, "%s", text == NULL ? "(none)" : text);
}

static cogmig_status take_row(void *user_data, const cogmig_audit_row *row)
{
    assert_ptr_equal(user_data, rows);
    struct seen *seen = &rows[row_count++];
    copy(seen->id, cogmig_audit_row_id(row));
    copy(seen->email, cogmig_audit_row_email(row));
    copy(seen->name, cogmig_audit_row_name(row));
    copy(seen->phone, cogmig_audit_row_phone(row));
    copy(seen->kind, cogmig_audit_row_hash_kind(row));
    seen->length = cogmig_audit_row_hash_length(row);
    seen->verified = cogmig_audit_row_email_verified(row);
    seen->disabled = cogmig_audit_row_disabled(row);
    seen->repeats = cogmig_audit_row_repeats_email(row);
    return row_count == stop_after ? COGMIG_STORE_BUSY : COGMIG_OK;
}

static int set_up(void **state)
{
    char url[80];
    (void)state;
    snprintf(path, sizeof path, "/tmp/cogmig-audit-XXXXXX");
    int descriptor = mkstemp(path);
    if (descriptor < 0 || close(descriptor) != 0)
        return -1;
    snprintf(url, sizeof url, "file:%s", path);
    row_count = stop_after = 0;
    return cogmig_error_new(&err) == COGMIG_OK &&
                   cogmig_store_config_new(&config, err) == COGMIG_OK &&
                   cogmig_store_config_set_url(config, url, err) == COGMIG_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_store_config_free(&config);
    cogmig_error_free(&err);
    return unlink(path);
}

static void fill(const char *users)
{
    sqlite3 *db = NULL;
    char sql[4096], *words = NULL;
    snprintf(sql, sizeof sql,
             "CREATE TABLE \"User\" (\"id\" TEXT, \"email\" TEXT, \"name\" TEXT, \"password\" TEXT,"
             " \"emailVerified\" DATETIME, \"createdAt\" DATETIME, \"updatedAt\" DATETIME,"
             " phone TEXT, banned BOOLEAN);"
             "INSERT INTO \"User\" (id, email, password, \"emailVerified\", name, phone, banned)"
             " VALUES %s;",
             users);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &words) != SQLITE_OK)
        fail_msg("%s\n", words);
    sqlite3_close(db);
}

static cogmig_status audit(void)
{
    return cogmig_audit_read(config, "phone", "banned", take_row, rows, err);
}

#define HASH "HDT4hwe1XmEExOsg5x/6P..PGcedy6bkkxyr3ga1NgF9kiWDddzzz"

/* promise 11 */
static void of_a_hash_no_more_than_its_kind_is_read(void **state)
{
    static const struct {
        const char *stored;
        const char *kind;
        int64_t length;
    } cases[] = {
        {"$2b$10$" HASH, "$2b$10$", 60},
        {"bcrypt_sha256$$2b$12$" HASH, "bcrypt_sha256$$2b$12$", 74},
        {"{bcrypt}$2a$10$" HASH, "{bcrypt}$2a$10$HDT4hw", 68},
        {"$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "$argon2id$v=19$", 44},
        {"my secret password", "my secr", 18},
        {"!", "!", 1},
        {"", "", 0},
        {"$2b$10$  ", "$2b$10$", 7},
        {"with # in it", "with # ", 12},
    };
    char users[2048] = "";
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        snprintf(users + strlen(users), sizeof users - strlen(users),
                 "%s('%zu', 'user%zu@example.com', '%s', NULL, NULL, NULL, NULL)",
                 i == 0 ? "" : ", ", i, i, cases[i].stored);
    fill(users);
    assert_int_equal(audit(), COGMIG_OK);
    assert_int_equal(row_count, sizeof cases / sizeof cases[0]);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(rows[i].kind, cases[i].kind);
        assert_int_equal(rows[i].length, cases[i].length);
    }
}

static void rows_come_by_address_and_repeated_ones_are_told(void **state)
{
    (void)state;
    fill("('1', 'b@example.com', NULL, 1704103200000, 'B', '+4912', 0),"
         "('2', 'A@example.com', NULL, NULL, NULL, NULL, 1),"
         "('3', 'a@Example.com', NULL, NULL, 'A', 'x', NULL),"
         "('4', NULL, NULL, NULL, NULL, NULL, NULL),"
         "('5', NULL, NULL, NULL, NULL, NULL, NULL)");
    assert_int_equal(audit(), COGMIG_OK);
    assert_int_equal(row_count, 5);
    assert_string_equal(rows[0].email, "(none)");
    assert_false(rows[1].repeats);
    assert_false(rows[2].repeats);
    assert_true(rows[3].repeats);
    assert_string_equal(rows[4].id, "1");
    assert_false(rows[4].repeats);
    assert_true(rows[4].verified);
    assert_false(rows[4].disabled);
    assert_string_equal(rows[4].phone, "+4912");
    assert_string_equal(rows[4].name, "B");
    assert_string_equal(rows[4].kind, "(none)");
    assert_int_equal(rows[4].length, 0);
    assert_true(rows[2].disabled != rows[3].disabled);
    assert_false(rows[2].verified);
}

static void the_function_can_stop_it(void **state)
{
    (void)state;
    fill("('1', 'a@example.com', NULL, NULL, NULL, NULL, 0),"
         "('2', 'b@example.com', NULL, NULL, NULL, NULL, 0)");
    stop_after = 1;
    assert_int_equal(audit(), COGMIG_STOPPED_BY_CALLBACK);
    assert_int_equal(row_count, 1);
    assert_string_equal(cogmig_error_upstream_code(err), "413");
}

static void a_column_that_is_not_there_is_told(void **state)
{
    (void)state;
    fill("('1', 'a@example.com', NULL, NULL, NULL, NULL, 0)");
    assert_int_equal(cogmig_audit_read(config, "mobile", NULL, take_row, rows, err),
                     COGMIG_STORE_SCHEMA_MISMATCH);
    assert_int_equal(row_count, 0);
}

int main(void)
{
#define WITH_FILE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_FILE(of_a_hash_no_more_than_its_kind_is_read),
        WITH_FILE(rows_come_by_address_and_repeated_ones_are_told),
        WITH_FILE(the_function_can_stop_it),
        WITH_FILE(a_column_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests_name("audit: SQLite", tests, NULL, NULL);
}
