/* SPDX-License-Identifier: Apache-2.0
 * The legacy user store: who has this e-mail address, who has this id. */
#ifndef COGMIG_STORE_H
#define COGMIG_STORE_H

#include <cogmig/error.h>
#include <cogmig/status.h>
#include <cogmig/user.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the legacy users are, and how their table is built. */
typedef struct cogmig_store_config cogmig_store_config;

/* Answers who a legacy user is; it only reads. */
typedef struct cogmig_store cogmig_store;

/* Make a configuration: Prisma's Auth.js model, i.e. table "User" with the columns id, email, name,
 * password, "emailVerified", "createdAt", "updatedAt".
 *
 * ret_config  out: release it with cogmig_store_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: any. Since: 1.0. */
cogmig_status cogmig_store_config_new(cogmig_store_config **ret_config, cogmig_error *err);

/* Make a configuration from the environment: DATABASE_URL, and where the model differs
 * COGMIG_TABLE, COGMIG_SCHEMA, COGMIG_ID_COLUMN, COGMIG_EMAIL_COLUMN, COGMIG_NAME_COLUMN,
 * COGMIG_PASSWORD_COLUMN, COGMIG_EMAIL_VERIFIED_COLUMN, COGMIG_CREATED_AT_COLUMN,
 * COGMIG_UPDATED_AT_COLUMN (empty: there is no such column). Before those, COGMIG_PRESET names a
 * preset, COGMIG_SQL_BY_EMAIL and COGMIG_SQL_BY_ID are SQL of your own; after them,
 * COGMIG_DISABLED_COLUMNS ("deleted_at:set, is_active:false, banned:true, banned_until:future";
 * empty: nobody is disabled), COGMIG_ATTRIBUTES ("phone_number=phone, custom:plan=plan";
 * "name" among them is read by cogmig_migration_config_new_from_env()) and COGMIG_PASSWORD_TABLE
 * ("account:userId:providerId=credential"). COGMIG_POOLER ("pgbouncer",
 * "rds-proxy") is cogmig_store_config_set_pooler(), COGMIG_PING_AFTER_IDLE_MS is
 * cogmig_store_config_set_ping_after_idle_ms().
 *
 * ret_config  out: release it with cogmig_store_config_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INCOMPLETE, CONFIG_INVALID, STORE_URL_INVALID,
 * ATTRIBUTE_RESERVED, ATTRIBUTE_INVALID, NOT_BUILT_IN. Threads: any, while nobody changes the
 * environment. Since: 1.0. */
cogmig_status cogmig_store_config_new_from_env(cogmig_store_config **ret_config, cogmig_error *err);

/* Release a configuration and set the caller's variable to NULL. NULL is fine. A store that was
 * opened from it is not touched.
 *
 * Errors: none. Threads: one at a time. Since: 1.0. */
void cogmig_store_config_free(cogmig_store_config **config);

/* Where the users are: what Prisma calls DATABASE_URL.
 *
 * postgresql://… or postgres://… is read by libpq, except for the parameters that only Prisma
 * knows: schema= names the table's schema, pgbouncer=true is COGMIG_POOLER_PGBOUNCER,
 * connection_limit= and pool_timeout= are of the pool, socket_timeout= and statement_cache_size=
 * have no meaning here. file:./dev.db, sqlite:./dev.db, sqlite:///abs/dev.db is an SQLite file that
 * must exist; it is opened for reading only. A relative path starts at the working directory
 * (Prisma's starts at its schema file).
 *
 * url  in: copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, STORE_URL_INVALID, NOT_BUILT_IN.
 * Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_url(cogmig_store_config *config, const char *url,
                                          cogmig_error *err);

/* The model of a well-known product, in place of all names that were set before; what differs is
 * set afterwards. Columns that not every database has, as locked_at, count where they are there.
 *
 * preset  in: "authjs-prisma" (the default), "authjs-pg", "authjs-drizzle", "better-auth",
 *         "supabase", "devise", "laravel" or "django"
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0.
 * Source: the schemas that the products document; docs/guide/presets.md has them. */
cogmig_status cogmig_store_config_set_preset(cogmig_store_config *config, const char *preset,
                                             cogmig_error *err);

/* The name of a preset, counted from 0; NULL behind the last. Static storage.
 *
 * Errors: none. Threads: any. Since: 1.0. */
const char *cogmig_store_preset_name(int32_t index);

