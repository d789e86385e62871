/* SPDX-License-Identifier: Apache-2.0
 * What the tests against a real server share: run them through tests/support/postgres.py. */
#ifndef TESTS_STORE_SERVER_H
#define TESTS_STORE_SERVER_H

#include <cogmig/store.h>
#include <libpq-fe.h>

extern const char *server_url;
extern const char *server_directory;
extern const char *source_directory;

/* Whether it is a table or a view. */
#define NO_USERS                                                                                   \
    "DO $$BEGIN DROP TABLE IF EXISTS \"User\" CASCADE; EXCEPTION WHEN wrong_object_type THEN "     \
    "DROP "                                                                                        \
    "VIEW \"User\"; END$$;"

/* What `prisma migrate` writes for PostgreSQL. */
#define PRISMA_TABLE                                                                               \
    "CREATE TABLE \"User\" (\"id\" TEXT NOT NULL, \"name\" TEXT, \"email\" TEXT NOT NULL, "        \
    "\"emailVerified\" TIMESTAMP(3), \"image\" TEXT, \"password\" TEXT, \"createdAt\" "            \
    "TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP, \"updatedAt\" TIMESTAMP(3) NOT NULL, "       \
    "CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\"));"                                              \
    "CREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(\"email\");"

#define PRISMA_USERS                                                                               \
    "INSERT INTO \"User\" (id, name, email, \"emailVerified\", password, \"createdAt\", "          \
    "\"updatedAt\") VALUES "                                                                       \
    "('c1', 'Ann \xF0\x9F\x8C\xBB', 'ann@example.com', '2026-01-01', '$2b$10$x', "                 \
    "'2026-01-15 10:30:00.123', '2026-01-15 10:30:00'),"                                           \
    "('c2', NULL, 'Bob@Example.com', NULL, NULL, 'infinity', '2026-01-15'),"                       \
    "('c3', 'Eve', 'eve@example.com', NULL, NULL, '2026-01-15', '2026-01-15'),"                    \
    "('c4', 'Eve', 'EVE@example.com', NULL, NULL, '2026-01-15', '2026-01-15'),"                    \
    "('c5', '\xC3\x89', '\xC3\x89va@example.com', NULL, NULL, '2026-01-15', '2026-01-15');"

/* A session that was left may be counted for a moment longer, so a test that counts names its own.
 */
#define SESSIONS_OF(name) "FROM pg_stat_activity WHERE application_name = '" name "'"

int find_server(void **state); /* for the group's set-up */

void ignore_notice(void *user_data, const char *words);
PGconn *connect_as_superuser(void);
void execute_on(PGconn *connection, const char *sql);
void execute(const char *sql);
long long count_of(const char *sql);

/* stop, start, restart, crash */
void control_server(const char *verb);

cogmig_store_config *config_with(const char *parameters);

void make_prisma_users(void);
cogmig_store *open_prisma_users(void);

/* A view whose column calls a function that tells about, or acts on, the session that asks. */
void make_view(const char *name_expression);

#endif
