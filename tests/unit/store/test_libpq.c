/* SPDX-License-Identifier: Apache-2.0
 * Against a real server: run through tests/support/postgres.py. */
#include "adapters/libpq_error.h"
#include "base/clock.h"
#include "opened.h"
#include "server.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void prismas_default_model_is_read_whole(void **state)
{
    (void)state;
    cogmig_store *store = open_prisma_users();
    cogmig_user *user = found_by_email(store, "ann@example.com");
    assert_string_equal(cogmig_user_id(user), "c1");
    assert_string_equal(cogmig_user_email(user), "ann@example.com");
    assert_string_equal(cogmig_user_name(user), "Ann \xF0\x9F\x8C\xBB");
    assert_string_equal(cogmig_user_password_hash(user), "$2b$10$x");
    assert_true(cogmig_user_email_verified(user));
    assert_string_equal(cogmig_user_created_at(user), "2026-01-15T10:30:00.123Z");
    assert_string_equal(cogmig_user_updated_at(user), "2026-01-15T10:30:00.000Z");
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
    assert_null(cogmig_user_created_at(user));
    assert_false(cogmig_user_email_verified(user));
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
    assert_email_leads_to(store, "\xC3\xA9VA@example.com", "c5");
    assert_finding_fails(store, "Eve@example.com", COGMIG_USER_AMBIGUOUS, &err);
    assert_finding_fails(store, "nobody@example.com", COGMIG_USER_NOT_FOUND, &err);
    assert_finding_id_fails(store, "C1", COGMIG_USER_NOT_FOUND, &err);
    cogmig_store_free(&store);
}

static void make_table(const char *id_type, const char *email_type, const char *verified_type,
                       const char *time_type, const char *values)
{
    char sql[2048];
    snprintf(sql, sizeof sql,
             NO_USERS
             "CREATE TABLE \"User\" (id %s, email %s, name text, password text, "
             "\"emailVerified\" %s, \"createdAt\" %s, \"updatedAt\" %s);"
             "INSERT INTO \"User\" (id, email, \"emailVerified\", \"createdAt\") VALUES %s",
             id_type, email_type, verified_type, time_type, time_type, values);
    execute(sql);
}

static const struct {
    const char *type, *literal, *text;
} ids[] = {
    {"text", "'AbC'", "AbC"},
    {"varchar(30)", "'AbC'", "AbC"},
    {"char(8)", "'AbC'", "AbC"},
    {"uuid", "'6F9619FF-8B86-D011-B42D-00CF4FC964FF'", "6f9619ff-8b86-d011-b42d-00cf4fc964ff"},
    {"bigint", "9007199254740993", "9007199254740993"},
    {"integer", "42", "42"},
    {"numeric", "42.0", "42.0"},
};

static void an_id_of_any_type_is_compared_as_text(void **state)
{
    (void)state;
    static const char *const others[] = {"abc",
                                         "042",
                                         " 42",
                                         "42 OR 1=1",
                                         "99999999999999999999",
                                         "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
                                         "{6f9619ff-8b86-d011-b42d-00cf4fc964ff}",
                                         "'"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char values[128];
        snprintf(values, sizeof values, "(%s, 'a@x', NULL, NULL)", ids[i].literal);
        make_table(ids[i].type, "text", "bool", "timestamp", values);
        cogmig_store *store = open_config(config_with(""));
        cogmig_user *user = found_by_id(store, ids[i].text);
        assert_string_equal(cogmig_user_id(user), ids[i].text);
        cogmig_user_free(&user);
        struct cogmig_error err = {0};
        for (size_t o = 0; o < sizeof others / sizeof others[0]; o++)
            assert_finding_id_fails(store, others[o], COGMIG_USER_NOT_FOUND, &err);
        cogmig_store_free(&store);
    }
}

