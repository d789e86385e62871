/* SPDX-License-Identifier: Apache-2.0
 * An engine that works for long: jobs of every kind, a full queue, cancellation, deadlines, a store
 * that dies and comes back. Each job has one verdict, the right one, and memory stays flat.
 * COGMIG_SOAK_S sets for how many seconds; `./dev soak` is ten minutes. */
#include "cmocka_all.h"

#include <cogmig/cogmig.h>
#include <malloc.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of cost 4, for "U*U". */
#define HASH "$2a$04$CCCCCCCCCCCCCCCCCCCCC.K7Qr0se1MxuggH4aP4YgB.U2Em1pGSK"
#define EMAIL "a@example.com"
#define EVENT(password)                                                                            \
    "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"" EMAIL                    \
    "\",\"request\":{\"password\":\"" password "\"},\"response\":{}}"

enum {
    MAX_JOBS = 32,
    ROUNDS = 30, /* without COGMIG_SOAK_S */
    ROUNDS_OF_ONE_ENGINE = 10,
    SAMPLES = 20,
    PATIENCE_MS = 60000,
    HEAP_MAY_GROW_BYTES = 64 * 1024,
    RESIDENT_MAY_GROW_KIB = 1024
};

struct job {
    cogmig_status expected;
    bool hurried;   /* by a deadline of 1 ms */
    bool cancelled; /* maybe too late */
    int verdicts;
};

static atomic_bool store_is_dead;
static cogmig_store *store;
static cogmig_migration *migration;
static cogmig_engine *engine;
static struct job jobs[MAX_JOBS];
static uint64_t finished;

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key_len, (void)timeout_ms;
    if (atomic_load(&store_is_dead))
        return COGMIG_STORE_UNREACHABLE;
    if (strcmp(key, EMAIL) != 0)
        return COGMIG_OK;
    return cogmig_store_answer_add_user(answer, "clx1", EMAIL, HASH, true, NULL);
}

