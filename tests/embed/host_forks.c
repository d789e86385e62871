/* SPDX-License-Identifier: Apache-2.0
 * A host that forks: what was made before still works in the child, and the parent's is not
 * touched. The rules are in docs/guide/embedding.md. */
#include "use.h"

#include <cogmig/cogmig.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CHILDREN = 2,
    ROUNDS = 100
};

static void fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s, %s: %s\n", getpid() == getpgrp() ? "parent" : "child", what, why);
    _exit(1);
}

static void must(cogmig_status status, const char *what)
{
    if (status != COGMIG_OK)
        fail(what, cogmig_status_sentence(status));
}

static void must_use(bool well, const struct trouble *trouble)
{
    if (!well)
        fail("use", trouble->text);
}

static void wait_for(pid_t child)
{
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        fail("child", "did not end well");
}

/* ---- a database: parent and children ask at the same time, each for a user of its own ---- */

struct database {
    cogmig_store *store;
    cogmig_idmap *map;
};

static struct database open_database(const char *url)
{
    struct database database = {NULL, NULL};
    cogmig_store_config *store = NULL;
    cogmig_idmap_config *map = NULL;
    must(cogmig_store_config_new(&store, NULL), "store");
    must(cogmig_store_config_set_url(store, url, NULL), "store");
    must(cogmig_store_open(store, &database.store, NULL), "store");
    must(cogmig_idmap_config_new(&map, NULL), "idmap");
    must(cogmig_idmap_config_set_url(map, url, NULL), "idmap");
    must(cogmig_idmap_config_set_pool(map, "eu-central-1_AbCdEfGhI", NULL), "idmap");
    must(cogmig_idmap_config_set_cache_entries(map, 0, NULL), "idmap");
    must(cogmig_idmap_open(map, &database.map, NULL), "idmap");
    cogmig_store_config_free(&store);
    cogmig_idmap_config_free(&map);
    return database;
}

static void close_database(struct database *database)
{
    cogmig_store_free(&database->store);
    cogmig_idmap_free(&database->map);
}

static void ask(struct database *database, int who)
{
    char id[32], email[64], sub[64], *found = NULL;
    cogmig_user *user = NULL;
    (void)snprintf(id, sizeof id, "fork-%d", who);
    (void)snprintf(email, sizeof email, "fork-%d@example.com", who);
    (void)snprintf(sub, sizeof sub, "1754aa68-d041-7034-9d4f-00000000000%d", who);
    must(cogmig_store_find_by_email(database->store, email, &user, NULL), "find_by_email");
    must(cogmig_idmap_find_sub(database->map, id, &found, NULL), "find_sub");
    if (strcmp(cogmig_user_id(user), id) != 0 || strcmp(found, sub) != 0)
        fail("a database", "gave the answer to another's question");
    cogmig_user_free(&user);
    cogmig_free(found);
}

static void ask_often(struct database *database, int who)
{
    for (int i = 0; i < ROUNDS; i++)
        ask(database, who);
}

static void fork_beside_a_database(const char *url)
{
    struct database database = open_database(url);
    pid_t children[CHILDREN];
    ask(&database, 0);
    for (int i = 0; i < CHILDREN; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            ask_often(&database, i + 1);
            close_database(&database);
            _exit(0);
        }
    }
    ask_often(&database, 0);
    for (int i = 0; i < CHILDREN; i++)
        wait_for(children[i]);
    ask(&database, 0);
    if (cogmig_store_get_counter(database.store, COGMIG_STORE_CONNECTS) > 1 ||
        cogmig_store_get_counter(database.store, COGMIG_STORE_CONNECTIONS_LOST) > 0)
        fail("the parent's connection", "was lost");
    close_database(&database);
}

/* A child that only frees, or that ends without a word, leaves the parent's connections alone. */
static void free_in_the_child(const char *url)
{
    struct database database = open_database(url);
    ask(&database, 0);
    for (int i = 0; i < CHILDREN; i++) {
        pid_t child = fork();
        if (child == 0) {
            if (i == 0)
                close_database(&database);
            _exit(0);
        }
        wait_for(child);
        ask(&database, 0);
    }
    close_database(&database);
}

/* ---- a verifier whose keys are on their way when the process is forked ---- */

static sem_t fetch_began, fetch_may_end;
static pid_t parent;
static char jwks[16384];
static size_t jwks_len;

