/* SPDX-License-Identifier: Apache-2.0
 * host_neighbours WHAT: a host that uses libcurl, OpenSSL and libpq itself, and ends in one of
 * several ways. */
#include "use.h"

#include <cogmig/cogmig.h>
#include <curl/curl.h>
#include <libpq-fe.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static struct world world;

static void use(void)
{
    struct trouble trouble = {""};
    if (!use_everything(&world, &trouble))
        fail("use", trouble.text);
}

/* ---- what the host does itself ---- */

static size_t ignore(char *bytes, size_t size, size_t count, void *user_data)
{
    (void)bytes;
    (void)user_data;
    return size * count;
}

static void fetch(void)
{
    CURL *handle = curl_easy_init();
    if (handle == NULL || curl_easy_setopt(handle, CURLOPT_URL, world.jwks_url) != CURLE_OK ||
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ignore) != CURLE_OK ||
        curl_easy_perform(handle) != CURLE_OK)
        fail("libcurl", "does not serve the host");
    curl_easy_cleanup(handle);
}

static void hash(void)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_Digest("abc", 3, digest, NULL, EVP_sha256(), NULL) != 1 || digest[0] != 0xBA)
        fail("OpenSSL", "does not serve the host");
}

static void query(void)
{
    PGconn *connection = PQconnectdb(world.postgres_url);
    PGresult *result = PQexec(connection, "SELECT 7");
    if (PQresultStatus(result) != PGRES_TUPLES_OK || strcmp(PQgetvalue(result, 0, 0), "7") != 0)
        fail("libpq", PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
}

/* ---- side by side ---- */

enum {
    THREADS = 3,
    ROUNDS = 5
};

static atomic_bool enough;

static void *work(void *argument)
{
    while (!atomic_load(&enough)) {
        fetch();
        hash();
        query();
    }
    return argument;
}

static void side_by_side(void)
{
    pthread_t threads[THREADS];
    (void)curl_global_init(CURL_GLOBAL_ALL);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            fail("thread", "was refused");
    for (int i = 0; i < ROUNDS; i++)
        use();
    atomic_store(&enough, true);
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    curl_global_cleanup();
}

/* What the host began it ends; libcogmig has a share of its own in libcurl. */
static void in_turns(void)
{
    use();
    for (int i = 0; i < 2; i++) {
        (void)curl_global_init(CURL_GLOBAL_ALL);
        fetch();
        use();
        curl_global_cleanup();
        use();
    }
}

/* A queue of OpenSSL's errors belongs to the thread: what the host has not read yet stays, and
 * nothing comes to it that the host would take for an error of its own. */
static void with_errors_left(void)
{
    ERR_clear_error();
    use();
    if (ERR_peek_error() != 0)
        fail("OpenSSL's errors", "one was left behind");
    ERR_raise(ERR_LIB_USER, 7);
    use();
    if (ERR_GET_REASON(ERR_get_error()) != 7 || ERR_get_error() != 0)
        fail("OpenSSL's errors", "are not the host's alone");
}

/* ---- handles that outlive their time ---- */

static struct {
    cogmig_error *err;
    cogmig_verifier *verifier;
    cogmig_claims *claims;
    cogmig_engine *engine;
    cogmig_store *store;
    cogmig_idmap *map;
    cogmig_migration *migration;
} kept;

static void must(cogmig_status status)
{
    if (status != COGMIG_OK)
        fail("kept", cogmig_error_message(kept.err));
}

static void keep_verifier(void)
{
    cogmig_verifier_config *config = NULL;
    must(cogmig_verifier_config_new(&config, kept.err));
    must(cogmig_verifier_config_add_issuer(config, world.issuer, world.jwks_url, kept.err));
    must(cogmig_verifier_config_add_client(config, world.client, kept.err));
    must(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ID, kept.err));
    must(cogmig_verifier_config_allow_plain_http(config, kept.err));
    must(cogmig_verifier_new(config, &kept.verifier, kept.err));
    must(cogmig_verifier_verify(kept.verifier, world.token, strlen(world.token), &kept.claims,
                                kept.err));
    cogmig_verifier_config_free(&config);
}

static void keep_database(void)
{
    cogmig_store_config *store = NULL;
    cogmig_idmap_config *map = NULL;
    cogmig_user *user = NULL;
    char *sub = NULL;
    must(cogmig_store_config_new(&store, kept.err));
    must(cogmig_store_config_set_url(store, world.postgres_url, kept.err));
    must(cogmig_store_open(store, &kept.store, kept.err));
    must(cogmig_store_find_by_email(kept.store, "ann@example.com", &user, kept.err));
    must(cogmig_migration_new(NULL, kept.store, &kept.migration, kept.err));
    must(cogmig_idmap_config_new(&map, kept.err));
    must(cogmig_idmap_config_set_url(map, world.postgres_url, kept.err));
    must(cogmig_idmap_config_set_pool(map, "eu-central-1_AbCdEfGhI", kept.err));
    must(cogmig_idmap_open(map, &kept.map, kept.err));
    must(cogmig_idmap_find_sub(kept.map, "row-7", &sub, kept.err));
    cogmig_free(sub);
    cogmig_user_free(&user);
    cogmig_store_config_free(&store);
    cogmig_idmap_config_free(&map);
}

/* With work that is not done when the program ends. */
static void keep_engine(void)
{
    static const char costly[] = "$2b$10$HDT4hwe1XmEExOsg5x/6P..PGcedy6bkkxyr3ga1NgF9kiWDddozi";
    int64_t job = 0;
    must(cogmig_engine_new(NULL, &kept.engine, kept.err));
    for (int i = 0; i < 20; i++)
        must(cogmig_engine_submit_password(kept.engine, "x", 1, costly, 0, NULL, &job, kept.err));
}

static void keep(void)
{
    must(cogmig_error_new(&kept.err));
    keep_verifier();
    keep_database();
    keep_engine();
}

static void release(void)
{
    cogmig_engine_free(&kept.engine);
    cogmig_claims_free(&kept.claims);
    cogmig_verifier_free(&kept.verifier);
    cogmig_migration_free(&kept.migration);
    cogmig_idmap_free(&kept.map);
    cogmig_store_free(&kept.store);
    cogmig_error_free(&kept.err);
}

/* OpenSSL's own end was registered later, with its first use, and so comes before this one. */
static void freed_at_exit(void)
{
    if (atexit(release) != 0)
        fail("atexit", "was refused");
    keep();
}

static void freed_after_openssl_ended(void)
{
    keep();
    OPENSSL_cleanup();
    release();
}

static void never_freed(void)
{
    keep();
}

static bool freed_last;

__attribute__((destructor)) static void release_last(void)
{
    if (freed_last)
        release();
}

/* As the destructor of an object in C++ that lives as long as the program. */
static void freed_by_a_destructor(void)
{
    freed_last = true;
    keep();
}

static const struct {
    const char *name;
    void (*run)(void);
} programs[] = {
    {"side-by-side", side_by_side},
    {"in-turns", in_turns},
    {"with-errors-left", with_errors_left},
    {"freed-at-exit", freed_at_exit},
    {"freed-after-openssl-ended", freed_after_openssl_ended},
    {"freed-by-a-destructor", freed_by_a_destructor},
    {"never-freed", never_freed},
};

int main(int argc, char **argv)
{
    world = world_from_environment();
    for (size_t i = 0; argc == 2 && i < sizeof programs / sizeof programs[0]; i++)
        if (strcmp(argv[1], programs[i].name) == 0) {
            programs[i].run();
            return 0;
        }
    return 2;
}
