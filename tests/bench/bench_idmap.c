/* SPDX-License-Identifier: Apache-2.0
 * Look-ups in the identity map, against the same query prepared by hand, and against themselves
 * once they are remembered. The PostgreSQL is named by COGMIG_TEST_DATABASE_URL. */
#include "ratio.h"

#include <cogmig/idmap.h>
#include <cogmig/memory.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL "eu-central-1_AbCdEfGhI"

enum {
    LINKS = 10000,
    LOOKUPS = 400, /* of one call */
    CACHE_ENTRIES = 4 * LINKS
};

static PGconn *connection;
static cogmig_idmap *uncached;
static cogmig_idmap *cached;
static char ids[LINKS][32];
static int next;

static const char *next_id(void)
{
    next = (next + 7919) % LINKS;
    return ids[next];
}

static void look_up_in(cogmig_idmap *map)
{
    for (int i = 0; i < LOOKUPS; i++) {
        char *sub = NULL;
        must(cogmig_idmap_find_sub(map, next_id(), &sub, NULL) == COGMIG_OK, "a link is found");
        cogmig_free(sub);
    }
}

static void look_up(void)
{
    look_up_in(uncached);
}

static void look_up_cached(void)
{
    look_up_in(cached);
}

static void look_up_by_hand(void)
{
    for (int i = 0; i < LOOKUPS; i++) {
        const char *const parameters[] = {POOL, next_id()};
        PGresult *result = PQexecPrepared(connection, "by_hand", 2, parameters, NULL, NULL, 0);
        must(PQntuples(result) == 1, "a row is found");
        char *sub = strdup(PQgetvalue(result, 0, 0));
        must(sub != NULL, "there is memory");
        free(sub);
        PQclear(result);
    }
}

static cogmig_idmap *open_map(int32_t cache_entries)
{
    cogmig_idmap_config *config = NULL;
    cogmig_idmap *map = NULL;
    must(cogmig_idmap_config_new(&config, NULL) == COGMIG_OK &&
             cogmig_idmap_config_set_url(config, getenv("COGMIG_TEST_DATABASE_URL"), NULL) ==
                 COGMIG_OK &&
             cogmig_idmap_config_set_pool(config, POOL, NULL) == COGMIG_OK &&
             cogmig_idmap_config_set_link_ttl_ms(config, 86400000, NULL) == COGMIG_OK &&
             cogmig_idmap_config_set_cache_entries(config, cache_entries, NULL) == COGMIG_OK &&
             cogmig_idmap_install(config, NULL) == COGMIG_OK &&
             cogmig_idmap_open(config, &map, NULL) == COGMIG_OK,
         "the map is opened");
    cogmig_idmap_config_free(&config);
    return map;
}

static void execute(const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    must(PQresultStatus(result) == PGRES_COMMAND_OK, sql);
    PQclear(result);
}

static void make_links(void)
{
    connection = PQconnectdb(getenv("COGMIG_TEST_DATABASE_URL"));
    must(PQstatus(connection) == CONNECTION_OK, "the server is reached");
    execute("INSERT INTO cogmig_idmap SELECT '" POOL "', 'clx' || n, md5(n::text)::uuid"
            " FROM generate_series(0, 9999) n");
    execute("ANALYZE cogmig_idmap");
    PQclear(PQprepare(connection, "by_hand",
                      "SELECT sub FROM cogmig_idmap WHERE pool_id = $1 AND legacy_id = $2", 0,
                      NULL));
    for (int i = 0; i < LINKS; i++)
        snprintf(ids[i], sizeof ids[i], "clx%d", i);
}

int main(void)
{
    uncached = open_map(0);
    make_links();
    cached = open_map(CACHE_ENTRIES);
    for (int i = 0; i < LINKS / LOOKUPS; i++)
        look_up_cached();
    run_contest(&(struct contest){.name = "idmap.lookup",
                                  .target = "<= 1.10",
                                  .ours = look_up,
                                  .reference = look_up_by_hand,
                                  .operations = LOOKUPS,
                                  .rounds = 61});
    run_contest(&(struct contest){.name = "idmap.cached",
                                  .target = "<= 0.02",
                                  .ours = look_up_cached,
                                  .reference = look_up,
                                  .operations = LOOKUPS,
                                  .rounds = 15});
    PQfinish(connection);
    cogmig_idmap_free(&uncached);
    cogmig_idmap_free(&cached);
    return 0;
}
