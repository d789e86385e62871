/* SPDX-License-Identifier: Apache-2.0
 * The pool of connections, against a real server: run through tests/support/postgres.py. */
#include "base/clock.h"
#include "opened.h"
#include "server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t counter(cogmig_store *store, int32_t which)
{
    return cogmig_store_get_counter(store, which);
}

static void assert_ann_is_found(cogmig_store *store)
{
    assert_email_leads_to(store, "ann@example.com", "c1");
}

static cogmig_store_config *config_over_users(const char *parameters)
{
    make_prisma_users();
    return config_with(parameters);
}

/* ---- how many ---- */

static void as_many_connections_as_are_kept_are_made_at_once(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_over_users("&application_name=kept");
    cogmig_store_config_set_min_connections(config, 3, &err);
    cogmig_store *store = open_config(config);
    assert_int_equal(count_of("SELECT count(*) " SESSIONS_OF("kept")), 3);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS), 3);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS_IDLE), 3);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTS), 3);
    cogmig_store_free(&store);
}

struct asker {
    cogmig_store *store;
    pthread_t thread;
    cogmig_status status;
    struct cogmig_error err;
};

static void *ask(void *argument)
{
    struct asker *asker = argument;
    cogmig_user *user = NULL;
    asker->status = cogmig_store_find_by_email(asker->store, "a@x", &user, &asker->err);
    cogmig_user_free(&user);
    return NULL;
}

static void start(struct asker *askers, int count, cogmig_store *store)
{
    for (int i = 0; i < count; i++) {
        askers[i] = (struct asker){.store = store};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
    }
}

static void join(struct asker *askers, int count)
{
    for (int i = 0; i < count; i++)
        pthread_join(askers[i].thread, NULL);
}

#define BUSY(name) "SELECT count(*) " SESSIONS_OF(name) " AND state = 'active'"

static void as_many_questions_run_at_a_time_as_there_are_connections(void **state)
{
    (void)state;
    enum {
        ASKERS = 6
    };
    struct asker askers[ASKERS];
    struct cogmig_error err = {0};
    make_view("(SELECT 'x'::text || pg_advisory_lock_shared(1))");
    PGconn *gate = connect_as_superuser();
    execute_on(gate, "SELECT pg_advisory_lock(1)");
    cogmig_store_config *config = config_with("&application_name=many&connection_limit=3");
    cogmig_store_config_set_acquire_timeout_ms(config, 60000, &err);
    cogmig_store_config_set_timeout_ms(config, 60000, &err);
    cogmig_store *store = open_config(config);
    start(askers, ASKERS, store);
    while (count_of(BUSY("many")) < 3 || counter(store, COGMIG_STORE_WAITING) < 3)
        usleep(2000);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS), 3);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS_IDLE), 0);
    execute_on(gate, "SELECT pg_advisory_unlock(1)");
    join(askers, ASKERS);
    for (int i = 0; i < ASKERS; i++)
        assert_status(askers[i].status, COGMIG_OK, &askers[i].err);
    assert_int_equal(counter(store, COGMIG_STORE_ACQUIRE_WAITS), 3);
    assert_int_equal(counter(store, COGMIG_STORE_ACQUIRE_TIMEOUTS), 0);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTS), 3);
    PQfinish(gate);
    cogmig_store_free(&store);
}

static void who_gets_no_connection_in_time_is_told_that_the_pool_is_exhausted(void **state)
{
    (void)state;
    struct asker slow;
    struct cogmig_error err = {0};
    make_view("(SELECT 'x'::text || pg_advisory_lock_shared(1))");
    PGconn *gate = connect_as_superuser();
    execute_on(gate, "SELECT pg_advisory_lock(1)");
    cogmig_store_config *config = config_with("&application_name=full&connection_limit=1");
    cogmig_store_config_set_acquire_timeout_ms(config, 30, &err);
    cogmig_store_config_set_timeout_ms(config, 60000, &err);
    cogmig_store *store = open_config(config);
    start(&slow, 1, store);
    while (count_of(BUSY("full")) < 1)
        usleep(2000);
    assert_finding_fails(store, "a@x", COGMIG_STORE_POOL_EXHAUSTED, &err);
    assert_mentions(&err, "connection_limit=");
    assert_mentions(&err, "acquire time-out");
    assert_int_equal(cogmig_status_kind(cogmig_error_status(&err)), COGMIG_KIND_UNAVAILABLE);
    assert_int_equal(counter(store, COGMIG_STORE_ACQUIRE_TIMEOUTS), 1);
    execute_on(gate, "SELECT pg_advisory_unlock(1)");
    join(&slow, 1);
    assert_status(slow.status, COGMIG_OK, &slow.err);
    PQfinish(gate);
    cogmig_store_free(&store);
}