static const struct {
    const char *type, *literal;
    bool verified;
} flags[] = {
    {"bool", "true", true},
    {"bool", "false", false},
    {"bool", "NULL", false},
    {"timestamp(3)", "'2026-01-15'", true},
    {"timestamp(3)", "NULL", false},
    {"timestamptz", "'2026-01-15 10:30+02'", true},
    {"date", "'2026-01-15'", true},
    {"smallint", "1", true},
    {"integer", "0", false},
    {"bigint", "1768473000123", true},
    {"text", "'2026-01-15T10:30:00Z'", true},
    {"text", "'true'", true},
    {"text", "'t'", true},
    {"varchar(9)", "'Yes'", true},
    {"char(9)", "'1'", true},
    {"text", "'false'", false},
    {"text", "'0'", false},
    {"text", "''", false},
    {"text", "'pending'", false},
    {"text", "repeat('2026', 100000)", false},
    {"numeric", "2.5", false},
    {"jsonb", "'true'", true},
    {"jsonb", "'{}'", false},
    {"bytea", "'\\x01'", false},
};

static void verified_is_what_the_columns_type_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        char values[128];
        snprintf(values, sizeof values, "('1', 'a@x', %s, NULL)", flags[i].literal);
        make_table("text", "text", flags[i].type, "timestamp", values);
        cogmig_store *store = open_config(config_with(""));
        cogmig_user *user = found_by_email(store, "a@x");
        if (cogmig_user_email_verified(user) != flags[i].verified)
            fail_msg("%s in a column of %s\n", flags[i].literal, flags[i].type);
        cogmig_user_free(&user);
        cogmig_store_free(&store);
    }
}

static const struct {
    const char *type, *literal, *text;
} times[] = {
    {"timestamp(3)", "'2026-01-15 10:30:00.123'", "2026-01-15T10:30:00.123Z"},
    {"timestamptz", "'2026-01-15 10:30:00.123+05:30'", "2026-01-15T05:00:00.123Z"},
    {"date", "'2026-01-15'", "2026-01-15T00:00:00.000Z"},
    {"bigint", "1768473000123", "2026-01-15T10:30:00.123Z"},
    {"text", "'2026-01-15T10:30:00+02:00'", "2026-01-15T08:30:00.000Z"},
    {"text", "'long ago'", NULL},
    {"timestamptz", "'-infinity'", NULL},
    {"timestamp", "'0044-03-15 BC'", NULL},
};

/* As Go's programs keep what bcrypt gave them. */
static void a_hash_that_is_kept_as_bytes_is_read_as_the_text_it_is(void **state)
{
    (void)state;
    static const int32_t poolers[] = {COGMIG_POOLER_NONE, COGMIG_POOLER_PGBOUNCER,
                                      COGMIG_POOLER_RDS_PROXY};
    make_table("text", "text", "bool", "timestamp",
               "('1', 'a@x', NULL, NULL), ('2', 'b@x', NULL, NULL), ('3', 'c@x', NULL, NULL)");
    execute(
        "ALTER TABLE \"User\" ALTER password TYPE bytea USING '$2b$10$x'::bytea; UPDATE \"User\" "
        "SET password = '\\xFF00' WHERE id = '2'; UPDATE \"User\" SET password = NULL WHERE "
        "id = '3'");
    for (size_t i = 0; i < sizeof poolers / sizeof poolers[0]; i++) {
        cogmig_store_config *config = config_with("");
        cogmig_store_config_set_pooler(config, poolers[i], NULL);
        cogmig_store *store = open_config(config);
        cogmig_user *user = found_by_email(store, "a@x");
        assert_string_equal(cogmig_user_password_hash(user), "$2b$10$x");
        cogmig_user_free(&user);
        user = found_by_id(store, "2"); /* no text: no hash that anybody knows, and no outage */
        assert_string_equal(cogmig_user_password_hash(user), "\\377\\000");
        cogmig_user_free(&user);
        user = found_by_id(store, "3");
        assert_null(cogmig_user_password_hash(user));
        cogmig_user_free(&user);
        cogmig_store_free(&store);
    }
}

/* The server's time zone is Asia/Kolkata, and the session's format is one that cannot be parsed. */
static void a_time_becomes_utc_whatever_the_session_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char values[128];
        snprintf(values, sizeof values, "('1', 'a@x', NULL, %s)", times[i].literal);
        make_table("text", "text", "bool", times[i].type, values);
        cogmig_store *store = open_config(
            config_with("&options=-c%20DateStyle%3DSQL,DMY%20-c%20TimeZone%3DAsia/Tokyo"));
        cogmig_user *user = found_by_email(store, "a@x");
        if (times[i].text == NULL && strstr(times[i].literal, "BC") == NULL)
            assert_null(cogmig_user_created_at(user));
        else if (times[i].text != NULL)
            assert_string_equal(cogmig_user_created_at(user), times[i].text);
        cogmig_user_free(&user);
        cogmig_store_free(&store);
    }
}

