/* SPDX-License-Identifier: Apache-2.0
 * Against a real server that fails: run through tests/support/postgres.py. */
#include "base/clock.h"
#include "database.h"
#include "idmap/config.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void control_server(const char *verb)
{
    char command[512];
    snprintf(command, sizeof command, "python3 '%s/tests/support/postgres.py' %s",
             getenv("COGMIG_SOURCE_DIR"), verb);
    assert_int_equal(system(command), 0);
}

static cogmig_idmap_config *config_with(const char *parameters)
{
    char url[1024];
    snprintf(url, sizeof url, "%s%s", database_url(), parameters);
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_url(config, url, NULL), COGMIG_OK);
    return config;
}

static void a_connection_that_was_killed_is_made_again(void **state)
{
    (void)state;
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    database_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE application_name = 'libcogmig'");
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_link(map, "clx2", "sub-2", COGMIG_OK);
    cogmig_idmap_free(&map);
}

/* promise 1 */
static void a_server_that_is_down_is_unavailable_and_never_not_linked(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    char *sub = NULL;
    cogmig_idmap *map = open_empty();
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    database_execute("CHECKPOINT"); /* the test's cluster writes late */
    control_server("crash");
    assert_status(cogmig_idmap_find_sub(map, "clx2", &sub, &err), COGMIG_STORE_UNREACHABLE, &err);
    assert_link(map, "clx2", "sub-2", COGMIG_STORE_UNREACHABLE);
    assert_sub(map, "clx1", "sub-1"); /* remembered */
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_FAILURES), 2);
    control_server("start");
    assert_sub(map, "clx2", NULL);
    assert_link(map, "clx2", "sub-2", COGMIG_OK);
    cogmig_idmap_free(&map);
}

static void a_map_that_may_be_down_is_opened_and_connects_when_it_can(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_idmap *map = open_empty();
    cogmig_idmap_free(&map);
    database_execute("CHECKPOINT");
    cogmig_idmap_config *config = new_config();
    control_server("crash");
    assert_status(cogmig_idmap_open(config, &map, &err), COGMIG_STORE_UNREACHABLE, &err);
    assert_int_equal(cogmig_idmap_config_allow_outage(config, NULL), COGMIG_OK);
    map = open_config(config);
    assert_link(map, "clx1", "sub-1", COGMIG_STORE_UNREACHABLE);
    control_server("start");
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    cogmig_idmap_free(&map);
}

/* Links until the server is gone and back again; what was answered with OK must be there. */
struct writer {
    cogmig_idmap *map;
    atomic_bool stop;
    atomic_int linked;
};

static void *link_on(void *argument)
{
    struct writer *writer = argument;
    for (int i = 0; !atomic_load(&writer->stop); i++) {
        char id[32], sub[32];
        snprintf(id, sizeof id, "clx%d", i);
        snprintf(sub, sizeof sub, "sub-%d", i);
        while (cogmig_idmap_link(writer->map, id, sub, NULL) != COGMIG_OK &&
               !atomic_load(&writer->stop))
            continue;
        if (!atomic_load(&writer->stop))
            atomic_store(&writer->linked, i + 1);
    }
    return NULL;
}

/* promise 43 */
static void a_server_that_dies_again_and_again_loses_no_link_and_halves_none(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_idmap *empty = open_empty();
    /* The test's cluster does not write each commit out, as yours does. */
    struct writer writer = {.map =
                                open_config(config_with("&options=-c%20synchronous_commit%3Don"))};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, link_on, &writer), 0);
    for (int death = 0; death < 3; death++) {
        int before = atomic_load(&writer.linked);
        while (atomic_load(&writer.linked) < before + 20)
            continue;
        control_server("crash");
        control_server("start");
    }
    atomic_store(&writer.stop, true);
    pthread_join(thread, NULL);
    cogmig_idmap *fresh = NULL;
    cogmig_idmap_config *config = new_config();
    assert_status(cogmig_idmap_open(config, &fresh, &err), COGMIG_OK, &err);
    for (int i = 0; i < atomic_load(&writer.linked); i++) {
        char id[32], sub[32];
        snprintf(id, sizeof id, "clx%d", i);
        snprintf(sub, sizeof sub, "sub-%d", i);
        assert_sub(fresh, id, sub);
        assert_legacy_id(fresh, sub, id);
    }
    cogmig_idmap_config_free(&config);
    cogmig_idmap_free(&fresh);
    cogmig_idmap_free(&writer.map);
    cogmig_idmap_free(&empty);
}