/* ---- how long ---- */

static void a_connection_that_is_old_or_idle_gives_way_to_a_new_one(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    for (int old = 0; old < 2; old++) {
        cogmig_store_config *config = config_over_users("");
        if (old == 1)
            cogmig_store_config_set_max_lifetime_s(config, 1, &err);
        else
            cogmig_store_config_set_max_idle_s(config, 1, &err);
        cogmig_store *store = open_config(config);
        usleep(1010000);
        assert_ann_is_found(store);
        assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS_RETIRED), 1);
        assert_int_equal(counter(store, COGMIG_STORE_CONNECTS), 2);
        assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS), 1);
        cogmig_store_free(&store);
    }
}

static void a_look_up_that_ends_closes_what_was_idle_beside_it(void **state)
{
    (void)state;
    enum {
        ASKERS = 3
    };
    struct asker askers[ASKERS];
    struct cogmig_error err = {0};
    make_view("(SELECT 'x'::text || pg_sleep(0.2))");
    cogmig_store_config *config = config_with("");
    cogmig_store_config_set_max_idle_s(config, 1, &err);
    cogmig_store *store = open_config(config);
    start(askers, ASKERS, store);
    join(askers, ASKERS);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS), ASKERS);
    usleep(1010000);
    assert_email_leads_to(store, "a@x", "1");
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS), 1);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS_RETIRED), ASKERS);
    cogmig_store_free(&store);
}

/* ---- lost connections ---- */

#define KILL(name) "SELECT count(pg_terminate_backend(pid, 5000)) " SESSIONS_OF(name)

static void one_connection_that_was_shut_down_takes_the_idle_ones_along(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_over_users("&application_name=along");
    cogmig_store_config_set_min_connections(config, 3, &err);
    cogmig_store *store = open_config(config);
    assert_int_equal(
        count_of(KILL("along") " AND pid = (SELECT min(pid) " SESSIONS_OF("along") ")"), 1);
    for (int i = 0; i < 4 && counter(store, COGMIG_STORE_CONNECTIONS_LOST) == 0; i++)
        assert_ann_is_found(store);
    for (int i = 0; i < 3; i++)
        assert_ann_is_found(store);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS), 1);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS_LOST) +
                         counter(store, COGMIG_STORE_CONNECTIONS_RETIRED),
                     3);
    cogmig_store_free(&store);
}

static void an_idle_connection_that_was_killed_is_noticed_before_it_is_used(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_over_users("&application_name=noticed");
    cogmig_store_config_set_ping_after_idle_ms(config, 600000, &err);
    cogmig_store *store = open_config(config);
    for (int i = 1; i <= 3; i++) {
        assert_int_equal(count_of(KILL("noticed")), 1);
        usleep(2000);
        assert_ann_is_found(store);
        assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS_LOST), i);
    }
    assert_int_equal(counter(store, COGMIG_STORE_RETRIES), 0);
    cogmig_store_free(&store);
}

/* promise 41 */
static void a_question_that_kills_its_session_is_asked_twice_and_no_more(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_view("(SELECT pg_terminate_backend(pg_backend_pid())::text || pg_sleep(1))");
    cogmig_store *store = open_config(config_with(""));
    assert_finding_fails(store, "a@x", COGMIG_STORE_UNREACHABLE, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "57P01");
    assert_int_equal(counter(store, COGMIG_STORE_RETRIES), 1);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTS), 2);
    cogmig_store_free(&store);
}

static void while_the_server_is_away_everybody_is_told_so(void **state)
{
    (void)state;
    enum {
        ASKERS = 8
    };
    struct asker askers[ASKERS];
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_over_users("&connection_limit=2");
    cogmig_store_config_set_acquire_timeout_ms(config, 150, &err);
    cogmig_store *store = open_config(config);
    control_server("stop");
    start(askers, ASKERS, store);
    join(askers, ASKERS);
    control_server("start");
    for (int i = 0; i < ASKERS; i++)
        assert_status(askers[i].status, COGMIG_STORE_UNREACHABLE, &askers[i].err);
    assert_true(counter(store, COGMIG_STORE_CONNECT_FAILURES) > 2);
    assert_ann_is_found(store);
    cogmig_store_free(&store);
}

