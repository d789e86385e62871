/* SPDX-License-Identifier: Apache-2.0
 * One body of tests, with data that means harm, over PostgreSQL, SQLite and a function of one's
 * own: run through tests/support/postgres.py. */
#include "opened.h"
#include "server.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    KIB_64 = 64 * 1024,
    MEGABYTE = 1024 * 1024
};

static char long_name[KIB_64 + 1], longer_hash[MEGABYTE + 1];

struct row {
    const char *id, *email, *name, *hash, *phone;
    bool verified, disabled;
};

static struct row rows[] = {
    {"1", "ann@example.com", "Ann", "$2b$10$a", "+491", true, false},
    {"o'brien", "o'brien\"\\@example.com", "'; DROP TABLE \"User\"; --", "$2b$'", NULL, true, true},
    {"$1", "$1@example.com", "?1 :1 @p %s {} ${x} `id`", "$2", "$1", false, false},
    {"\\000", "\\0@example.com", "\\x00 \\u0000 E'\\000' %00", "\\", NULL, false, false},
    {"\xE2\x80\xAE"
     "1",
     "\xE2\x80\xAEmoc.elpmaxe@nna", "\xD7\x90\xD7\xA0\xD7\x94 \xE2\x81\xA6x", "\xE2\x80\x8F", NULL,
     true, false},
    {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80@example.com",
     "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", "\xF0\x9F\x94\x91", "\xF0\x9F\x93\x9E", true,
     false},
    {"new\nline", "new\nline\r\n@example.com", "\t\x01\x7F\n", "\n", "\n", false, true},
    {" ", " blank @example.com ", " ", " ", " ", false, false},
    {"' OR '1'='1", "' OR '1'='1", "--", "/*", "*/", true, false},
    {"NULL", "NULL", "NULL", "NULL", "NULL", true, false},
    {"long", "long@example.com", long_name, "$2b$10$l", NULL, false, false},
    {"upper", "Upper@Example.com", NULL, NULL, NULL, false, false},
    {"twin1", "twin@example.com", NULL, NULL, NULL, false, false},
    {"twin2", "Twin@example.com", NULL, NULL, NULL, false, false},
    {"megabyte", "megabyte@example.com", NULL, longer_hash, NULL, false, false},
};

enum {
    ROWS = sizeof rows / sizeof rows[0],
    READABLE = ROWS - 1
};

/* Names that nobody should give. */
#define TABLE "we\"ird.ta'ble; DROP TABLE x --"
#define TABLE_IN_SQL "\"we\"\"ird.ta'ble; DROP TABLE x --\""
#define COLUMNS_IN_SQL                                                                             \
    "(\"i\"\"d\" text, \"e.mail\" text, \"na$1me\" text, \"pass word\" text, \"ph?1one\" text, "   \
    "\"veri\"\"\"\"fied\" boolean, \"\xE2\x80\xAE disabled\" boolean)"

static cogmig_store_config *name_everything(cogmig_store_config *config)
{
    struct cogmig_error err = {0};
    cogmig_store_config_set_table(config, TABLE, &err);
    cogmig_store_config_set_id_column(config, "i\"d", &err);
    cogmig_store_config_set_email_column(config, "e.mail", &err);
    cogmig_store_config_set_name_column(config, "na$1me", &err);
    cogmig_store_config_set_password_column(config, "pass word", &err);
    cogmig_store_config_set_email_verified_column(config, "veri\"\"fied", &err);
    cogmig_store_config_set_created_at_column(config, NULL, &err);
    cogmig_store_config_set_updated_at_column(config, NULL, &err);
    cogmig_store_config_add_disabled_column(config, "\xE2\x80\xAE disabled",
                                            COGMIG_DISABLED_WHEN_TRUE, &err);
    cogmig_store_config_add_attribute(config, "custom:phone", "ph?1one", &err);
    return config;
}

/* ---- three ways to the same rows ---- */

static cogmig_store *open_postgresql(int32_t pooler)
{
    struct cogmig_error err = {0};
    PGconn *connection = connect_as_superuser();
    execute_on(connection, "DROP TABLE IF EXISTS " TABLE_IN_SQL);
    execute_on(connection, "CREATE TABLE " TABLE_IN_SQL COLUMNS_IN_SQL);
    for (int i = 0; i < ROWS; i++) {
        const char *const values[] = {rows[i].id,
                                      rows[i].email,
                                      rows[i].name,
                                      rows[i].hash,
                                      rows[i].phone,
                                      rows[i].verified ? "t" : "f",
                                      rows[i].disabled ? "t" : NULL};
        PGresult *result = PQexecParams(
            connection, "INSERT INTO " TABLE_IN_SQL " VALUES ($1, $2, $3, $4, $5, $6, $7)", 7, NULL,
            values, NULL, NULL, 0);
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            fail_msg("%s\n", PQerrorMessage(connection));
        PQclear(result);
    }
    PQfinish(connection);
    cogmig_store_config *config = name_everything(config_with(""));
    cogmig_store_config_set_pooler(config, pooler, &err);
    return open_config(config);
}