static void a_column_that_knows_no_case_prefers_the_exact_address(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    execute("DROP COLLATION IF EXISTS no_case CASCADE; CREATE COLLATION no_case (provider = icu, "
            "locale = 'und-u-ks-level2', deterministic = false)");
    make_table("int", "text COLLATE no_case", "bool", "date",
               "(1, 'A@x', NULL, NULL), (2, 'A@X', NULL, NULL), (3, 'a@X', NULL, NULL), "
               "(4, 'a@x', NULL, NULL), (5, 'B@x', NULL, NULL), (6, 'C@x', NULL, NULL), "
               "(7, 'C@X', NULL, NULL)");
    cogmig_store *store = open_config(config_with(""));
    assert_email_leads_to(store, "a@x", "4");
    assert_email_leads_to(store, "b@x", "5");
    assert_finding_fails(store, "c@x", COGMIG_USER_AMBIGUOUS, &err);
    cogmig_store_free(&store);
}

#define STATISTICS_OF_USERS " FROM pg_stat_user_tables WHERE relname = 'User'"

static void an_address_and_an_id_are_looked_up_by_index(void **state)
{
    (void)state;
    execute(NO_USERS "CREATE TABLE \"User\" (id bigint PRIMARY KEY, email varchar(99) UNIQUE, name "
                     "text, password text, \"emailVerified\" bool, \"createdAt\" date, "
                     "\"updatedAt\" date);"
                     "INSERT INTO \"User\" (id, email) SELECT i, i || '@x' FROM "
                     "generate_series(1, 20000) i; ANALYZE \"User\"");
    long long scanned_before = count_of("SELECT seq_tup_read" STATISTICS_OF_USERS);
    cogmig_store *store = open_config(config_with(""));
    assert_email_leads_to(store, "777@x", "777");
    cogmig_user *user = found_by_id(store, "777");
    cogmig_user_free(&user);
    cogmig_store_free(&store); /* the session's statistics are flushed as it ends */
    for (int i = 0; i < 200 && count_of("SELECT idx_scan" STATISTICS_OF_USERS) < 2; i++)
        usleep(10000);
    assert_int_equal(count_of("SELECT idx_scan" STATISTICS_OF_USERS), 2);
    assert_int_equal(count_of("SELECT seq_tup_read" STATISTICS_OF_USERS), scanned_before);
}

static void schema_in_the_url_and_in_the_configuration(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    execute("DROP SCHEMA IF EXISTS \"My \"\"auth\"\".x\" CASCADE; CREATE SCHEMA \"My "
            "\"\"auth\"\".x\"; CREATE TABLE \"My \"\"auth\"\".x\".\"User\" AS SELECT * FROM "
            "public.\"User\" LIMIT 0; INSERT INTO \"My \"\"auth\"\".x\".\"User\" (id, email) "
            "VALUES ('other', 'ann@example.com')");
    cogmig_store *store = open_config(config_with("&schema=My%20%22auth%22.x"));
    assert_email_leads_to(store, "ann@example.com", "other");
    cogmig_store_free(&store);
    cogmig_store_config *config = config_with("&schema=My%20%22auth%22.x");
    cogmig_store_config_set_schema(config, "public", &err);
    store = open_config(config);
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
    config = config_with("&schema=nowhere");
    cogmig_store_config_set_schema(config, NULL, &err);
    store = open_config(config);
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
}