/* Ask with SQL of your own, in place of table and columns. Each statement is one SELECT with the
 * parameter $1 and no semicolon; it has the columns id, email and password_hash, and if you like
 * name, email_verified, disabled (true: refused), created_at and updated_at. Which rows fit is up
 * to it; several are USER_AMBIGUOUS unless one equals the key.
 *
 * by_email  in: $1 is the address as typed; it is asked once, so case is its affair
 * by_id     in: $1 is the legacy id, and the row's id equals it as text; NULL: there is none, and
 *           cogmig_store_find_by_id() says CONFIG_INCOMPLETE
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_sql(cogmig_store_config *config, const char *by_email,
                                          const char *by_id, cogmig_error *err);

/* When a column says that a user is disabled. */
enum {
    COGMIG_DISABLED_WHEN_SET = 1,   /* it is not NULL: deleted_at, locked_at */
    COGMIG_DISABLED_WHEN_TRUE = 2,  /* true, or any value that is no clear no: banned */
    COGMIG_DISABLED_WHEN_FALSE = 3, /* anything but a clear yes, NULL included: is_active */
    COGMIG_DISABLED_WHEN_FUTURE = 4 /* a time that has not come yet: banned_until */
};

/* One more column by which a user is disabled, beside those of the preset; up to 8 in all.
 *
 * when  COGMIG_DISABLED_WHEN_*
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_add_disabled_column(cogmig_store_config *config,
                                                      const char *column, int32_t when,
                                                      cogmig_error *err);

/* Nobody is disabled, whatever the preset says.
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_clear_disabled_columns(cogmig_store_config *config,
                                                         cogmig_error *err);

/* The hash is in another table of the same schema, of which one row or none belongs to a user.
 *
 * table            in: NULL for the user's own table
 * user_column      in: the column there that holds the user's id
 * provider_column  in: only the rows count in which it equals provider; NULL when all do
 * provider         in: e.g. "credential"; NULL with provider_column
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_password_table(cogmig_store_config *config, const char *table,
                                                     const char *user_column,
                                                     const char *provider_column,
                                                     const char *provider, cogmig_error *err);

/* A column that becomes an attribute of Cognito's; up to 25. A migration returns it, and refuses a
 * row whose value Cognito would not take: longer than 2048 characters, a phone_number that is not
 * in E.164. Another type than text is returned as its text.
 *
 * attribute  in: a standard attribute but email and email_verified, or "custom:" and 1 to 20
 *            characters
 * column     in: its name in the database
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, ATTRIBUTE_RESERVED, ATTRIBUTE_INVALID, CONFIG_INVALID.
 * Threads: one at a time. Since: 1.0.
 * Source: Developer Guide, "Working with user attributes". */
cogmig_status cogmig_store_config_add_attribute(cogmig_store_config *config, const char *attribute,
                                                const char *column, cogmig_error *err);

/* The schema of the table; NULL for the connection's search path (the default, unless the URL has
 * schema=). Quoted as an identifier.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_schema(cogmig_store_config *config, const char *schema,
                                             cogmig_error *err);

/* The table; "User" by default. Quoted as an identifier, so give it without quotes and in its
 * real case.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_table(cogmig_store_config *config, const char *table,
                                            cogmig_error *err);

/* The column of the legacy id; "id" by default. Any type: it is compared and returned as text.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_id_column(cogmig_store_config *config, const char *column,
                                                cogmig_error *err);

/* The column of the e-mail address; "email" by default.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_email_column(cogmig_store_config *config, const char *column,
                                                   cogmig_error *err);

/* The column of the name; "name" by default, NULL when there is none.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_name_column(cogmig_store_config *config, const char *column,
                                                  cogmig_error *err);

/* The column of the password hash; "password" by default. Auth.js has no such column of its own,
 * so teams call it password, passwordHash, hashedPassword, hashed_password.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_password_column(cogmig_store_config *config,
                                                      const char *column, cogmig_error *err);

/* The column that tells whether the address is verified; "emailVerified" by default, NULL when
 * there is none: then nobody's is.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_email_verified_column(cogmig_store_config *config,
                                                            const char *column, cogmig_error *err);

/* The column of the time the row was made; "createdAt" by default, NULL when there is none.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_created_at_column(cogmig_store_config *config,
                                                        const char *column, cogmig_error *err);

/* The column of the time the row was last changed; "updatedAt" by default, NULL when there is none.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_updated_at_column(cogmig_store_config *config,
                                                        const char *column, cogmig_error *err);

/* How long one look-up may take, connecting and waiting for the connection included.
 *
 * timeout_ms  1 to 600000; 4000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_timeout_ms(cogmig_store_config *config, int32_t timeout_ms,
                                                 cogmig_error *err);

/* ---- connections ---- */

