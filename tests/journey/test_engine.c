/* SPDX-License-Identifier: Apache-2.0
 * A server's day: sign-ins by epoll, a fork, flat memory, and no password left behind. */
#include "cmocka_all.h"
#include "end_child.h"

#include <cogmig/cogmig.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

/* Openwall crypt_blowfish's published vector for "U*U", cost 5. */
#define HASH "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define EMAIL "verified@example.com"
#define EVENT                                                                                      \
    "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"" EMAIL                    \
    "\",\"request\":{\"password\":\"U*U\"},\"response\":{}}"

enum {
    PATIENCE_MS = 60000
};

struct server {
    cogmig_store *store;
    cogmig_migration *migration;
    cogmig_engine *engine;
    int epoll;
};

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key_len, (void)timeout_ms;
    if (strcmp(key, EMAIL) != 0)
        return COGMIG_OK;
    return cogmig_store_answer_add_user(answer, "clx1", EMAIL, HASH, true, NULL);
}

static int open_server(void **state)
{
    static struct server server;
    cogmig_store_config *config = NULL;
    assert_int_equal(cogmig_store_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_callback(config, find, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_open(config, &server.store, NULL), COGMIG_OK);
    cogmig_store_config_free(&config);
    assert_int_equal(cogmig_migration_new(NULL, server.store, &server.migration, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_new(NULL, &server.engine, NULL), COGMIG_OK);
    server.epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event readable = {.events = EPOLLIN};
    assert_int_equal(
        epoll_ctl(server.epoll, EPOLL_CTL_ADD, cogmig_engine_fd(server.engine), &readable), 0);
    *state = &server;
    return 0;
}

static int close_server(void **state)
{
    struct server *server = *state;
    close(server->epoll);
    cogmig_engine_free(&server->engine);
    cogmig_migration_free(&server->migration);
    cogmig_store_free(&server->store);
    return 0;
}

static void sign_in(const struct server *server, const char *email, const char *password)
{
    assert_int_equal(cogmig_engine_submit_sign_in(server->engine, server->store, email, password,
                                                  strlen(password), PATIENCE_MS, NULL, NULL, NULL),
                     COGMIG_OK);
}

/* Poll until so many verdicts came; how many of them are this. */
static int verdicts_of(const struct server *server, int count, cogmig_status status)
{
    int such = 0;
    while (count > 0) {
        struct epoll_event event;
        cogmig_verdict *verdict = NULL;
        assert_int_equal(epoll_wait(server->epoll, &event, 1, PATIENCE_MS), 1);
        while (cogmig_engine_poll(server->engine, &verdict, NULL) == COGMIG_OK && verdict != NULL) {
            such += cogmig_verdict_status(verdict) == status;
            count--;
            cogmig_verdict_free(&verdict);
        }
    }
    assert_int_equal(count, 0);
    return such;
}

static void verdicts_come_through_epoll(void **state)
{
    const struct server *server = *state;
    struct epoll_event event;
    for (int i = 0; i < 30; i++)
        sign_in(server, i % 3 == 0 ? "nobody@example.com" : EMAIL, i % 3 == 1 ? "U*V" : "U*U");
    assert_int_equal(verdicts_of(server, 30, COGMIG_OK), 10);
    assert_int_equal(epoll_wait(server->epoll, &event, 1, 0), 0);
}

/* ---- fork ---- */

/* 0 when every call of the child says so. */
static int calls_of_the_child(struct server *server)
{
    cogmig_verdict *verdict = NULL;
    cogmig_engine *engine = server->engine;
    if (cogmig_engine_submit_password(engine, "U*U", 3, HASH, 0, NULL, NULL, NULL) !=
        COGMIG_ENGINE_FORKED)
        return 1;
    if (cogmig_engine_submit_sign_in(engine, server->store, EMAIL, "U*U", 3, 0, NULL, NULL, NULL) !=
        COGMIG_ENGINE_FORKED)
        return 2;
    if (cogmig_engine_submit_event(engine, server->migration, EVENT, strlen(EVENT), 0, NULL, NULL,
                                   NULL) != COGMIG_ENGINE_FORKED)
        return 3;
    if (cogmig_engine_poll(engine, &verdict, NULL) != COGMIG_ENGINE_FORKED)
        return 4;
    if (cogmig_engine_cancel(engine, 1, NULL) != COGMIG_ENGINE_FORKED)
        return 5;
    if (cogmig_engine_drain(engine, 1000, NULL) != COGMIG_ENGINE_FORKED)
        return 6;
    cogmig_engine_free(&engine);
    return engine == NULL ? 0 : 7;
}

/* promise 54 */
static void a_forked_child_is_told_so_and_the_parent_goes_on(void **state)
{
    struct server *server = *state;
    int ended = -1;
    for (int i = 0; i < 8; i++)
        sign_in(server, EMAIL, "U*U");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        end_child(calls_of_the_child(server));
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
    assert_int_equal(verdicts_of(server, 8, COGMIG_OK), 8);
}

/* ---- memory ---- */

static void work_through(const struct server *server, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        sign_in(server, EMAIL, "U*U");
        sign_in(server, "nobody@example.com", "U*U");
        assert_int_equal(cogmig_engine_submit_event(server->engine, server->migration, EVENT,
                                                    strlen(EVENT), PATIENCE_MS, NULL, NULL, NULL),
                         COGMIG_OK);
        verdicts_of(server, 3, COGMIG_OK);
    }
}

/* A sanitizer's allocator says 0 before and after; it finds leaks itself. */
static void memory_stays_flat_over_many_jobs(void **state)
{
    const struct server *server = *state;
    work_through(server, 20);
    size_t before = mallinfo2().uordblks;
    work_through(server, 300);
    assert_in_range(mallinfo2().uordblks, 0, before + 64 * 1024);
}

/* The bytes looked for are kept masked, so that looking does not leave what it looks for. */
enum {
    MASK = 0x5A,
    SECRET_LEN = 16
};

static void write_secret(char *out, bool masked)
{
    for (int i = 0; i < SECRET_LEN; i++)
        out[i] = (char)(('A' + (i * 7 + 3) % 26) ^ (masked ? MASK : 0));
    out[SECRET_LEN] = '\0';
}

/* As it is, or with the bytes of each word turned round, as bcrypt's key words are on most
 * machines. */
static bool is_secret(const unsigned char *at, const char *masked, bool turned)
{
    for (int i = 0; i < SECRET_LEN; i++)
        if (at[turned ? i / 4 * 4 + 3 - i % 4 : i] != (unsigned char)(masked[i] ^ MASK))
            return false;
    return true;
}

/* From one place to the next that holds the first byte: much memory is searched. */
static int count_in_page(const unsigned char *page, size_t len, const char *masked)
{
    int found = 0;
    const unsigned char *end = page + len;
    for (const unsigned char *at = page;
         (at = memchr(at, masked[0] ^ MASK, (size_t)(end - at))) != NULL; at++) {
        found += end - at >= SECRET_LEN && is_secret(at, masked, false);
        found += at - page >= 3 && end - (at - 3) >= SECRET_LEN && is_secret(at - 3, masked, true);
    }
    return found;
}

static int count_in_range(FILE *memory, unsigned long start, unsigned long end, const char *masked)
{
    static unsigned char page[1 << 16];
    int found = 0;
    for (unsigned long at = start; at + SECRET_LEN < end; at += sizeof page - SECRET_LEN) {
        size_t want = end - at < sizeof page ? end - at : sizeof page;
        ssize_t got = pread(fileno(memory), page, want, (off_t)at);
        if (got > 0)
            found += count_in_page(page, (size_t)got, masked);
    }
    explicit_bzero(page, sizeof page);
    return found;
}

static int copies_in_memory(const char *masked)
{
    char line[512];
    int found = 0;
    FILE *maps = fopen("/proc/self/maps", "r"), *memory = fopen("/proc/self/mem", "r");
    assert_non_null(maps);
    assert_non_null(memory);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long start, end;
        char rights[5];
        if (sscanf(line, "%lx-%lx %4s", &start, &end, rights) == 3 && rights[0] == 'r' &&
            rights[1] == 'w' && end - start < 1ul << 26)
            found += count_in_range(memory, start, end, masked);
    }
    fclose(maps);
    fclose(memory);
    return found;
}

/* promise 8 */
static void no_password_is_left_in_memory(void **state)
{
    const struct server *server = *state;
    char masked[SECRET_LEN + 1], *secret = malloc(SECRET_LEN + 1);
    assert_non_null(secret);
    write_secret(masked, true);
    write_secret(secret, false);
    assert_true(copies_in_memory(masked) > 0); /* what is there is found */
    sign_in(server, EMAIL, secret);
    sign_in(server, "nobody@example.com", secret);
    assert_int_equal(cogmig_engine_submit_password(server->engine, secret, SECRET_LEN, HASH,
                                                   PATIENCE_MS, NULL, NULL, NULL),
                     COGMIG_OK);
    explicit_bzero(secret, SECRET_LEN);
    free(secret);
    verdicts_of(server, 3, COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(copies_in_memory(masked), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_server, close_server)
    const struct CMUnitTest tests[] = {
        TEST(verdicts_come_through_epoll),
        TEST(a_forked_child_is_told_so_and_the_parent_goes_on),
        TEST(memory_stays_flat_over_many_jobs),
        TEST(no_password_is_left_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