/* promise 40 */
static void names_with_quotes_dots_and_unicode_are_only_names(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    execute("DROP TABLE IF EXISTS \"a.b \"\"c\"\"; DROP TABLE x\";"
            "CREATE TABLE \"a.b \"\"c\"\"; DROP TABLE x\" (\"SELECT\" bigint, \"E-\xC3\xA4\" text, "
            "\"Pass\"\"word\" text);"
            "INSERT INTO \"a.b \"\"c\"\"; DROP TABLE x\" VALUES (1, 'a@x', '$2b$')");
    cogmig_store_config *config = config_with("");
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
    assert_null(cogmig_user_updated_at(user));
    assert_false(cogmig_user_email_verified(user));
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

static void a_missing_schema_table_or_column_is_named(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    cogmig_store_config *config = config_with("");
    cogmig_store_config_set_table(config, "user", &err);
    assert_opening_fails(config, COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "\"user\" does not exist");
    assert_mentions(&err, "COGMIG_TABLE");
    assert_string_equal(cogmig_error_upstream_code(&err), "42P01");
    config = config_with("");
    cogmig_store_config_set_password_column(config, "passwordHash", &err);
    assert_opening_fails(config, COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "u.passwordHash does not exist");
    assert_string_equal(cogmig_error_upstream_code(&err), "42703");
    execute("ALTER TABLE \"User\" DROP COLUMN name");
    assert_opening_fails(config_with(""), COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "u.name does not exist");
    assert_opening_fails(config_with("&schema=nowhere"), COGMIG_STORE_SCHEMA_MISMATCH, &err);
    assert_mentions(&err, "nowhere");
}

static void a_table_that_vanishes_later_is_named_too(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    execute("ALTER TABLE \"User\" RENAME TO gone");
    assert_finding_fails(store, "ann@example.com", COGMIG_STORE_SCHEMA_MISMATCH, &err);
    execute("ALTER TABLE gone RENAME TO \"User\"");
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
}

static void make_login(const char *sql)
{
    execute("DROP ROLE IF EXISTS locked_out; DROP ROLE IF EXISTS app; DROP ROLE IF EXISTS "
            "needs_password; CREATE ROLE needs_password; SET password_encryption = 'scram-sha-256';"
            "CREATE ROLE app LOGIN PASSWORD 'hunter2 &@/' IN ROLE needs_password");
    execute(sql);
}

static cogmig_store_config *config_for(const char *credentials, const char *database)
{
    char url[512];
    snprintf(url, sizeof url, "postgresql://%s@/%s?host=%s", credentials, database,
             server_directory);
    return new_config(url);
}

/* promise 7 */
static void a_password_is_checked_and_never_told(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    make_login("GRANT SELECT ON \"User\" TO app");
    cogmig_store *store = open_config(config_for("app:hunter2%20%26%40%2F", "postgres"));
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
    assert_opening_fails(config_for("app:hunter3", "postgres"), COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "28P01");
    assert_int_equal(cogmig_error_upstream(&err), COGMIG_UPSTREAM_POSTGRESQL);
    assert_mentions(&err, "password authentication failed for user \"app\"");
    assert_silent_about(&err, "hunter");
    assert_silent_about(&err, "LOCATION");
    assert_opening_fails(config_for("app:app", "postgres"), COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_silent_about(&err, "app");
    assert_opening_fails(config_for("app", "postgres"), COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_mentions(&err, "no password");
    assert_int_equal(cogmig_status_kind(cogmig_error_status(&err)), COGMIG_KIND_UNAVAILABLE);
    execute("DROP OWNED BY app");
}

static void missing_rights_database_or_role_are_a_refused_login(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    make_login("CREATE ROLE locked_out LOGIN");
    assert_opening_fails(config_for("locked_out", "postgres"), COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "42501");
    assert_opening_fails(config_for("postgres", "nowhere"), COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "3D000");
    assert_opening_fails(config_for("nobody", "postgres"), COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "28000");
}

/* A server of our own beside the real one. */
static int listen_on_port(int port)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.%d", server_directory, port);
    unlink(address.sun_path);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    return listener;
}

static cogmig_store_config *config_for_port(int port)
{
    char url[256];
    snprintf(url, sizeof url, "postgresql://u@/d?port=%d&host=%s", port, server_directory);
    return new_config(url);
}

static void refuse_one_client(int listener)
{
    static const char reply[] = "E\0\0\0\x3FSFATAL\0C08P01\0M"
                                "unsupported startup parameter: options: -c\0";
    char packet[2048];
    int client = accept(listener, NULL, NULL);
    ssize_t got = read(client, packet, sizeof packet);
    ssize_t put = write(client, reply, sizeof reply);
    _exit(got <= 0 || put <= 0);
}

static void what_a_server_refuses_in_its_start_up_names_pgbouncer(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    int listener = listen_on_port(1);
    pid_t server = fork();
    if (server == 0)
        refuse_one_client(listener);
    close(listener);
    assert_opening_fails(config_for_port(1), COGMIG_STORE_UNREACHABLE, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "08P01");
    assert_mentions(&err, "pgbouncer=true");
    assert_int_equal(waitpid(server, NULL, 0), server);
}

static void a_session_names_itself_unless_the_url_does(void **state)
{
    (void)state;
    cogmig_store *store = open_prisma_users();
    assert_in_range(count_of("SELECT count(*) " SESSIONS_OF("cogmig")), 1, 40);
    cogmig_store_free(&store);
    store = open_config(config_with("&application_name=mine"));
    assert_int_equal(count_of("SELECT count(*) " SESSIONS_OF("mine")), 1);
    cogmig_store_free(&store);
}

/* promise 39 */
static void a_session_cannot_write(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    execute("DROP TABLE IF EXISTS written CASCADE; CREATE TABLE written (x int); CREATE OR REPLACE "
            "FUNCTION writes() RETURNS text LANGUAGE sql VOLATILE AS 'INSERT INTO written VALUES "
            "(1) RETURNING x::text'");
    make_view("writes()");
    cogmig_store *store =
        open_config(config_with("&options=-c%20default_transaction_read_only%3Doff"));
    assert_finding_fails(store, "a@x", COGMIG_STORE_QUERY_FAILED, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "25006");
    cogmig_store_free(&store);
    store = open_config(config_with("&pgbouncer=true"));
    assert_email_leads_to(store, "a@x", "1"); /* the session is left as it is */
    cogmig_store_free(&store);
}

static void data_that_the_database_cannot_read_is_a_failure_and_never_nobody(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    execute(NO_USERS
            "CREATE VIEW \"User\" AS SELECT v::int AS id, 'a@x' AS email, NULL AS name, NULL "
            "AS password, NULL AS \"emailVerified\", NULL AS \"createdAt\", NULL AS "
            "\"updatedAt\" FROM unnest(ARRAY['x', '1']) v");
    cogmig_store *store = open_config(config_with(""));
    assert_finding_id_fails(store, "1", COGMIG_STORE_QUERY_FAILED, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "22P02");
    assert_finding_fails(store, "a@x", COGMIG_STORE_QUERY_FAILED, &err);
    cogmig_store_free(&store);
}

static void notices_of_the_server_are_swallowed(void **state)
{
    (void)state;
    execute("CREATE OR REPLACE FUNCTION shouts() RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE "
            "WARNING 'loud'; RETURN 'x'; END$$");
    make_view("shouts()");
    cogmig_store *store = open_config(config_with(""));
    FILE *captured = tmpfile();
    int kept = dup(STDERR_FILENO);
    dup2(fileno(captured), STDERR_FILENO);
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, "a@x", &user, NULL);
    dup2(kept, STDERR_FILENO);
    close(kept);
    assert_int_equal(status, COGMIG_OK);
    assert_int_equal(lseek(fileno(captured), 0, SEEK_END), 0);
    fclose(captured);
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

static void a_connection_that_was_killed_is_made_again(void **state)
{
    (void)state;
    make_prisma_users();
    cogmig_store *store = open_config(config_with("&application_name=killed"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            count_of("SELECT count(pg_terminate_backend(pid, 5000)) " SESSIONS_OF("killed")), 1);
        assert_email_leads_to(store, "ann@example.com", "c1");
    }
    cogmig_store_free(&store);
}

/* promise 41 */
static void a_connection_killed_in_the_middle_is_made_again_once(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_view("(SELECT pg_terminate_backend(pg_backend_pid())::text || pg_sleep(1))");
    cogmig_store *store = open_config(config_with(""));
    assert_finding_fails(store, "a@x", COGMIG_STORE_UNREACHABLE, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "57P01");
    make_prisma_users();
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
}

static void a_server_that_restarts_is_asked_again(void **state)
{
    (void)state;
    cogmig_store *store = open_prisma_users();
    control_server("restart");
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
}

/* promise 1 */
static void a_server_that_is_down_is_unavailable_and_never_nobody(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    cogmig_store_config *config = config_with("");
    cogmig_store_config_set_acquire_timeout_ms(config, 50, &err);
    cogmig_store *store = open_config(config);
    control_server("crash");
    for (int i = 0; i < 3; i++) {
        assert_finding_fails(store, "ann@example.com", COGMIG_STORE_UNREACHABLE, &err);
        assert_int_equal(cogmig_status_kind(cogmig_error_status(&err)), COGMIG_KIND_UNAVAILABLE);
        assert_finding_id_fails(store, "c1", COGMIG_STORE_UNREACHABLE, &err);
    }
    assert_opening_fails(config_with(""), COGMIG_STORE_UNREACHABLE, &err);
    assert_mentions(&err, server_directory);
    control_server("start");
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
}

/* promise 38 */
static void a_locked_table_exceeds_the_deadline_and_heals(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    PGconn *other = connect_as_superuser();
    execute_on(other, "BEGIN; LOCK TABLE \"User\" IN ACCESS EXCLUSIVE MODE");
    cogmig_user *user = NULL;
    int64_t begin = clock_steady_ms();
    assert_status(store_find_by_email(store, "ann@example.com", deadline_in_ms(60), &user, &err),
                  COGMIG_DEADLINE_EXCEEDED, &err);
    assert_in_range(clock_steady_ms() - begin, 60, 3000);
    execute_on(other, "COMMIT");
    assert_email_leads_to(store, "ann@example.com", "c1");
    PQfinish(other);
    cogmig_store_free(&store);
}

static void the_server_gives_up_a_query_that_nobody_waits_for(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_view("(SELECT 'x'::text || pg_sleep(600))");
    cogmig_store_config *config = config_with("");
    cogmig_store_config_set_timeout_ms(config, 300, &err);
    cogmig_store *store = open_config(config);
    assert_finding_fails(store, "a@x", COGMIG_DEADLINE_EXCEEDED, &err);
    int running = 1;
    for (int i = 0; i < 500 && running > 0; i++) {
        usleep(10000);
        running = (int)count_of("SELECT count(*) " SESSIONS_OF("cogmig") " AND state = 'active'");
    }
    assert_int_equal(running, 0);
    cogmig_store_free(&store);
}

/* promise 38 */
static void a_server_that_says_nothing_exceeds_the_deadline(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    int listener = listen_on_port(2);
    cogmig_store_config *config = config_for_port(2);
    cogmig_store_config_set_timeout_ms(config, 60, &err);
    assert_opening_fails(config, COGMIG_DEADLINE_EXCEEDED, &err);
    close(listener);
}

static void too_many_connections_are_busy(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_prisma_users();
    make_login("CREATE ROLE locked_out LOGIN CONNECTION LIMIT 0");
    assert_opening_fails(config_for("locked_out", "postgres"), COGMIG_STORE_BUSY, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "53300");
}

static void a_name_of_a_megabyte_is_refused_without_being_fetched(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    execute("UPDATE \"User\" SET name = repeat('x', 1000000) WHERE id = 'c1'; UPDATE \"User\" SET "
            "name = repeat('\xC3\xA9', 32768) WHERE id = 'c2'; UPDATE \"User\" SET id = '' WHERE "
            "id = 'c3'");
    assert_finding_fails(store, "ann@example.com", COGMIG_STORE_ROW_INVALID, &err);
    assert_mentions(&err, "64 KiB");
    assert_email_leads_to(store, "bob@example.com", "c2");
    assert_finding_fails(store, "eve@example.com", COGMIG_STORE_ROW_INVALID, &err);
    cogmig_store_free(&store);
}

static void make_database(const char *encoding, char url[512])
{
    char sql[256];
    execute("DROP DATABASE IF EXISTS other WITH (FORCE)");
    snprintf(sql, sizeof sql,
             "CREATE DATABASE other ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
             encoding);
    execute(sql);
    snprintf(url, 512, "postgresql://postgres@/other?host=%s", server_directory);
}

static void execute_at(const char *url, const char *sql)
{
    PGconn *connection = PQconnectdb(url);
    PQsetNoticeProcessor(connection, ignore_notice, NULL);
    PQsetClientEncoding(connection, "SQL_ASCII");
    execute_on(connection, sql);
    PQfinish(connection);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    char url[512];
    make_database("SQL_ASCII", url);
    execute_at(url, PRISMA_TABLE PRISMA_USERS
               "UPDATE \"User\" SET name = E'M\\374ller' WHERE id = 'c1'");
    cogmig_store *store = open_config(new_config(url));
    assert_finding_fails(store, "ann@example.com", COGMIG_STORE_ROW_INVALID, &err);
    assert_finding_id_fails(store, "c1", COGMIG_STORE_ROW_INVALID, &err);
    assert_mentions(&err, "UTF8");
    assert_email_leads_to(store, "bob@example.com", "c2");
    cogmig_store_free(&store);
}

static void what_the_databases_encoding_cannot_hold_nobody_has(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    char url[512];
    make_database("LATIN1", url);
    execute_at(url, PRISMA_TABLE "INSERT INTO \"User\" (id, email, name, \"updatedAt\") VALUES "
                                 "('c1', E'm\\374ller@x', E'M\\374ller', now())");
    cogmig_store *store = open_config(new_config(url));
    cogmig_user *user = found_by_email(store, "m\xC3\xBCller@x");
    assert_string_equal(cogmig_user_name(user), "M\xC3\xBCller");
    cogmig_user_free(&user);
    assert_finding_fails(store, "\xF0\x9F\x98\x80@x", COGMIG_USER_NOT_FOUND, &err);
    assert_finding_id_fails(store, "\xF0\x9F\x98\x80", COGMIG_USER_NOT_FOUND, &err);
    cogmig_store_free(&store);
}

static void hostile_addresses_find_nobody(void **state)
{
    (void)state;
    static const char *const addresses[] = {"' OR '1'='1",
                                            "\" OR 1=1 --",
                                            "'; DROP TABLE \"User\"; --",
                                            "$1",
                                            "%",
                                            "\\",
                                            "E'\\x00'",
                                            "ann@example.com\n",
                                            "\xF0\x9F\x98\x80@example.com",
                                            "\xE2\x80\xAE@example.com"};
    struct cogmig_error err = {0};
    cogmig_store *store = open_prisma_users();
    static char megabyte[1 << 20];
    memset(megabyte, 'a', sizeof megabyte - 1);
    assert_finding_fails(store, megabyte, COGMIG_INVALID_ARGUMENT, &err);
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        assert_finding_fails(store, addresses[i], COGMIG_USER_NOT_FOUND, &err);
    assert_email_leads_to(store, "ann@example.com", "c1");
    cogmig_store_free(&store);
}

enum {
    THREADS = 16,
    LOOKUPS = 25
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
    struct cogmig_error err = {0};
    make_prisma_users();
    cogmig_store_config *config = config_with("&application_name=shared");
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
    assert_in_range(count_of("SELECT count(*) " SESSIONS_OF("shared")), 1, 4);
    cogmig_store_free(&store);
}

static void *look_up_slowly(void *store)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, "a@x", &user, NULL);
    cogmig_user_free(&user);
    return status == COGMIG_OK ? NULL : store;
}