/* How many connections a store has at most, and so how many look-ups run at the same time.
 * connection_limit= in the URL is the same; this outranks it.
 *
 * connections  1 to 1000; 4 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_max_connections(cogmig_store_config *config,
                                                      int32_t connections, cogmig_error *err);

/* How many connections are made when the store is opened, and kept however idle they are.
 *
 * connections  0 to 1000, not above the maximum; 0 by default, which still makes one to prove that
 *              the store can be asked
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_min_connections(cogmig_store_config *config,
                                                      int32_t connections, cogmig_error *err);

/* How long a look-up waits for a connection to become free, and goes on trying to connect to a
 * server that is away; never longer than its own time. pool_timeout= in the URL is the same in
 * seconds; this outranks it.
 *
 * timeout_ms  1 to 600000; 1000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_acquire_timeout_ms(cogmig_store_config *config,
                                                         int32_t timeout_ms, cogmig_error *err);

/* How old a connection becomes; up to a tenth less by chance, so that not all end at once.
 *
 * lifetime_s  1 to 86400; 1800 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_max_lifetime_s(cogmig_store_config *config,
                                                     int32_t lifetime_s, cogmig_error *err);

/* How long a connection may be idle before it is closed, except for those that are kept. There is
 * no thread for it: it is looked at when another look-up ends.
 *
 * idle_s  1 to 86400; 600 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_max_idle_s(cogmig_store_config *config, int32_t idle_s,
                                                 cogmig_error *err);

/* After how much idleness a connection is asked for a sign of life before it is used. One on which
 * the server said something meanwhile, that it shuts down for example, is asked in any case.
 *
 * idle_ms  0 to 600000; 1000 by default
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_ping_after_idle_ms(cogmig_store_config *config,
                                                         int32_t idle_ms, cogmig_error *err);

/* What stands between here and PostgreSQL and hands its connections to several clients. */
enum {
    COGMIG_POOLER_NONE = 0,      /* session settings and prepared statements */
    COGMIG_POOLER_PGBOUNCER = 1, /* neither: transaction pooling gives each query another session */
    COGMIG_POOLER_RDS_PROXY = 2  /* simple queries alone: all else pins a session to the client */
};

/* What stands in between; pgbouncer=true in the URL is COGMIG_POOLER_PGBOUNCER, and this outranks
 * it.
 *
 * pooler  COGMIG_POOLER_*
 *
 * Errors: INVALID_ARGUMENT, CONFIG_INVALID. Threads: one at a time. Since: 1.0.
 * Source: PgBouncer, "Features" (SQL feature map for pooling modes); Amazon RDS User Guide,
 * "Avoiding pinning an RDS Proxy". */
cogmig_status cogmig_store_config_set_pooler(cogmig_store_config *config, int32_t pooler,
                                             cogmig_error *err);

/* Gives the password for one connection: an IAM token, a secret that is rotated. It is called
 * whenever a connection is made, from whatever thread needs one, with no lock held.
 *
 * user_data      as given to cogmig_store_config_set_password_callback()
 * host, port     in: of the server; port is text, both are empty where the URL has none
 * user           in: the login; empty where the URL has none
 * password       out: NUL-terminated; wiped afterwards
 * password_size  bytes of room
 *
 * Returns COGMIG_OK, or a status of kind UNAVAILABLE, which the look-up then has; anything else
 * becomes STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_store_password_fn)(void *user_data, const char *host,
                                                  const char *port, const char *user,
                                                  char *password, size_t password_size);

/* Ask this function for the password of each PostgreSQL connection, whatever the URL has.
 *
 * password   in: NULL for the URL's password
 * user_data  borrowed: must outlive every store opened from this configuration
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_password_callback(cogmig_store_config *config,
                                                        cogmig_store_password_fn password,
                                                        void *user_data, cogmig_error *err);

/* ---- a store of your own ---- */

/* What a store of your own is asked. */
enum {
    COGMIG_FIND_BY_EMAIL = 1,          /* the address, byte for byte */
    COGMIG_FIND_BY_EMAIL_ANY_CASE = 2, /* the address without regard to case */
    COGMIG_FIND_BY_ID = 3
};