static cogmig_store *open_prepared(void)
{
    return open_postgresql(COGMIG_POOLER_NONE);
}

static cogmig_store *open_unnamed(void)
{
    return open_postgresql(COGMIG_POOLER_PGBOUNCER);
}

static cogmig_store *open_simple(void)
{
    return open_postgresql(COGMIG_POOLER_RDS_PROXY);
}

static char folder[] = "/tmp/cogmig-backends-XXXXXX";
static char file_url[128];

static void insert_into_sqlite(sqlite3 *db, const struct row *row)
{
    const char *const values[] = {row->id, row->email, row->name, row->hash, row->phone};
    sqlite3_stmt *insert = NULL;
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "INSERT INTO " TABLE_IN_SQL " VALUES (?, ?, ?, ?, ?, ?, ?)",
                                        -1, &insert, NULL),
                     SQLITE_OK);
    for (int i = 0; i < 5; i++)
        sqlite3_bind_text(insert, i + 1, values[i], -1, SQLITE_STATIC);
    sqlite3_bind_int(insert, 6, row->verified);
    if (row->disabled)
        sqlite3_bind_int(insert, 7, 1);
    assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_finalize(insert);
}

static cogmig_store *open_sqlite_file(void)
{
    char path[96];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/dev.db", folder);
    snprintf(file_url, sizeof file_url, "file:%s", path);
    unlink(path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "CREATE TABLE " TABLE_IN_SQL COLUMNS_IN_SQL, NULL, NULL, NULL), SQLITE_OK);
    for (int i = 0; i < ROWS; i++)
        insert_into_sqlite(db, &rows[i]);
    sqlite3_close(db);
    return open_config(name_everything(new_config(file_url)));
}

static bool fits(const struct row *row, int32_t question, const char *key)
{
    if (question == COGMIG_FIND_BY_ID)
        return strcmp(row->id, key) == 0;
    return question == COGMIG_FIND_BY_EMAIL ? strcmp(row->email, key) == 0
                                            : strcasecmp(row->email, key) == 0;
}

static cogmig_status find_row(void *user_data, int32_t question, const char *key, size_t key_len,
                              int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)key_len, (void)timeout_ms;
    for (int i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        if (!fits(row, question, key))
            continue;
        cogmig_status status = cogmig_store_answer_add_user(answer, row->id, row->email, row->hash,
                                                            row->verified, NULL);
        if (status == COGMIG_OK && row->name != NULL)
            status = cogmig_store_answer_set_name(answer, row->name, NULL);
        if (status == COGMIG_OK)
            status = cogmig_store_answer_set_disabled(answer, row->disabled, NULL);
        if (status == COGMIG_OK && row->phone != NULL)
            status = cogmig_store_answer_set_attribute(answer, "custom:phone", row->phone, NULL);
        if (status != COGMIG_OK)
            return COGMIG_OK; /* the answer remembers */
    }
    return COGMIG_OK;
}

static cogmig_store *open_callback(void)
{
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    assert_status(cogmig_store_config_set_callback(config, find_row, NULL, &err), COGMIG_OK, &err);
    return open_config(config);
}

static const struct {
    const char *name;
    cogmig_store *(*open)(void);
} backends[] = {
    {"PostgreSQL, prepared", open_prepared},    {"PostgreSQL, PgBouncer", open_unnamed},
    {"PostgreSQL, RDS Proxy", open_simple},     {"SQLite", open_sqlite_file},
    {"a function of one's own", open_callback},
};

enum {
    BACKENDS = sizeof backends / sizeof backends[0]
};

static void for_each_backend(void (*body)(cogmig_store *store))
{
    for (int i = 0; i < BACKENDS; i++) {
        print_message("# %s\n", backends[i].name);
        cogmig_store *store = backends[i].open();
        body(store);
        cogmig_store_free(&store);
    }
}

/* ---- the tests ---- */

