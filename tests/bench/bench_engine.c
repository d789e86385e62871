/* SPDX-License-Identifier: Apache-2.0
 * Sign-ins through the engine, against a thread per request with libxcrypt. Both look the user up
 * in one PostgreSQL store, named by COGMIG_TEST_DATABASE_URL, and hash on two cores. */
#include "ratio.h"

#include <cogmig/engine.h>
#include <crypt.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of examples/users. */
static const char email[] = "verified@example.com";
static const char password[] = "Correct-Horse-10";

enum {
    WORKERS = 2,
    BURST = 48,
    ARRIVALS = 100,
    DEADLINE_MS = 600000
};

static cogmig_store *store;
static cogmig_engine *engine;

/* One sign-in, from its arrival to its verdict. */
struct request {
    double arrived_s;
    double took_s;
    pthread_t thread;
};

static struct request requests[ARRIVALS];

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- ours ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_less = PTHREAD_COND_INITIALIZER;
static int pending;

static void take(void *user_data, const cogmig_verdict *verdict)
{
    (void)user_data;
    struct request *request = cogmig_verdict_job_data(verdict);
    must(cogmig_verdict_status(verdict) == COGMIG_OK, "the engine lets the user in");
    request->took_s = now_s() - request->arrived_s;
    pthread_mutex_lock(&mutex);
    pending--;
    pthread_cond_signal(&one_less);
    pthread_mutex_unlock(&mutex);
}

static void begin_ours(struct request *request)
{
    pthread_mutex_lock(&mutex);
    pending++;
    pthread_mutex_unlock(&mutex);
    must(cogmig_engine_submit_sign_in(engine, store, email, password, strlen(password), DEADLINE_MS,
                                      request, NULL, NULL) == COGMIG_OK,
         "the engine takes the sign-in");
}

static void end_ours(int count)
{
    (void)count;
    pthread_mutex_lock(&mutex);
    while (pending > 0)
        pthread_cond_wait(&one_less, &mutex);
    pthread_mutex_unlock(&mutex);
}

/* ---- a thread per request ---- */

static void *sign_in_alone(void *user_data)
{
    struct request *request = user_data;
    cogmig_user *user = NULL;
    must(cogmig_store_find_by_email(store, email, &user, NULL) == COGMIG_OK, "the user is found");
    struct crypt_data *work = calloc(1, sizeof *work);
    must(work != NULL, "there is memory");
    const char *stored = cogmig_user_password_hash(user);
    const char *computed = crypt_r(password, stored, work);
    must(computed != NULL && strcmp(computed, stored) == 0, "libxcrypt lets the user in");
    request->took_s = now_s() - request->arrived_s;
    free(work);
    cogmig_user_free(&user);
    return NULL;
}

static void begin_thread(struct request *request)
{
    must(pthread_create(&request->thread, NULL, sign_in_alone, request) == 0, "a thread starts");
}

static void end_threads(int count)
{
    for (int i = 0; i < count; i++)
        pthread_join(requests[i].thread, NULL);
}

/* ---- all at once: throughput ---- */

static void burst_ours(void)
{
    for (int i = 0; i < BURST; i++) {
        requests[i].arrived_s = now_s();
        begin_ours(&requests[i]);
    }
    end_ours(BURST);
}

static void burst_threads(void)
{
    for (int i = 0; i < BURST; i++) {
        requests[i].arrived_s = now_s();
        begin_thread(&requests[i]);
    }
    end_threads(BURST);
}

/* ---- one after the other: latency ---- */

static int by_time(const void *a, const void *b)
{
    double x = ((const struct request *)a)->took_s, y = ((const struct request *)b)->took_s;
    return (x > y) - (x < y);
}

/* Arrivals at random, the same for both, so many per second on average. The 99th percentile in
 * seconds. */
static double p99_of(void (*begin)(struct request *), void (*end)(int), double per_s)
{
    uint32_t random = 1;
    double at = now_s();
    for (int i = 0; i < ARRIVALS; i++) {
        random = random * 1664525u + 1013904223u;
        at += -log(((double)random + 1) / 4294967297.0) / per_s;
        double wait_s = at - now_s();
        if (wait_s > 0)
            nanosleep(
                &(struct timespec){(time_t)wait_s, (long)((wait_s - (double)(time_t)wait_s) * 1e9)},
                NULL);
        requests[i].arrived_s = at;
        begin(&requests[i]);
    }
    end(ARRIVALS);
    qsort(requests, ARRIVALS, sizeof *requests, by_time);
    return requests[ARRIVALS * 99 / 100 - 1].took_s;
}

static void compare_latency(void)
{
    double began = now_s();
    burst_threads();
    double half = 0.5 * (double)BURST / (now_s() - began);
    double ours = p99_of(begin_ours, end_ours, half);
    double reference = p99_of(begin_thread, end_threads, half);
    printf("{\"name\":\"passwords.engine.p99\",\"ours\":%.1f,\"reference\":%.1f,\"ratio\":%.4f,"
           "\"target\":\"<= 1.0\",\"unit\":\"us\"}\n",
           ours * 1e6, reference * 1e6, ours / reference);
}

/* ---- both ---- */

static void open_both(void)
{
    cogmig_store_config *store_config = NULL;
    cogmig_engine_config *config = NULL;
    const char *url = getenv("COGMIG_TEST_DATABASE_URL");
    must(url != NULL, "COGMIG_TEST_DATABASE_URL names a database");
    must(cogmig_store_config_new(&store_config, NULL) == COGMIG_OK &&
             cogmig_store_config_set_url(store_config, url, NULL) == COGMIG_OK &&
             cogmig_store_config_set_timeout_ms(store_config, DEADLINE_MS, NULL) == COGMIG_OK &&
             cogmig_store_config_set_acquire_timeout_ms(store_config, DEADLINE_MS, NULL) ==
                 COGMIG_OK &&
             cogmig_store_open(store_config, &store, NULL) == COGMIG_OK,
         "the store opens");
    must(cogmig_engine_config_new(&config, NULL) == COGMIG_OK &&
             cogmig_engine_config_set_workers(config, WORKERS, NULL) == COGMIG_OK &&
             cogmig_engine_config_set_on_verdict(config, take, NULL, NULL) == COGMIG_OK &&
             cogmig_engine_new(config, &engine, NULL) == COGMIG_OK,
         "the engine starts");
    cogmig_store_config_free(&store_config);
    cogmig_engine_config_free(&config);
}

int main(void)
{
    open_both();
    run_contest(&(struct contest){.name = "passwords.engine",
                                  .target = ">= 2.3",
                                  .ours = burst_ours,
                                  .reference = burst_threads,
                                  .operations = BURST,
                                  .rounds = 5,
                                  .throughput = true});
    compare_latency();
    cogmig_engine_free(&engine);
    cogmig_store_free(&store);
    return 0;
}