/* Takes the rows that a store of your own finds. Valid during the callback only. */
typedef struct cogmig_store_answer cogmig_store_answer;

/* A store of your own: add every user who fits (the library decides what several mean), none if
 * there is nobody, and return COGMIG_OK. It is called from whatever thread asks, with no lock held.
 *
 * user_data   as given to cogmig_store_config_set_callback()
 * question    COGMIG_FIND_BY_*
 * key         in: the address or id, UTF-8, NUL-terminated
 * key_len     bytes of key
 * timeout_ms  what is left of the caller's time; an answer that comes later is thrown away
 * answer      in: where to add the users
 *
 * Returns COGMIG_OK, or a status of kind UNAVAILABLE or INVALID, which is passed on as it is (an
 * outage must not look like a missing user); anything else becomes STOPPED_BY_CALLBACK. */
typedef cogmig_status (*cogmig_store_find_fn)(void *user_data, int32_t question, const char *key,
                                              size_t key_len, int32_t timeout_ms,
                                              cogmig_store_answer *answer);

/* Ask this function instead of a database.
 *
 * find       in: the function
 * user_data  borrowed: handed to each call; must outlive every store opened from this configuration
 *
 * Errors: INVALID_ARGUMENT. Threads: one at a time. Since: 1.0. */
cogmig_status cogmig_store_config_set_callback(cogmig_store_config *config,
                                               cogmig_store_find_fn find, void *user_data,
                                               cogmig_error *err);

/* Add a user to the answer.
 *
 * id, email       in: copied; required
 * password_hash   in: copied; NULL when the user has none
 * email_verified  see cogmig_user_email_verified()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, STORE_ROW_INVALID.
 * Threads: that of the callback. Since: 1.0. */
cogmig_status cogmig_store_answer_add_user(cogmig_store_answer *answer, const char *id,
                                           const char *email, const char *password_hash,
                                           bool email_verified, cogmig_error *err);

/* Give the user added last a name.
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: that of the callback. Since: 1.0. */
cogmig_status cogmig_store_answer_set_name(cogmig_store_answer *answer, const char *name,
                                           cogmig_error *err);

/* Give the user added last an attribute, see cogmig_store_config_add_attribute(); up to 25.
 *
 * value  in: copied
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, ATTRIBUTE_RESERVED, ATTRIBUTE_INVALID.
 * Threads: that of the callback. Since: 1.0. */
cogmig_status cogmig_store_answer_set_attribute(cogmig_store_answer *answer, const char *attribute,
                                                const char *value, cogmig_error *err);

/* Say whether the user added last is banned, deleted, locked or inactive; it is not by default.
 *
 * Errors: INVALID_ARGUMENT. Threads: that of the callback. Since: 1.0. */
cogmig_status cogmig_store_answer_set_disabled(cogmig_store_answer *answer, bool disabled,
                                               cogmig_error *err);

/* Give the user added last its times.
 *
 * created_at, updated_at  in: copied; text in ISO 8601 and UTC, each NULL when unknown
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Threads: that of the callback. Since: 1.0. */
cogmig_status cogmig_store_answer_set_times(cogmig_store_answer *answer, const char *created_at,
                                            const char *updated_at, cogmig_error *err);

/* Open a store and prove that it can be asked: connects, and checks that table and columns are
 * there.
 *
 * ret_store  out: release it with cogmig_store_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, CONFIG_INCOMPLETE (no URL and no callback),
 * CONFIG_INVALID, NOT_BUILT_IN, DEADLINE_EXCEEDED, STOPPED_BY_CALLBACK, STORE_URL_INVALID,
 * STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED, STORE_SCHEMA_MISMATCH.
 * Threads: any. Since: 1.0. */
cogmig_status cogmig_store_open(const cogmig_store_config *config, cogmig_store **ret_store,
                                cogmig_error *err);

/* Open the store that the environment names, see cogmig_store_config_new_from_env().
 *
 * Errors: as cogmig_store_open(), CONFIG_INVALID. Threads: any, while nobody changes the
 * environment. Since: 1.0. */
cogmig_status cogmig_store_open_from_env(cogmig_store **ret_store, cogmig_error *err);