static void assert_text(const char *actual, const char *expected)
{
    if (expected == NULL)
        assert_null(actual);
    else
        assert_string_equal(actual, expected);
}

static void assert_row(cogmig_user *user, const struct row *row)
{
    assert_string_equal(cogmig_user_id(user), row->id);
    assert_string_equal(cogmig_user_email(user), row->email);
    assert_text(cogmig_user_name(user), row->name);
    assert_text(cogmig_user_password_hash(user), row->hash);
    assert_text(cogmig_user_attribute(user, "custom:phone"), row->phone);
    assert_int_equal(cogmig_user_email_verified(user), row->verified);
    assert_int_equal(cogmig_user_disabled(user), row->disabled);
    cogmig_user_free(&user);
}

static void read_everybody(cogmig_store *store)
{
    for (int i = 0; i < READABLE; i++) {
        assert_row(found_by_email(store, rows[i].email), &rows[i]);
        assert_row(found_by_id(store, rows[i].id), &rows[i]);
    }
}

static void whatever_a_row_holds_is_read_as_it_is(void **state)
{
    (void)state;
    for_each_backend(read_everybody);
}

static void look_in_any_case(cogmig_store *store)
{
    struct cogmig_error err = {0};
    assert_email_leads_to(store, "uPPER@eXAMPLE.COM", "upper");
    assert_email_leads_to(store, "O'BRIEN\"\\@EXAMPLE.COM", "o'brien");
    assert_email_leads_to(store, "NEW\nLINE\r\n@example.com", "new\nline");
    assert_email_leads_to(store, "twin@example.com", "twin1");
    assert_finding_fails(store, "TWIN@example.com", COGMIG_USER_AMBIGUOUS, &err);
    assert_finding_id_fails(store, "UPPER", COGMIG_USER_NOT_FOUND, &err);
}

static void case_counts_as_much_everywhere(void **state)
{
    (void)state;
    for_each_backend(look_in_any_case);
}

static void look_for_nobody(cogmig_store *store)
{
    static const char *const nobody[] = {"nobody@example.com",
                                         "' OR 1=1 --",
                                         "\" OR \"\"=\"",
                                         "%",
                                         "_",
                                         "ann@example.com ",
                                         " ann@example.com",
                                         "ann@example.com\n",
                                         "null",
                                         "\\1",
                                         "?",
                                         "x'); DROP TABLE x",
                                         "\xEF\xBB\xBF Ann@example.com"};
    struct cogmig_error err = {0};
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
        if (strcmp(nobody[i], "null") != 0)
            assert_finding_fails(store, nobody[i], COGMIG_USER_NOT_FOUND, &err);
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++)
        assert_finding_id_fails(store, nobody[i], COGMIG_USER_NOT_FOUND, &err);
    assert_email_leads_to(store, "ann@example.com", "1");
}

/* promise 40 */
static void what_means_harm_finds_nobody_and_does_none(void **state)
{
    (void)state;
    for_each_backend(look_for_nobody);
}

static void look_for_too_much(cogmig_store *store)
{
    struct cogmig_error err = {0};
    assert_finding_fails(store, "megabyte@example.com", COGMIG_STORE_ROW_INVALID, &err);
    assert_finding_id_fails(store, "megabyte", COGMIG_STORE_ROW_INVALID, &err);
    assert_mentions(&err, "64 KiB");
    assert_finding_fails(store, longer_hash, COGMIG_INVALID_ARGUMENT, &err);
    assert_finding_fails(store, "", COGMIG_INVALID_ARGUMENT, &err);
    assert_finding_fails(store, "\xFF@example.com", COGMIG_INVALID_ARGUMENT, &err);
    assert_email_leads_to(store, "ann@example.com", "1");
}

/* promise 57 */
static void what_is_too_large_is_refused_and_never_cut(void **state)
{
    (void)state;
    for_each_backend(look_for_too_much);
}

static int set_up(void **state)
{
    memset(long_name, 'x', KIB_64);
    memset(longer_hash, 'y', MEGABYTE);
    return find_server(state) != 0 || mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    char path[96];
    (void)state;
    snprintf(path, sizeof path, "%s/dev.db", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_a_row_holds_is_read_as_it_is),
        cmocka_unit_test(case_counts_as_much_everywhere),
        cmocka_unit_test(what_means_harm_finds_nobody_and_does_none),
        cmocka_unit_test(what_is_too_large_is_refused_and_never_cut),
    };
    return cmocka_run_group_tests_name("backends", tests, set_up, tear_down);
}