/* What is put off until COMMIT runs after the server has told how many rows were written. */
static void assert_not_linked_when_commit(const char *does, cogmig_status expected)
{
    cogmig_idmap *map = open_empty();
    char sql[512];
    snprintf(sql, sizeof sql,
             "CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS"
             " $$BEGIN %s; RETURN NULL; END$$;"
             "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON cogmig_idmap"
             " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit()",
             does);
    database_execute(sql);
    assert_link(map, "clx1", "sub-1", expected);
    assert_sub(map, "clx1", NULL);
    database_execute("DROP FUNCTION at_commit CASCADE");
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(map, "clx1", "sub-1");
    cogmig_idmap_free(&map);
}

/* promise 43 */
static void a_link_that_could_not_be_committed_is_not_acknowledged(void **state)
{
    (void)state;
    assert_not_linked_when_commit("RAISE EXCEPTION 'no such user'", COGMIG_STORE_QUERY_FAILED);
    assert_not_linked_when_commit("PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(60)",
                                  COGMIG_STORE_UNREACHABLE);
}

static void a_session_that_cannot_go_on_is_made_anew(void **state)
{
    (void)state;
    cogmig_idmap *made = open_empty();
    database_execute("CREATE ROLE keeper LOGIN; GRANT SELECT, INSERT ON cogmig_idmap TO keeper;"
                     "ALTER ROLE keeper SET default_transaction_read_only = on");
    cogmig_idmap_config *config = config_with("&user=keeper");
    assert_int_equal(cogmig_idmap_config_set_cache_entries(config, 0, NULL), COGMIG_OK);
    cogmig_idmap *map = open_config(config);
    assert_link(map, "clx1", "sub-1", COGMIG_STORE_QUERY_FAILED);
    assert_sub(map, "clx1", NULL);
    database_execute("ALTER ROLE keeper RESET default_transaction_read_only");
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(map, "clx1", "sub-1");
    database_execute("ALTER TABLE cogmig_idmap ALTER sub TYPE varchar(300)");
    assert_sub(map, "clx1", "sub-1");
    database_execute("ALTER TABLE cogmig_idmap ALTER sub TYPE text COLLATE \"C\"");
    cogmig_idmap_free(&map);
    database_execute("DROP OWNED BY keeper; DROP ROLE keeper");
    cogmig_idmap_free(&made);
}

struct late {
    cogmig_idmap *map;
    cogmig_status status;
};

static void *link_late(void *argument)
{
    struct late *late = argument;
    late->status = cogmig_idmap_link(late->map, "clx1", "sub-1", NULL);
    return NULL;
}

static bool somebody_waits(PGconn *connection)
{
    PGresult *result = PQexec(connection, "SELECT 1 FROM pg_locks WHERE NOT granted");
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    bool waits = PQntuples(result) > 0;
    PQclear(result);
    return waits;
}

static void of_serializable_writers_each_is_told_what_is_true(void **state)
{
    (void)state;
    cogmig_idmap *made = open_empty();
    struct late late = {.map = open_config(config_with(
                            "&options=-c%20default_transaction_isolation%3Dserializable"))};
    PGconn *other = PQconnectdb(database_url());
    PQclear(PQexec(other, "BEGIN; INSERT INTO cogmig_idmap VALUES ('" POOL "', 'clx1', 'sub-1')"));
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, link_late, &late), 0);
    while (!somebody_waits(other))
        continue;
    PQclear(PQexec(other, "COMMIT"));
    pthread_join(thread, NULL);
    assert_int_equal(late.status, COGMIG_OK);
    assert_int_equal(cogmig_idmap_get_counter(late.map, COGMIG_IDMAP_LINKS), 0);
    assert_sub(late.map, "clx1", "sub-1");
    PQfinish(other);
    cogmig_idmap_free(&late.map);
    cogmig_idmap_free(&made);
}

