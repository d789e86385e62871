/* SPDX-License-Identifier: Apache-2.0
 * Rows of `./dev bench store`: look-ups against bare loops over libpq. Beside a PostgreSQL with the
 * table "User". */
#include "ratio.h"

#include <cogmig/store.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    USERS = 10000,
    LOOKUPS = 400, /* in a turn */
    CONNECTIONS = 8,
    THREADS = 16,
    POOL_LOOKUPS = 8000, /* of all threads together */
    LOOKUP_ROUNDS = 61,
    POOL_ROUNDS = 11
};

static cogmig_store *store;
static PGconn *connections[CONNECTIONS];

static void execute(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    must(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(connection));
    PQclear(result);
}

static void add_users(PGconn *connection)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             "INSERT INTO \"User\" (id, name, email, \"emailVerified\", password, \"updatedAt\") "
             "SELECT 'bench' || i, 'User ' || i, 'bench' || i || '@example.com', now(), '$2b$10$' "
             "|| repeat('x', 53), now() FROM generate_series(1, %d) i",
             USERS);
    execute(connection, sql);
    execute(connection, "ANALYZE \"User\"");
}

static void address_of(unsigned number, char address[40])
{
    snprintf(address, 40, "bench%u@example.com", 1 + number * 2654435761U % USERS);
}

/* ---- ours ---- */

static void look_up(unsigned number)
{
    char address[40];
    cogmig_user *user = NULL;
    address_of(number, address);
    must(cogmig_store_find_by_email(store, address, &user, NULL) == COGMIG_OK, "a look-up failed");
    must(strcmp(cogmig_user_email(user), address) == 0, "a look-up found somebody else");
    cogmig_user_free(&user);
}

static void look_up_in_one_thread(void)
{
    for (unsigned i = 0; i < LOOKUPS; i++)
        look_up(i);
}

static void *look_up_a_share(void *unused)
{
    for (unsigned i = 0; i < POOL_LOOKUPS / THREADS; i++)
        look_up(i);
    return unused;
}

static void run_threads(int count, void *(*work)(void *), PGconn **arguments)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < count; i++)
        must(pthread_create(&threads[i], NULL, work, arguments == NULL ? NULL : arguments[i]) == 0,
             "no thread");
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

static void look_up_in_many_threads(void)
{
    run_threads(THREADS, look_up_a_share, NULL);
}

/* ---- bare ---- */

static void prepare_bare(PGconn *connection)
{
    PGresult *result = PQprepare(
        connection, "bare",
        "SELECT id, email, name, password, \"emailVerified\", \"createdAt\", \"updatedAt\" FROM "
        "\"User\" WHERE email = $1",
        0, NULL);
    must(PQresultStatus(result) == PGRES_COMMAND_OK, PQerrorMessage(connection));
    PQclear(result);
}

static void ask_bare(PGconn *connection, unsigned number)
{
    char address[40];
    const char *const parameters[] = {address};
    address_of(number, address);
    PGresult *result = PQexecPrepared(connection, "bare", 1, parameters, NULL, NULL, 0);
    must(PQntuples(result) == 1, PQerrorMessage(connection));
    must(strcmp(PQgetvalue(result, 0, 1), address) == 0, "a query found somebody else");
    PQclear(result);
}

static void ask_bare_in_one_thread(void)
{
    for (unsigned i = 0; i < LOOKUPS; i++)
        ask_bare(connections[0], i);
}

static void *ask_a_share_bare(void *connection)
{
    for (unsigned i = 0; i < POOL_LOOKUPS / CONNECTIONS; i++)
        ask_bare(connection, i);
    return NULL;
}

static void ask_bare_in_many_threads(void)
{
    run_threads(CONNECTIONS, ask_a_share_bare, connections);
}

/* ---- */

static void open_store(const char *url)
{
    cogmig_store_config *config = NULL;
    must(cogmig_store_config_new(&config, NULL) == COGMIG_OK &&
             cogmig_store_config_set_url(config, url, NULL) == COGMIG_OK &&
             cogmig_store_config_set_max_connections(config, CONNECTIONS, NULL) == COGMIG_OK &&
             cogmig_store_config_set_min_connections(config, CONNECTIONS, NULL) == COGMIG_OK &&
             cogmig_store_config_set_acquire_timeout_ms(config, 60000, NULL) == COGMIG_OK &&
             cogmig_store_config_set_timeout_ms(config, 60000, NULL) == COGMIG_OK &&
             cogmig_store_open(config, &store, NULL) == COGMIG_OK,
         "the store does not open");
    cogmig_store_config_free(&config);
}

static void contest_of_lookups(void)
{
    run_contest(&(struct contest){.name = "store.lookup",
                                  .target = "<= 1.10",
                                  .ours = look_up_in_one_thread,
                                  .reference = ask_bare_in_one_thread,
                                  .operations = LOOKUPS,
                                  .rounds = LOOKUP_ROUNDS});
}

static void contest_of_pools(void)
{
    run_contest(&(struct contest){.name = "store.pool",
                                  .target = ">= 0.95",
                                  .ours = look_up_in_many_threads,
                                  .reference = ask_bare_in_many_threads,
                                  .operations = POOL_LOOKUPS,
                                  .rounds = POOL_ROUNDS,
                                  .throughput = true});
}

int main(int argc, char **argv)
{
    const char *url = getenv("COGMIG_TEST_DATABASE_URL");
    must(url != NULL, "COGMIG_TEST_DATABASE_URL is not set");
    must(argc == 2, "bench-store lookup | pool");
    for (int i = 0; i < CONNECTIONS; i++) {
        connections[i] = PQconnectdb(url);
        must(PQstatus(connections[i]) == CONNECTION_OK, PQerrorMessage(connections[i]));
        if (i == 0)
            add_users(connections[0]);
        prepare_bare(connections[i]);
    }
    open_store(url);
    if (strcmp(argv[1], "lookup") == 0)
        contest_of_lookups();
    else
        contest_of_pools();
    cogmig_store_free(&store);
    for (int i = 0; i < CONNECTIONS; i++)
        PQfinish(connections[i]);
    return 0;
}