static void open_store(void)
{
    cogmig_store_config *config = NULL;
    assert_int_equal(cogmig_store_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_callback(config, find, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_open(config, &store, NULL), COGMIG_OK);
    cogmig_store_config_free(&config);
    cogmig_migration_config *patient = NULL;
    assert_int_equal(cogmig_migration_config_new(&patient, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_deadline_ms(patient, PATIENCE_MS, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_migration_new(patient, store, &migration, NULL), COGMIG_OK);
    cogmig_migration_config_free(&patient);
}

static void start_engine(void)
{
    cogmig_engine_config *config = NULL;
    assert_int_equal(cogmig_engine_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_config_set_workers(config, 2, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_config_set_max_jobs(config, MAX_JOBS, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_new(config, &engine, NULL), COGMIG_OK);
    cogmig_engine_config_free(&config);
}

static void stop_engine(void)
{
    assert_int_equal(cogmig_engine_drain(engine, PATIENCE_MS, NULL), COGMIG_OK);
    cogmig_engine_free(&engine);
}

/* ---- one job after the other ---- */

static cogmig_status submit_sign_in(struct job *job, const char *email, const char *password,
                                    int32_t deadline_ms, int64_t *number)
{
    return cogmig_engine_submit_sign_in(engine, store, email, password, strlen(password),
                                        deadline_ms, job, number, NULL);
}

static cogmig_status submit_password(struct job *job, const char *password, int32_t deadline_ms,
                                     int64_t *number)
{
    return cogmig_engine_submit_password(engine, password, strlen(password), HASH, deadline_ms, job,
                                         number, NULL);
}

static cogmig_status submit_event(struct job *job, int32_t deadline_ms, int64_t *number)
{
    return cogmig_engine_submit_event(engine, migration, EVENT("U*U"), strlen(EVENT("U*U")),
                                      deadline_ms, job, number, NULL);
}

static cogmig_status submit(struct job *job, int kind, int64_t *number)
{
    int32_t deadline_ms = job->hurried ? 1 : PATIENCE_MS;
    bool dead = atomic_load(&store_is_dead);
    switch (kind) {
    case 0:
        job->expected = dead ? COGMIG_STORE_UNREACHABLE : COGMIG_OK;
        return submit_sign_in(job, EMAIL, "U*U", deadline_ms, number);
    case 1:
        job->expected = dead ? COGMIG_STORE_UNREACHABLE : COGMIG_PASSWORD_MISMATCH;
        return submit_sign_in(job, EMAIL, "U*V", deadline_ms, number);
    case 2:
        job->expected = dead ? COGMIG_STORE_UNREACHABLE : COGMIG_USER_NOT_FOUND;
        return submit_sign_in(job, "b@example.com", "U*U", deadline_ms, number);
    case 3:
        job->expected = COGMIG_OK;
        return submit_password(job, "U*U", deadline_ms, number);
    case 4:
        job->expected = COGMIG_PASSWORD_MISMATCH;
        return submit_password(job, "U*V", deadline_ms, number);
    default:
        job->expected = dead ? COGMIG_STORE_UNREACHABLE : COGMIG_OK;
        return submit_event(job, deadline_ms, number);
    }
}

/* What is hurried may be refused before the work; then it is given time. */
static void submit_one(struct job *job, int number)
{
    int64_t given;
    *job = (struct job){.hurried = number % 11 == 0};
    cogmig_status status = submit(job, number % 6, &given);
    if (job->hurried && status == COGMIG_DEADLINE_EXCEEDED) {
        job->hurried = false;
        status = submit(job, number % 6, &given);
    }
    assert_int_equal(status, COGMIG_OK);
    if (number % 7 == 0)
        job->cancelled = cogmig_engine_cancel(engine, given, NULL) == COGMIG_OK;
}

/* As many as the engine takes. */
static void submit_all(int round)
{
    struct job one_too_many = {.hurried = false};
    int64_t given;
    for (int i = 0; i < MAX_JOBS; i++)
        submit_one(&jobs[i], round + i);
    assert_int_equal(submit(&one_too_many, round % 6, &given), COGMIG_ENGINE_BUSY);
}

static void judge(const cogmig_verdict *verdict)
{
    struct job *job = cogmig_verdict_job_data(verdict);
    cogmig_status status = cogmig_verdict_status(verdict);
    assert_int_equal(++job->verdicts, 1);
    if (status != job->expected)
        assert_true((job->hurried && status == COGMIG_DEADLINE_EXCEEDED) ||
                    (job->cancelled && status == COGMIG_JOB_CANCELLED));
}

static void take_verdicts(int count)
{
    while (count > 0) {
        struct pollfd readable = {.fd = cogmig_engine_fd(engine), .events = POLLIN};
        cogmig_verdict *verdict = NULL;
        assert_int_equal(poll(&readable, 1, PATIENCE_MS), 1);
        while (cogmig_engine_poll(engine, &verdict, NULL) == COGMIG_OK && verdict != NULL) {
            judge(verdict);
            cogmig_verdict_free(&verdict);
            finished++;
            count--;
        }
    }
    assert_int_equal(count, 0);
}

static void do_round(int round)
{
    if (round % ROUNDS_OF_ONE_ENGINE == 0) {
        stop_engine();
        start_engine();
    }
    atomic_store(&store_is_dead, round % 5 == 4);
    submit_all(round);
    take_verdicts(MAX_JOBS);
}

/* ---- memory ---- */

struct memory {
    size_t heap_bytes; /* 0 with a sanitizer's allocator */
    long resident_kib;
};

static struct memory measure(double seconds)
{
    char line[128];
    struct memory memory = {.heap_bytes = mallinfo2().uordblks};
    FILE *status = fopen("/proc/self/status", "r");
    assert_non_null(status);
    while (fgets(line, sizeof line, status) != NULL)
        sscanf(line, "VmRSS: %ld kB", &memory.resident_kib);
    fclose(status);
    printf("# %4.0f s, %llu jobs: heap %zu bytes, resident %ld KiB\n", seconds,
           (unsigned long long)finished, memory.heap_bytes, memory.resident_kib);
    fflush(stdout);
    return memory;
}

static void assert_flat(struct memory before, struct memory after)
{
    assert_in_range(after.heap_bytes, 0, before.heap_bytes + HEAP_MAY_GROW_BYTES);
    /* An emulator keeps what it has translated in the memory of the process. */
    if (before.heap_bytes > 0 && getenv("COGMIG_EMULATED") == NULL)
        assert_in_range(after.resident_kib, 0, before.resident_kib + RESIDENT_MAY_GROW_KIB);
}

/* ---- until it is enough ---- */

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds_wanted(void)
{
    const char *text = getenv("COGMIG_SOAK_S");
    return text == NULL ? 0 : strtod(text, NULL);
}

/* How much of it is done, up to 1. */
static double done_part(int round, double began_s, double seconds)
{
    return seconds > 0 ? (now_s() - began_s) / seconds : (double)round / (double)ROUNDS;
}

/* promise 55 */
static void jobs_have_their_verdicts_and_memory_stays_flat(void **state)
{
    (void)state;
    double began_s = now_s(), seconds = seconds_wanted();
    struct memory first = {0}, last = {0};
    int sampled = 0;
    open_store();
    start_engine();
    for (int round = 0; sampled < SAMPLES; round++) {
        do_round(round);
        if (done_part(round + 1, began_s, seconds) < (double)(sampled + 1) / (double)SAMPLES)
            continue;
        last = measure(now_s() - began_s);
        if (++sampled <= SAMPLES / 4)
            first = last; /* what is kept for reuse is there by then */
    }
    assert_flat(first, last);
    stop_engine();
    cogmig_migration_free(&migration);
    cogmig_store_free(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_have_their_verdicts_and_memory_stays_flat),
    };
    return cmocka_run_group_tests_name("soak", tests, NULL, NULL);
}
