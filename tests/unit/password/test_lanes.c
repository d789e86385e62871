/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"
#include "cmocka_all.h"
#include "password/bcrypt.h"

#include <string.h>

#define SALT "CCCCCCCCCCCCCCCCCCCCC."

/* Published by Openwall with crypt_blowfish, the one of cost 4 agreed on by node's bcrypt, bcryptjs
 * and libxcrypt. */
static const struct {
    const char *password;
    const char *stored;
} known[] = {
    {"U*U", "$2a$05$" SALT "E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"},
    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "$2b$04$" SALT "ZP48wSDJeZC4KEEZRkahyfLke0vxZNC"},
    {"U*U*", "$2a$05$" SALT "VGOzA784oUp/Z0DY336zx7pLYAy0lwK"},
};

enum {
    KNOWN = sizeof known / sizeof known[0],
    MAX_JOBS = 40
};

struct queue {
    struct bcrypt_hash hashes[MAX_JOBS];
    struct lane_job jobs[MAX_JOBS];
    size_t count;
    size_t given;           /* so many have been taken */
    size_t held_back_until; /* no second job before the feed was asked so often */
    size_t asked;
    size_t returned;
    size_t right;
};

static void add(struct queue *queue, size_t which, const char *password)
{
    struct bcrypt_hash *hash = &queue->hashes[queue->count];
    assert_null(bcrypt_hash_parse(span_of(known[which].stored), hash));
    bcrypt_job(span_of(password), hash, KEY_WITH_NUL, &queue->jobs[queue->count++]);
}

static struct lane_job *next(void *user_data)
{
    struct queue *queue = user_data;
    queue->asked++;
    if (queue->given == queue->count ||
        (queue->given == 1 && queue->asked < queue->held_back_until))
        return NULL;
    return &queue->jobs[queue->given++];
}

static void done(void *user_data, struct lane_job *job)
{
    struct queue *queue = user_data;
    queue->returned++;
    queue->right += bcrypt_job_matches(job, &queue->hashes[job - queue->jobs]);
}

static void run(struct queue *queue)
{
    struct lanes *lanes = memory_new(sizeof *lanes);
    assert_non_null(lanes);
    lanes_run(lanes, &(struct lane_feed){next, done, queue});
    memory_free(lanes);
}

static void any_number_of_jobs_of_mixed_costs_comes_back_right(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 2 * BLOWFISH_LANES + 1; count++) {
        struct queue queue = {.count = 0};
        for (size_t i = 0; i < count; i++)
            add(&queue, i % KNOWN, known[i % KNOWN].password);
        run(&queue);
        assert_int_equal(queue.returned, count);
        assert_int_equal(queue.right, count);
    }
}

static void a_wrong_password_beside_right_ones_is_the_only_mismatch(void **state)
{
    (void)state;
    for (size_t wrong = 0; wrong < BLOWFISH_LANES; wrong++) {
        struct queue queue = {.count = 0};
        for (size_t i = 0; i < BLOWFISH_LANES; i++)
            add(&queue, i % KNOWN, i == wrong ? "wrong" : known[i % KNOWN].password);
        run(&queue);
        assert_int_equal(queue.returned, BLOWFISH_LANES);
        assert_int_equal(queue.right, BLOWFISH_LANES - 1);
        assert_false(bcrypt_job_matches(&queue.jobs[wrong], &queue.hashes[wrong]));
    }
}

static void a_job_that_comes_late_joins_those_that_run(void **state)
{
    (void)state;
    struct queue queue = {.held_back_until = 3};
    queue.hashes[0] = (struct bcrypt_hash){.cost = 0};
    add(&queue, 0, known[0].password);
    queue.jobs[0].cost = 8; /* long enough to be joined */
    add(&queue, 1, known[1].password);
    run(&queue);
    assert_int_equal(queue.returned, 2);
    assert_true(bcrypt_job_matches(&queue.jobs[1], &queue.hashes[1]));
    /* The first was asked for another cost than its hash has, so it cannot match. */
    assert_int_equal(queue.right, 1);
}

static void every_bit_of_the_salt_counts(void **state)
{
    (void)state;
    struct queue queue = {.count = 0};
    for (size_t i = 0; i < 32; i++) {
        add(&queue, 1, known[1].password);
        for (size_t word = i / 8 % 4; word < BLOWFISH_SUBKEYS; word += 4)
            queue.jobs[i].salt.at[word] ^= UINT32_C(1) << i;
    }
    run(&queue);
    assert_int_equal(queue.returned, 32);
    assert_int_equal(queue.right, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_jobs_of_mixed_costs_comes_back_right),
        cmocka_unit_test(a_wrong_password_beside_right_ones_is_the_only_mismatch),
        cmocka_unit_test(a_job_that_comes_late_joins_those_that_run),
        cmocka_unit_test(every_bit_of_the_salt_counts),
    };
    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}