/* Whoever connects to it waits for an answer that does not come. */
static int listen_and_say_nothing(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
    *ret_port = ntohs(address.sin_port);
    return listener;
}

static void a_server_that_says_nothing_does_not_keep_the_next_from_being_asked(void **state)
{
    (void)state;
    cogmig_idmap *made = open_empty();
    int port, listener = listen_and_say_nothing(&port);
    PGconn *server = PQconnectdb(database_url());
    char url[1024];
    snprintf(url, sizeof url, "postgresql://%s@/%s?host=127.0.0.1,%s&port=%d,%s", PQuser(server),
             PQdb(server), PQhost(server), port, PQport(server));
    PQfinish(server);
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_url(config, url, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_timeout_ms(config, 2000, NULL), COGMIG_OK);
    cogmig_idmap *map = open_config(config);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    cogmig_idmap_free(&map);
    close(listener);
    cogmig_idmap_free(&made);
}

static pid_t server_process_of(const char *application)
{
    PGconn *observer = PQconnectdb(database_url());
    PGresult *result =
        PQexecParams(observer, "SELECT pid FROM pg_stat_activity WHERE application_name = $1", 1,
                     NULL, &application, NULL, NULL, 0);
    assert_int_equal(PQntuples(result), 1);
    pid_t process = (pid_t)atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(observer);
    return process;
}

/* A server that was stopped is one whose connection the network has forgotten. */
static void a_connection_that_says_nothing_any_more_is_made_again(void **state)
{
    (void)state;
    cogmig_idmap *made = open_empty();
    cogmig_idmap_config *config = config_with("&application_name=frozen");
    assert_int_equal(cogmig_idmap_config_set_timeout_ms(config, 20000, NULL), COGMIG_OK);
    config->ping_after_idle_ms = 0;
    cogmig_idmap *map = open_config(config);
    pid_t process = server_process_of("frozen");
    assert_int_equal(kill(process, SIGSTOP), 0);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    kill(process, SIGCONT);
    cogmig_idmap_free(&map);
    cogmig_idmap_free(&made);
}

static void who_may_only_read_looks_up_and_cannot_link(void **state)
{
    (void)state;
    cogmig_idmap *writer = open_empty();
    assert_link(writer, "clx1", "sub-1", COGMIG_OK);
    database_execute("DO $$BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN"
                     " END$$; GRANT SELECT ON cogmig_idmap TO reader");
    cogmig_idmap *reader = open_config(config_with("&user=reader"));
    assert_sub(reader, "clx1", "sub-1");
    assert_link(reader, "clx1", "sub-1", COGMIG_OK); /* nothing is to be written */
    assert_link(reader, "clx2", "sub-2", COGMIG_STORE_LOGIN_REFUSED);
    cogmig_idmap_free(&reader);
    cogmig_idmap_free(&writer);
}

