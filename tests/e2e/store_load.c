/* SPDX-License-Identifier: Apache-2.0
 * Look-ups from 16 threads for as long as standard input is open, in the store that the environment
 * names. Each line that comes in is answered with what happened since the last one. */
#include <cogmig/store.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    THREADS = 16,
    CONNECTIONS = 6,
    USERS = 200,
    TIMEOUT_MS = 1000,
    ACQUIRE_TIMEOUT_MS = 300,
    OPEN_ATTEMPTS = 20
};

static cogmig_store *store;
static atomic_bool over;
static atomic_int right, unavailable, with_code, wrong;
static atomic_llong marked_ms, first_right_ms;

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void note_right(void)
{
    long long none = -1;
    atomic_fetch_add(&right, 1);
    atomic_compare_exchange_strong(&first_right_ms, &none, now_ms() - atomic_load(&marked_ms));
}

static void note_wrong(const char *address, cogmig_status status, const cogmig_user *user)
{
    atomic_fetch_add(&wrong, 1);
    fprintf(stderr, "%s: %s, %s\n", address, cogmig_status_name(status),
            user == NULL ? "nobody" : cogmig_user_id(user));
}

/* Every fourth address is nobody's. */
static void look_up(unsigned number, cogmig_error *err)
{
    char address[64], id[32];
    bool exists = number % 4 != 0;
    snprintf(address, sizeof address, "%s%u@example.com", exists ? "user" : "nobody", number);
    snprintf(id, sizeof id, "id%u", number);
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, address, &user, err);
    if (cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE) {
        atomic_fetch_add(&unavailable, 1);
        atomic_fetch_add(&with_code, cogmig_error_upstream(err) == COGMIG_UPSTREAM_POSTGRESQL);
    } else if (status == COGMIG_USER_NOT_FOUND && !exists) {
        note_right();
    } else if (status == COGMIG_OK && exists && strcmp(cogmig_user_id(user), id) == 0 &&
               strcmp(cogmig_user_email(user), address) == 0) {
        note_right();
    } else {
        note_wrong(address, status, user);
    }
    cogmig_user_free(&user);
}

static void *look_up_again_and_again(void *seed)
{
    cogmig_error *err = NULL;
    if (cogmig_error_new(&err) != COGMIG_OK)
        exit(1);
    for (unsigned i = *(unsigned *)seed; !atomic_load(&over); i++) {
        look_up(1 + i * 2654435761U % USERS, err);
        nanosleep(&(struct timespec){0, 500000}, NULL);
    }
    cogmig_error_free(&err);
    return NULL;
}

static cogmig_store_config *make_config(void)
{
    cogmig_store_config *config = NULL;
    if (cogmig_store_config_new_from_env(&config, NULL) != COGMIG_OK ||
        cogmig_store_config_set_max_connections(config, CONNECTIONS, NULL) != COGMIG_OK ||
        cogmig_store_config_set_timeout_ms(config, TIMEOUT_MS, NULL) != COGMIG_OK ||
        cogmig_store_config_set_acquire_timeout_ms(config, ACQUIRE_TIMEOUT_MS, NULL) != COGMIG_OK)
        exit(1);
    return config;
}

/* On a machine that does much else the first connection may take its time. */
static void open_store(void)
{
    cogmig_error *err = NULL;
    cogmig_store_config *config = make_config();
    if (cogmig_error_new(&err) != COGMIG_OK)
        exit(1);
    cogmig_status status = COGMIG_STORE_UNREACHABLE;
    for (int i = 0; i < OPEN_ATTEMPTS && cogmig_status_kind(status) == COGMIG_KIND_UNAVAILABLE; i++)
        status = cogmig_store_open(config, &store, err);
    if (status != COGMIG_OK) {
        fprintf(stderr, "the store does not open: %s\n", cogmig_error_message(err));
        exit(1);
    }
    cogmig_error_free(&err);
    cogmig_store_config_free(&config);
}

static void report(void)
{
    printf("{\"right\":%d,\"unavailable\":%d,\"with_code\":%d,\"wrong\":%d,\"first_right_ms\":%lld,"
           "\"connections\":%d}\n",
           atomic_exchange(&right, 0), atomic_exchange(&unavailable, 0),
           atomic_exchange(&with_code, 0), atomic_exchange(&wrong, 0),
           (long long)atomic_load(&first_right_ms),
           (int)cogmig_store_get_counter(store, COGMIG_STORE_CONNECTIONS));
    fflush(stdout);
    atomic_store(&marked_ms, now_ms());
    atomic_store(&first_right_ms, -1);
}

int main(void)
{
    pthread_t threads[THREADS];
    unsigned seeds[THREADS];
    open_store();
    atomic_store(&first_right_ms, -1);
    atomic_store(&marked_ms, now_ms());
    for (unsigned i = 0; i < THREADS; i++) {
        seeds[i] = i * 1000;
        if (pthread_create(&threads[i], NULL, look_up_again_and_again, &seeds[i]) != 0)
            return 1;
    }
    while (getchar() != EOF)
        report();
    atomic_store(&over, true);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    cogmig_store_free(&store);
    return 0;
}