static void *start_server_soon(void *unused)
{
    usleep(200000);
    control_server("start");
    return unused;
}

static void a_server_that_comes_back_in_time_is_waited_for(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = config_over_users("");
    cogmig_store_config_set_acquire_timeout_ms(config, 60000, &err);
    cogmig_store_config_set_timeout_ms(config, 60000, &err);
    cogmig_store *store = open_config(config);
    control_server("stop");
    pthread_t starter;
    assert_int_equal(pthread_create(&starter, NULL, start_server_soon, NULL), 0);
    assert_ann_is_found(store);
    pthread_join(starter, NULL);
    cogmig_store_free(&store);
}

/* ---- prepared statements ---- */

static void statements_are_prepared_once_for_each_connection(void **state)
{
    (void)state;
    make_view("(SELECT string_agg(name || ' ' || calls::text, ',') FROM (SELECT name, "
              "generic_plans + custom_plans AS calls FROM pg_prepared_statements) p)");
    cogmig_store *store = open_config(config_with(""));
    for (int i = 0; i < 3; i++) {
        cogmig_user *user = found_by_email(store, "a@x");
        assert_non_null(strstr(cogmig_user_name(user), "cogmig_"));
        assert_null(strchr(cogmig_user_name(user), ','));
        cogmig_user_free(&user);
    }
    cogmig_store_free(&store);
}

static void no_statement_is_prepared_behind_a_pooler(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    make_view("(SELECT count(*)::text || current_setting('default_transaction_read_only') FROM "
              "pg_prepared_statements)");
    for (int32_t pooler = COGMIG_POOLER_PGBOUNCER; pooler <= COGMIG_POOLER_RDS_PROXY; pooler++) {
        cogmig_store_config *config = config_with("");
        assert_status(cogmig_store_config_set_pooler(config, pooler, &err), COGMIG_OK, &err);
        cogmig_store *store = open_config(config);
        cogmig_user *user = found_by_email(store, "a@x");
        assert_string_equal(cogmig_user_name(user), "0off");
        cogmig_user_free(&user);
        cogmig_store_free(&store);
    }
}

static void hostile_keys_are_only_keys_in_the_simple_protocol_too(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "' OR '1'='1", "\\' OR 1=1 --", "'; DROP TABLE \"User\"; --",  "$1",
        "\\",          "E'\\x00'",      "\xF0\x9F\x98\x80@example.com"};
    struct cogmig_error err = {0};
    for (int scs = 0; scs < 2; scs++) {
        cogmig_store_config *config = config_over_users(
            scs == 0 ? ""
                     : "&options=-c%20standard_conforming_strings%3Doff%20-c%20escape_string_"
                       "warning%3Doff");
        cogmig_store_config_set_pooler(config, COGMIG_POOLER_RDS_PROXY, &err);
        cogmig_store *store = open_config(config);
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            assert_finding_fails(store, keys[i], COGMIG_USER_NOT_FOUND, &err);
            assert_finding_id_fails(store, keys[i], COGMIG_USER_NOT_FOUND, &err);
        }
        execute("UPDATE \"User\" SET email = E'\\\\''$1\"@x', id = '$2''' WHERE id = 'c1'");
        assert_email_leads_to(store, "\\'$1\"@x", "$2'");
        assert_email_leads_to(store, "\\'$1\"@X", "$2'");
        cogmig_user *user = found_by_id(store, "$2'");
        cogmig_user_free(&user);
        cogmig_store_free(&store);
    }
}

static const char *const changes[] = {
    "ALTER TABLE \"User\" ALTER COLUMN \"emailVerified\" TYPE boolean USING \"emailVerified\" IS "
    "NOT "
    "NULL",
    "ALTER TABLE \"User\" ALTER COLUMN \"createdAt\" TYPE text",
    "ALTER TABLE \"User\" ALTER COLUMN email TYPE varchar(99)",
    "ALTER TABLE \"User\" ADD COLUMN more text",
    "CREATE TABLE copy AS TABLE \"User\"; DROP TABLE \"User\"; ALTER TABLE copy RENAME TO \"User\"",
    "DROP INDEX \"User_email_key\"",
};