static cogmig_status fetch(void *user_data, const char *url, int32_t timeout_ms,
                           cogmig_jwks_reply *reply)
{
    (void)user_data;
    (void)url;
    (void)timeout_ms;
    if (getpid() == parent) {
        (void)sem_post(&fetch_began);
        (void)sem_wait(&fetch_may_end);
    }
    cogmig_jwks_reply_set_http_status(reply, 200);
    return cogmig_jwks_reply_append(reply, jwks, jwks_len);
}

static cogmig_verifier *make_verifier(const struct world *world)
{
    cogmig_verifier_config *config = NULL;
    cogmig_verifier *verifier = NULL;
    must(cogmig_verifier_config_new(&config, NULL), "verifier");
    must(cogmig_verifier_config_add_issuer(config, world->issuer, "https://keys.example/", NULL),
         "verifier");
    must(cogmig_verifier_config_add_client(config, world->client, NULL), "verifier");
    must(cogmig_verifier_config_set_token_use(config, COGMIG_TOKEN_USE_ID, NULL), "verifier");
    must(cogmig_verifier_config_set_fetch(config, fetch, NULL, NULL), "verifier");
    must(cogmig_verifier_new(config, &verifier, NULL), "verifier");
    cogmig_verifier_config_free(&config);
    return verifier;
}

struct check {
    const struct world *world;
    cogmig_verifier *verifier;
};

static void verify(const struct check *check)
{
    cogmig_claims *claims = NULL;
    must(cogmig_verifier_verify(check->verifier, check->world->token, strlen(check->world->token),
                                &claims, NULL),
         "verify");
    cogmig_claims_free(&claims);
}

static void *verify_elsewhere(void *argument)
{
    verify(argument);
    return NULL;
}

static void fork_during_a_fetch(const struct world *world)
{
    struct check check = {world, make_verifier(world)};
    pthread_t thread;
    if (pthread_create(&thread, NULL, verify_elsewhere, &check) != 0)
        fail("thread", "was refused");
    (void)sem_wait(&fetch_began);
    pid_t child = fork();
    if (child == 0) {
        verify(&check);
        verify(&check);
        cogmig_verifier_free(&check.verifier);
        _exit(0);
    }
    wait_for(child);
    (void)sem_post(&fetch_may_end);
    (void)pthread_join(thread, NULL);
    verify(&check);
    cogmig_verifier_free(&check.verifier);
}

static void read_keys(void)
{
    FILE *file = fopen(getenv("EMBED_JWKS_FILE"), "rb");
    jwks_len = file == NULL ? 0 : fread(jwks, 1, sizeof jwks, file);
    if (jwks_len == 0)
        fail("EMBED_JWKS_FILE", "cannot be read");
    (void)fclose(file);
}

/* ---- the rest ---- */

static void use_all_in_a_child_of_a_child(const struct world *world)
{
    struct trouble trouble = {""};
    must_use(use_everything(world, &trouble), &trouble);
    pid_t child = fork();
    if (child == 0) {
        must_use(use_everything(world, &trouble), &trouble);
        pid_t grandchild = fork();
        if (grandchild == 0) {
            must_use(use_everything(world, &trouble), &trouble);
            _exit(0);
        }
        wait_for(grandchild);
        _exit(0);
    }
    wait_for(child);
    must_use(use_everything(world, &trouble), &trouble);
}

static void free_an_engine_in_the_child(void)
{
    cogmig_engine *engine = NULL;
    must(cogmig_engine_new(NULL, &engine, NULL), "engine");
    pid_t child = fork();
    if (child == 0) {
        cogmig_status status = cogmig_engine_drain(engine, 0, NULL);
        cogmig_engine_free(&engine);
        _exit(status == COGMIG_ENGINE_FORKED ? 0 : 1);
    }
    wait_for(child);
    must(cogmig_engine_drain(engine, 1000, NULL), "engine");
    cogmig_engine_free(&engine);
}

int main(void)
{
    struct world world = world_from_environment();
    const char *const urls[] = {world.sqlite_url, world.postgres_url};
    (void)setpgid(0, 0);
    parent = getpid();
    (void)sem_init(&fetch_began, 0, 0);
    (void)sem_init(&fetch_may_end, 0, 0);
    read_keys();
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        fork_beside_a_database(urls[i]);
        free_in_the_child(urls[i]);
    }
    fork_during_a_fetch(&world);
    use_all_in_a_child_of_a_child(&world);
    free_an_engine_in_the_child();
    return 0;
}