/* Look at a database: which preset fits, what it lacks, and which settings it takes.
 *
 * The report is a JSON object: "preset" (null when none fits), "schema", "table", "disabled_by"
 * (the columns that are there), "create_index" (a statement that makes look-ups without regard to
 * case fast, null when there is such an index), "create_email_index" (the same for those of an
 * address as it is stored; null of SQLite, too) and "environment" (lines for .env). When a preset
 * fits but for a column of hashes, "preset" is null, and "fits_but_for_hashes" is what "preset"
 * would be. Of the configuration no more counts there than its URL. Where its own table and columns
 * are there, "configured" has "schema", "table", "create_index" and "create_email_index" of that
 * table, and "is_view": a view, whose indexes are those of other tables.
 *
 * ret_report  out: JSON; release it with cogmig_free()
 * ret_len     out: bytes of it
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY (more than 50000 columns count as memory),
 * CONFIG_INCOMPLETE (no URL), DEADLINE_EXCEEDED, STOPPED_BY_CALLBACK, STORE_URL_INVALID,
 * STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED. Threads: any, while
 * nobody changes the configuration. Since: 1.0. */
cogmig_status cogmig_store_inspect(const cogmig_store_config *config, char **ret_report,
                                   size_t *ret_len, cogmig_error *err);

/* Release a store and set the caller's variable to NULL. NULL is fine. What was made from it
 * (a migration) keeps it alive until it is freed itself.
 *
 * Errors: none. Threads: any. Since: 1.0. */
void cogmig_store_free(cogmig_store **store);

/* Find the user with this address: as typed first, then without regard to case. Two rows that fit
 * equally well are USER_AMBIGUOUS, never a guess. An outage is never USER_NOT_FOUND. A lost
 * connection is made again and asked once more, all within the time-out.
 *
 * email     in: 1 to 2048 bytes of UTF-8
 * ret_user  out: release it with cogmig_user_free()
 *
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY, DEADLINE_EXCEEDED, STOPPED_BY_CALLBACK, USER_NOT_FOUND,
 * USER_AMBIGUOUS, STORE_UNREACHABLE, STORE_LOGIN_REFUSED, STORE_BUSY, STORE_QUERY_FAILED,
 * STORE_SCHEMA_MISMATCH, STORE_ROW_INVALID, STORE_POOL_EXHAUSTED. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_store_find_by_email(cogmig_store *store, const char *email,
                                                           cogmig_user **ret_user,
                                                           cogmig_error *err);

/* Find the user with this legacy id, e.g. what cogmig_claims_legacy_id() gave.
 *
 * id        in: 1 to 2048 bytes of UTF-8
 * ret_user  out: release it with cogmig_user_free()
 *
 * Errors: as cogmig_store_find_by_email(), CONFIG_INCOMPLETE. Threads: any. Since: 1.0. */
COGMIG_MUST_CHECK cogmig_status cogmig_store_find_by_id(cogmig_store *store, const char *id,
                                                        cogmig_user **ret_user, cogmig_error *err);

/* What a store counts. */
enum {
    COGMIG_STORE_CONNECTIONS = 1,         /* at this moment, those being made included */
    COGMIG_STORE_CONNECTIONS_IDLE = 2,    /* at this moment */
    COGMIG_STORE_WAITING = 3,             /* look-ups that wait for a connection, at this moment */
    COGMIG_STORE_CONNECTS = 4,            /* connections made */
    COGMIG_STORE_CONNECT_FAILURES = 5,    /* attempts that failed */
    COGMIG_STORE_CONNECTIONS_LOST = 6,    /* that did not work any more */
    COGMIG_STORE_CONNECTIONS_RETIRED = 7, /* closed for their age, idleness, or a server gone */
    COGMIG_STORE_ACQUIRES = 8,            /* questions that asked for a connection */
    COGMIG_STORE_ACQUIRE_WAITS = 9,       /* of those, they had to wait */
    COGMIG_STORE_ACQUIRE_TIMEOUTS = 10,   /* of those, they got none */
    COGMIG_STORE_RETRIES = 11             /* questions asked again on another connection */
};

/* A counter's value since the store was opened, for your monitoring; 0 for one that is not known,
 * and of a store of your own.
 *
 * counter  COGMIG_STORE_*
 *
 * Errors: none. Threads: any. Since: 1.0. */
uint64_t cogmig_store_get_counter(cogmig_store *store, int32_t counter);

#ifdef __cplusplus
}
#endif

#endif