static void a_schema_changed_under_a_prepared_statement_is_noticed_and_asked_anew(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        cogmig_store *store = open_prisma_users();
        assert_ann_is_found(store);
        execute(changes[i]);
        cogmig_user *user = found_by_email(store, "ann@example.com");
        assert_string_equal(cogmig_user_id(user), "c1");
        assert_true(cogmig_user_email_verified(user));
        assert_string_equal(cogmig_user_created_at(user), "2026-01-15T10:30:00.123Z");
        cogmig_user_free(&user);
        cogmig_store_free(&store);
    }
}

static void an_id_column_of_another_type_is_noticed_too(void **state)
{
    (void)state;
    cogmig_store *store = open_prisma_users();
    cogmig_user *user = found_by_id(store, "c1");
    cogmig_user_free(&user);
    execute("UPDATE \"User\" SET id = substr(id, 2); ALTER TABLE \"User\" ALTER COLUMN id TYPE "
            "bigint USING id::bigint");
    user = found_by_id(store, "1");
    assert_string_equal(cogmig_user_email(user), "ann@example.com");
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

/* The view's column forgets all statements of the session, as DISCARD ALL does between two users
 * of a pooled one. */
static void statements_that_the_session_forgot_are_prepared_again(void **state)
{
    (void)state;
    execute("CREATE OR REPLACE FUNCTION forgets() RETURNS text LANGUAGE plpgsql AS $$BEGIN EXECUTE "
            "'DEALLOCATE ALL'; RETURN 'x'; END$$");
    make_view("forgets()");
    cogmig_store *store = open_config(config_with(""));
    for (int i = 0; i < 5; i++)
        assert_email_leads_to(store, "a@x", "1");
    assert_int_equal(counter(store, COGMIG_STORE_RETRIES), 4);
    cogmig_store_free(&store);
}

/* ---- passwords ---- */

static cogmig_status give_password(void *user_data, const char *host, const char *port,
                                   const char *user, char *password, size_t password_size)
{
    int *asked = user_data;
    ++*asked;
    if (strcmp(user, "token") != 0 || strcmp(host, server_directory) != 0 || port[0] != '\0')
        return COGMIG_INTERNAL_ERROR;
    if (*asked == 3)
        return COGMIG_DEADLINE_EXCEEDED;
    if (*asked == 4)
        return COGMIG_PASSWORD_MISMATCH;
    snprintf(password, password_size, "%s", *asked == 5 ? "hunter3" : "hunter2");
    return COGMIG_OK;
}

static void the_password_of_each_connection_is_asked_for(void **state)
{
    (void)state;
    int asked = 0;
    char url[512];
    struct cogmig_error err = {0};
    make_prisma_users();
    execute("DROP ROLE IF EXISTS token; DROP ROLE IF EXISTS needs_password; CREATE ROLE "
            "needs_password; SET password_encryption = 'scram-sha-256'; CREATE ROLE token LOGIN "
            "PASSWORD 'hunter2' IN ROLE needs_password; GRANT SELECT ON \"User\" TO token");
    snprintf(url, sizeof url, "postgresql://token@/postgres?host=%s&application_name=token",
             server_directory);
    cogmig_store_config *config = new_config(url);
    cogmig_store_config_set_password_callback(config, give_password, &asked, &err);
    cogmig_store *store = open_config(config);
    assert_int_equal(asked, 1);
    count_of(KILL("token"));
    assert_ann_is_found(store);
    assert_int_equal(asked, 2);
    count_of(KILL("token"));
    assert_finding_fails(store, "ann@example.com", COGMIG_DEADLINE_EXCEEDED, &err);
    assert_mentions(&err, "password");
    assert_finding_fails(store, "ann@example.com", COGMIG_STOPPED_BY_CALLBACK, &err);
    assert_int_equal(cogmig_error_upstream(&err), COGMIG_UPSTREAM_CALLBACK);
    assert_finding_fails(store, "ann@example.com", COGMIG_STORE_LOGIN_REFUSED, &err);
    assert_silent_about(&err, "hunter");
    assert_ann_is_found(store);
    cogmig_store_free(&store);
    execute("DROP OWNED BY token");
}

/* ---- several servers ---- */

static cogmig_store_config *config_for_servers(const char *hosts, const char *session)
{
    char url[1024];
    snprintf(url, sizeof url,
             "postgresql://postgres@/postgres?host=%s,%s&port=5433,5432%s&target_session_attrs=%s",
             hosts, server_directory, "", session);
    return new_config(url);
}

static void the_first_server_that_can_be_used_is_used(void **state)
{
    (void)state;
    static const char *const sessions[] = {"any", "read-write", "primary", "prefer-standby"};
    struct cogmig_error err = {0};
    make_prisma_users();
    for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++) {
        cogmig_store *store = open_config(config_for_servers(server_directory, sessions[i]));
        assert_ann_is_found(store);
        cogmig_store_free(&store);
    }
    assert_opening_fails(config_for_servers(server_directory, "standby"), COGMIG_STORE_UNREACHABLE,
                         &err);
    assert_opening_fails(config_for_servers(server_directory, "read-only"),
                         COGMIG_STORE_UNREACHABLE, &err);
}