static void who_waits_for_the_connection_honours_his_own_deadline(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_view("(SELECT 'x'::text || pg_sleep(1))");
    cogmig_store *store = open_config(config_with("&connection_limit=1"));
    pthread_t slow;
    assert_int_equal(pthread_create(&slow, NULL, look_up_slowly, store), 0);
    while (count_of("SELECT count(*) " SESSIONS_OF("cogmig") " AND state = 'active'") == 0)
        usleep(5000);
    cogmig_user *user = NULL;
    assert_status(store_find_by_email(store, "a@x", deadline_in_ms(50), &user, &err),
                  COGMIG_STORE_POOL_EXHAUSTED, &err);
    assert_mentions(&err, "All 1 connections");
    void *wrong = NULL;
    pthread_join(slow, &wrong);
    assert_null(wrong);
    cogmig_store_free(&store);
}

static const struct {
    const char *sqlstate;
    cogmig_status status;
} sqlstates[] = {
    {"", COGMIG_STORE_UNREACHABLE},
    {"08006", COGMIG_STORE_UNREACHABLE},
    {"57P01", COGMIG_STORE_UNREACHABLE},
    {"57P02", COGMIG_STORE_UNREACHABLE},
    {"57P03", COGMIG_STORE_BUSY},
    {"53300", COGMIG_STORE_BUSY},
    {"55P03", COGMIG_STORE_BUSY},
    {"40001", COGMIG_STORE_BUSY},
    {"57014", COGMIG_DEADLINE_EXCEEDED},
    {"28000", COGMIG_STORE_LOGIN_REFUSED},
    {"28P01", COGMIG_STORE_LOGIN_REFUSED},
    {"3D000", COGMIG_STORE_LOGIN_REFUSED},
    {"42501", COGMIG_STORE_LOGIN_REFUSED},
    {"42P01", COGMIG_STORE_SCHEMA_MISMATCH},
    {"42703", COGMIG_STORE_SCHEMA_MISMATCH},
    {"3F000", COGMIG_STORE_SCHEMA_MISMATCH},
    {"42601", COGMIG_STORE_QUERY_FAILED},
    {"53100", COGMIG_STORE_QUERY_FAILED},
    {"XX000", COGMIG_STORE_QUERY_FAILED},
};

