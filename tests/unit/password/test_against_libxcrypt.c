/* SPDX-License-Identifier: Apache-2.0
 * The second opinion on bcrypt: random passwords, salts and costs, in every lane and beside every
 * other. COGMIG_BCRYPT_PAIRS sets how many, COGMIG_BCRYPT_SEED which; docs/design/testing.md tells
 * of the long runs. */
#include "base/memory.h"
#include "cmocka_all.h"
#include "password/bcrypt.h"

#include <crypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BATCH = 64,
    MAX_PASSWORD = 80
};

static uint64_t random_state = 0x9E3779B97F4A7C15u;

/* xorshift64*: the same pairs in every run with the same seed. */
static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (uint32_t)((random_state * 0x2545F4914F6CDD1Du) >> 33) % limit;
}

struct pair {
    char password[MAX_PASSWORD + 1];
    struct bcrypt_hash hash;
    struct lane_job job;
    bool done;
};

struct batch {
    struct pair pairs[BATCH];
    size_t given;
};

/* libxcrypt stops at a NUL, and for $2a$ turns aside passwords with some bytes above 127. */
static void make_password(char revision, char *password)
{
    size_t len = random_below(MAX_PASSWORD + 1);
    for (size_t i = 0; i < len; i++)
        password[i] = (char)(1 + random_below(revision == 'a' ? 127 : 255));
    password[len] = '\0';
}

static void make_pair(struct pair *pair, struct crypt_data *work)
{
    static const char alphabet[] =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    char revision = "abyx"[random_below(4)];
    char setting[BCRYPT_SETTING_LEN + 1];
    snprintf(setting, sizeof setting, "$2%c$%02u$", revision, 4 + random_below(2));
    for (size_t i = 7; i < BCRYPT_SETTING_LEN; i++)
        setting[i] = alphabet[random_below(64)];
    setting[BCRYPT_SETTING_LEN] = '\0';
    make_password(revision, pair->password);
    const char *stored = crypt_rn(pair->password, setting, work, sizeof *work);
    assert_non_null(stored);
    char text[BCRYPT_HASH_LEN + 1];
    memcpy(text, stored, sizeof text);
    text[2] = 'b'; /* the reader knows no x */
    assert_null(bcrypt_hash_parse(span_of(text), &pair->hash));
    bcrypt_job(span_of(pair->password), &pair->hash,
               revision == 'x' ? KEY_SIGN_EXTENDED : KEY_WITH_NUL, &pair->job);
    pair->done = false;
}

static struct lane_job *next(void *user_data)
{
    struct batch *batch = user_data;
    return batch->given < BATCH ? &batch->pairs[batch->given++].job : NULL;
}

static void done(void *user_data, struct lane_job *job)
{
    (void)user_data;
    struct pair *pair = (struct pair *)((char *)job - offsetof(struct pair, job));
    if (!bcrypt_job_matches(job, &pair->hash))
        fail_msg("libxcrypt made another digest: %s\n", pair->hash.text);
    pair->done = true;
}

static size_t number_from_env(const char *name, size_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoul(text, NULL, 10);
}

/* promise 26 */
static void random_pairs_give_the_same_digest(void **state)
{
    (void)state;
    size_t pairs = number_from_env("COGMIG_BCRYPT_PAIRS", 1024);
    random_state ^= number_from_env("COGMIG_BCRYPT_SEED", 0);
    struct crypt_data *work = calloc(1, sizeof *work);
    struct lanes *lanes = memory_new(sizeof *lanes);
    struct batch *batch = calloc(1, sizeof *batch);
    assert_true(work != NULL && lanes != NULL && batch != NULL);
    for (size_t made = 0; made < pairs; made += BATCH) {
        batch->given = 0;
        for (size_t i = 0; i < BATCH; i++)
            make_pair(&batch->pairs[i], work);
        lanes_run(lanes, &(struct lane_feed){next, done, batch});
        for (size_t i = 0; i < BATCH; i++)
            assert_true(batch->pairs[i].done);
    }
    free(work);
    free(batch);
    memory_free(lanes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_pairs_give_the_same_digest),
    };
    return cmocka_run_group_tests_name("against libxcrypt", tests, NULL, NULL);
}
