/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include "opened.h"

#include <stdio.h>
#include <stdlib.h>

const char *server_url;
const char *server_directory;
const char *source_directory;

int find_server(void **state)
{
    (void)state;
    server_url = getenv("COGMIG_TEST_DATABASE_URL");
    server_directory = getenv("COGMIG_TEST_PGDIRECTORY");
    source_directory = getenv("COGMIG_SOURCE_DIR");
    return server_url == NULL || server_directory == NULL || source_directory == NULL;
}

void ignore_notice(void *user_data, const char *words)
{
    (void)user_data, (void)words;
}

PGconn *connect_as_superuser(void)
{
    PGconn *connection = PQconnectdb(server_url);
    if (PQstatus(connection) != CONNECTION_OK)
        fail_msg("%s\n", PQerrorMessage(connection));
    PQsetNoticeProcessor(connection, ignore_notice, NULL);
    return connection;
}

void execute_on(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s: %s\n", PQerrorMessage(connection), sql);
    PQclear(result);
}

void execute(const char *sql)
{
    PGconn *connection = connect_as_superuser();
    execute_on(connection, sql);
    PQfinish(connection);
}

void control_server(const char *verb)
{
    char command[512];
    snprintf(command, sizeof command, "python3 '%s/tests/support/postgres.py' %s", source_directory,
             verb);
    assert_int_equal(system(command), 0);
}

cogmig_store_config *config_with(const char *parameters)
{
    char url[1024];
    snprintf(url, sizeof url, "%s%s", server_url, parameters);
    return new_config(url);
}

void make_prisma_users(void)
{
    execute(NO_USERS PRISMA_TABLE PRISMA_USERS);
}

cogmig_store *open_prisma_users(void)
{
    make_prisma_users();
    return open_config(config_with(""));
}

long long count_of(const char *sql)
{
    PGconn *connection = connect_as_superuser();
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s\n", PQerrorMessage(connection));
    long long count = atoll(PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(connection);
    return count;
}

void make_view(const char *name_expression)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             NO_USERS
             "CREATE VIEW \"User\" AS SELECT '1'::text AS id, 'a@x'::text AS email, %s AS name, "
             "NULL::text AS password, true AS \"emailVerified\", now() AS \"createdAt\", now() AS "
             "\"updatedAt\"",
             name_expression);
    execute(sql);
}