static void the_environment_says_like_the_url_which_server_is_wanted(void **state)
{
    (void)state;
    static const char variable[] = "PGTARGETSESSIONATTRS";
    struct cogmig_error err = {0};
    make_prisma_users();
    setenv(variable, "read-write", 1);
    cogmig_store *store = open_config(config_with(""));
    assert_ann_is_found(store);
    cogmig_store_free(&store);
    setenv(variable, "read-only", 1);
    assert_opening_fails(config_with(""), COGMIG_STORE_UNREACHABLE, &err);
    unsetenv(variable);
}

/* ---- forks ---- */

static int ask_in_child(cogmig_store *store)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, "bob@example.com", &user, NULL);
    bool right = status == COGMIG_OK && strcmp(cogmig_user_id(user), "c2") == 0 &&
                 counter(store, COGMIG_STORE_CONNECTS) == 2;
    cogmig_user_free(&user);
    cogmig_store_free(&store);
    return right ? 0 : 1;
}

/* promise 54 */
static void a_child_makes_connections_of_its_own(void **state)
{
    (void)state;
    cogmig_store *store = open_prisma_users();
    for (int i = 0; i < 3; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(ask_in_child(store));
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_ann_is_found(store);
    }
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTS), 1);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS_LOST), 0);
    cogmig_store_free(&store);
}

/* ---- the configuration ---- */

static void the_configuration_outranks_the_url(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config =
        config_over_users("&connection_limit=2&pool_timeout=1&pgbouncer=true");
    cogmig_store_config_set_max_connections(config, 5, &err);
    cogmig_store_config_set_min_connections(config, 5, &err);
    cogmig_store *store = open_config(config);
    assert_int_equal(counter(store, COGMIG_STORE_CONNECTIONS), 5);
    cogmig_store_free(&store);
    config = config_over_users("&connection_limit=2");
    cogmig_store_config_set_min_connections(config, 3, &err);
    assert_opening_fails(config, COGMIG_CONFIG_INVALID, &err);
    assert_mentions(&err, "at least 3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_connections_as_are_kept_are_made_at_once),
        cmocka_unit_test(as_many_questions_run_at_a_time_as_there_are_connections),
        cmocka_unit_test(who_gets_no_connection_in_time_is_told_that_the_pool_is_exhausted),
        cmocka_unit_test(a_connection_that_is_old_or_idle_gives_way_to_a_new_one),
        cmocka_unit_test(a_look_up_that_ends_closes_what_was_idle_beside_it),
        cmocka_unit_test(one_connection_that_was_shut_down_takes_the_idle_ones_along),
        cmocka_unit_test(an_idle_connection_that_was_killed_is_noticed_before_it_is_used),
        cmocka_unit_test(a_question_that_kills_its_session_is_asked_twice_and_no_more),
        cmocka_unit_test(while_the_server_is_away_everybody_is_told_so),
        cmocka_unit_test(a_server_that_comes_back_in_time_is_waited_for),
        cmocka_unit_test(statements_are_prepared_once_for_each_connection),
        cmocka_unit_test(no_statement_is_prepared_behind_a_pooler),
        cmocka_unit_test(hostile_keys_are_only_keys_in_the_simple_protocol_too),
        cmocka_unit_test(a_schema_changed_under_a_prepared_statement_is_noticed_and_asked_anew),
        cmocka_unit_test(an_id_column_of_another_type_is_noticed_too),
        cmocka_unit_test(statements_that_the_session_forgot_are_prepared_again),
        cmocka_unit_test(the_password_of_each_connection_is_asked_for),
        cmocka_unit_test(the_first_server_that_can_be_used_is_used),
        cmocka_unit_test(the_environment_says_like_the_url_which_server_is_wanted),
        cmocka_unit_test(a_child_makes_connections_of_its_own),
        cmocka_unit_test(the_configuration_outranks_the_url),
    };
    return cmocka_run_group_tests_name("pool", tests, find_server, NULL);
}