static void a_table_that_is_locked_exceeds_the_deadline_and_heals(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    char *sub = NULL;
    cogmig_idmap *made = open_empty();
    cogmig_idmap_config *config = new_config();
    assert_int_equal(cogmig_idmap_config_set_miss_ttl_ms(config, 0, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_timeout_ms(config, 200, NULL), COGMIG_OK);
    cogmig_idmap *map = open_config(config);
    pid_t holder = fork();
    if (holder == 0)
        execlp("psql", "psql", "-X", "-q", database_url(), "-c",
               "BEGIN; LOCK TABLE cogmig_idmap; SELECT pg_sleep(60)", (char *)NULL);
    while (cogmig_idmap_find_sub(map, "clx1", &sub, &err) == COGMIG_IDMAP_NOT_LINKED)
        continue;
    assert_int_equal(cogmig_error_status(&err), COGMIG_DEADLINE_EXCEEDED);
    database_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE query LIKE 'BEGIN; LOCK%'");
    while (cogmig_idmap_find_sub(map, "clx1", &sub, &err) == COGMIG_DEADLINE_EXCEEDED)
        continue;
    assert_int_equal(cogmig_error_status(&err), COGMIG_IDMAP_NOT_LINKED);
    cogmig_idmap_free(&map);
    cogmig_idmap_free(&made);
}

static bool has_session(PGconn *connection, const char *application)
{
    PGresult *result =
        PQexecParams(connection, "SELECT 1 FROM pg_stat_activity WHERE application_name = $1", 1,
                     NULL, &application, NULL, NULL, 0);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    bool has = PQntuples(result) > 0;
    PQclear(result);
    return has;
}

static void assert_ends_soon(const char *application)
{
    struct deadline deadline = deadline_in_ms(20000);
    PGconn *observer = PQconnectdb(database_url());
    while (has_session(observer, application))
        assert_false(deadline_passed(deadline));
    PQfinish(observer);
}

static cogmig_idmap_config *impatient_config(const char *parameters)
{
    cogmig_idmap_config *config = config_with(parameters);
    assert_int_equal(cogmig_idmap_config_set_timeout_ms(config, 200, NULL), COGMIG_OK);
    return config;
}

static void nobody_waits_for_a_lock_who_was_told_that_it_took_too_long(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    char *sub = NULL;
    cogmig_idmap *made = open_empty();
    cogmig_idmap *map = open_config(impatient_config("&application_name=impatient"));
    PGconn *holder = PQconnectdb(database_url());
    PQclear(PQexec(holder, "BEGIN; LOCK TABLE cogmig_idmap"));
    assert_status(cogmig_idmap_find_sub(map, "clx1", &sub, &err), COGMIG_DEADLINE_EXCEEDED, &err);
    assert_link(map, "clx1", "sub-1", COGMIG_DEADLINE_EXCEEDED);
    assert_ends_soon("impatient");
    PQfinish(holder);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    cogmig_idmap_free(&map);
    cogmig_idmap_free(&made);
}

/* One of which no row can be read; to be opened there must be none. */
static cogmig_idmap_config *with_slow_table(cogmig_idmap_config *config)
{
    database_execute("CREATE OR REPLACE VIEW slow AS SELECT pool_id, legacy_id,"
                     " (SELECT m.sub FROM pg_sleep(60)) AS sub,"
                     " (SELECT m.linked_at FROM pg_sleep(60)) AS linked_at FROM cogmig_idmap m");
    assert_int_equal(cogmig_idmap_config_set_table(config, "slow", NULL), COGMIG_OK);
    return config;
}

static cogmig_status ignore_link(void *user_data, const char *legacy_id, const char *sub)
{
    (void)user_data, (void)legacy_id, (void)sub;
    return COGMIG_OK;
}

static cogmig_status ignore_day(void *user_data, const char *day, int64_t links)
{
    (void)user_data, (void)day, (void)links;
    return COGMIG_OK;
}

static void nobody_reads_on_who_was_told_that_it_took_too_long(void **state)
{
    (void)state;
    cogmig_idmap *made = open_empty();
    cogmig_idmap *map =
        open_config(with_slow_table(impatient_config("&application_name=impatient")));
    assert_link(made, "clx1", "sub-1", COGMIG_OK);
    assert_int_equal(cogmig_idmap_count_days(map, ignore_day, NULL, NULL),
                     COGMIG_DEADLINE_EXCEEDED);
    assert_int_equal(cogmig_idmap_list_links(map, NULL, ignore_link, NULL, NULL),
                     COGMIG_DEADLINE_EXCEEDED);
    assert_ends_soon("impatient");
    cogmig_idmap_free(&map);
    database_execute("DROP VIEW slow");
    cogmig_idmap_free(&made);
}

static void a_limit_of_the_url_is_kept(void **state)
{
    (void)state;
    char *sub = NULL;
    struct cogmig_error err = {0};
    cogmig_idmap *made = open_empty();
    cogmig_idmap_config *config =
        with_slow_table(config_with("&options=-c%20statement_timeout%3D100"));
    assert_int_equal(cogmig_idmap_config_set_timeout_ms(config, 30000, NULL), COGMIG_OK);
    cogmig_idmap *map = open_config(config);
    assert_link(made, "clx1", "sub-1", COGMIG_OK);
    int64_t begin = clock_steady_ms();
    assert_status(cogmig_idmap_find_sub(map, "clx1", &sub, &err), COGMIG_DEADLINE_EXCEEDED, &err);
    assert_string_equal(cogmig_error_upstream_code(&err), "57014");
    assert_int_equal(cogmig_idmap_count_days(map, ignore_day, NULL, &err),
                     COGMIG_DEADLINE_EXCEEDED);
    assert_string_equal(cogmig_error_upstream_code(&err), "57014");
    assert_in_range(clock_steady_ms() - begin, 200, 29999);
    cogmig_idmap_free(&map);
    database_execute("DROP VIEW slow");
    cogmig_idmap_free(&made);
}

static void behind_pgbouncer_no_statement_has_a_name(void **state)
{
    (void)state;
    cogmig_idmap *made = open_empty();
    cogmig_idmap *map = open_config(config_with("&pgbouncer=true&application_name=bounced"));
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    assert_sub(map, "clx1", "sub-1");
    assert_legacy_id(map, "sub-2", NULL);
    cogmig_idmap_free(&map);
    cogmig_idmap_free(&made);
}

static void a_schema_is_that_of_the_url_or_the_configuration(void **state)
{
    (void)state;
    database_execute("CREATE SCHEMA \"ident ities\"");
    cogmig_idmap_config *config = config_with("&schema=ident%20ities");
    assert_int_equal(cogmig_idmap_install(config, NULL), COGMIG_OK);
    cogmig_idmap *map = open_config(config);
    assert_link(map, "clx1", "sub-1", COGMIG_OK);
    database_execute("DO $$BEGIN ASSERT (SELECT count(*) = 1 FROM \"ident ities\".cogmig_idmap);"
                     "END$$");
    cogmig_idmap_free(&map);
    database_execute("DROP SCHEMA \"ident ities\" CASCADE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_that_was_killed_is_made_again),
        cmocka_unit_test(a_server_that_is_down_is_unavailable_and_never_not_linked),
        cmocka_unit_test(a_map_that_may_be_down_is_opened_and_connects_when_it_can),
        cmocka_unit_test(a_server_that_dies_again_and_again_loses_no_link_and_halves_none),
        cmocka_unit_test(a_link_that_could_not_be_committed_is_not_acknowledged),
        cmocka_unit_test(a_session_that_cannot_go_on_is_made_anew),
        cmocka_unit_test(of_serializable_writers_each_is_told_what_is_true),
        cmocka_unit_test(a_server_that_says_nothing_does_not_keep_the_next_from_being_asked),
        cmocka_unit_test(a_connection_that_says_nothing_any_more_is_made_again),
        cmocka_unit_test(who_may_only_read_looks_up_and_cannot_link),
        cmocka_unit_test(a_table_that_is_locked_exceeds_the_deadline_and_heals),
        cmocka_unit_test(nobody_waits_for_a_lock_who_was_told_that_it_took_too_long),
        cmocka_unit_test(nobody_reads_on_who_was_told_that_it_took_too_long),
        cmocka_unit_test(a_limit_of_the_url_is_kept),
        cmocka_unit_test(behind_pgbouncer_no_statement_has_a_name),
        cmocka_unit_test(a_schema_is_that_of_the_url_or_the_configuration),
    };
    return cmocka_run_group_tests(tests, database_create, database_remove);
}