/* promise 1 */
static void every_sqlstate_has_its_status_and_no_outage_is_a_no(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sqlstates / sizeof sqlstates[0]; i++) {
        cogmig_status status = libpq_status_of(sqlstates[i].sqlstate);
        assert_int_equal(status, sqlstates[i].status);
        if (status != COGMIG_STORE_SCHEMA_MISMATCH)
            assert_int_equal(cogmig_status_kind(status), COGMIG_KIND_UNAVAILABLE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prismas_default_model_is_read_whole),
        cmocka_unit_test(what_a_row_does_not_have_is_null_and_unverified),
        cmocka_unit_test(an_address_is_found_as_typed_then_in_any_case),
        cmocka_unit_test(an_id_of_any_type_is_compared_as_text),
        cmocka_unit_test(verified_is_what_the_columns_type_says),
        cmocka_unit_test(a_hash_that_is_kept_as_bytes_is_read_as_the_text_it_is),
        cmocka_unit_test(a_time_becomes_utc_whatever_the_session_says),
        cmocka_unit_test(a_column_that_knows_no_case_prefers_the_exact_address),
        cmocka_unit_test(an_address_and_an_id_are_looked_up_by_index),
        cmocka_unit_test(schema_in_the_url_and_in_the_configuration),
        cmocka_unit_test(names_with_quotes_dots_and_unicode_are_only_names),
        cmocka_unit_test(a_missing_schema_table_or_column_is_named),
        cmocka_unit_test(a_table_that_vanishes_later_is_named_too),
        cmocka_unit_test(a_password_is_checked_and_never_told),
        cmocka_unit_test(missing_rights_database_or_role_are_a_refused_login),
        cmocka_unit_test(what_a_server_refuses_in_its_start_up_names_pgbouncer),
        cmocka_unit_test(a_session_names_itself_unless_the_url_does),
        cmocka_unit_test(a_session_cannot_write),
        cmocka_unit_test(data_that_the_database_cannot_read_is_a_failure_and_never_nobody),
        cmocka_unit_test(notices_of_the_server_are_swallowed),
        cmocka_unit_test(a_connection_that_was_killed_is_made_again),
        cmocka_unit_test(a_connection_killed_in_the_middle_is_made_again_once),
        cmocka_unit_test(a_server_that_restarts_is_asked_again),
        cmocka_unit_test(a_server_that_is_down_is_unavailable_and_never_nobody),
        cmocka_unit_test(a_locked_table_exceeds_the_deadline_and_heals),
        cmocka_unit_test(the_server_gives_up_a_query_that_nobody_waits_for),
        cmocka_unit_test(a_server_that_says_nothing_exceeds_the_deadline),
        cmocka_unit_test(too_many_connections_are_busy),
        cmocka_unit_test(a_name_of_a_megabyte_is_refused_without_being_fetched),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(what_the_databases_encoding_cannot_hold_nobody_has),
        cmocka_unit_test(hostile_addresses_find_nobody),
        cmocka_unit_test(sixteen_threads_share_one_handle),
        cmocka_unit_test(who_waits_for_the_connection_honours_his_own_deadline),
        cmocka_unit_test(every_sqlstate_has_its_status_and_no_outage_is_a_no),
    };
    return cmocka_run_group_tests(tests, find_server, NULL);
}
