/* SPDX-License-Identifier: Apache-2.0 */
#include "base/readers.h"
#include "cmocka_all.h"

#include <pthread.h>
#include <sched.h>

static void readers_are_awaited_who_were_there_and_not_who_come_later(void **state)
{
    (void)state;
    struct readers readers = {0};
    readers_awaited awaited = READERS_ALL_AWAITED;
    struct reader_slot *before = readers_enter(&readers);
    assert_false(readers_are_gone(&readers, &awaited));
    readers_leave(before, true);
    readers_awaited seen = awaited;
    struct reader_slot *later = readers_enter(&readers);
    assert_false(readers_are_gone(&readers, &awaited));
    readers_leave(later, false);
    assert_true(readers_are_gone(&readers, &awaited));
    later = readers_enter(&readers);
    assert_true(readers_are_gone(&readers, &awaited));
    readers_leave(later, false);
    assert_int_not_equal(seen, READERS_ALL_AWAITED);
}

static struct readers crowd;
static atomic_int taken_away, left;

static void *read_until_taken_away(void *unused)
{
    struct reader_slot *slot = readers_enter(&crowd);
    atomic_fetch_add(&left, 1);
    while (!atomic_load(&taken_away))
        sched_yield();
    atomic_fetch_sub(&left, 1);
    readers_leave(slot, true);
    return unused;
}

static void *await(void *unused)
{
    atomic_store(&taken_away, 1);
    assert_true(readers_await(&crowd));
    assert_int_equal(atomic_load(&left), 0);
    return unused;
}

static void who_awaits_goes_on_when_all_have_left(void **state)
{
    (void)state;
    enum {
        READERS = 4
    };
    pthread_t threads[READERS + 1];
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_until_taken_away, NULL), 0);
    while (atomic_load(&left) < READERS)
        sched_yield();
    assert_int_equal(pthread_create(&threads[READERS], NULL, await, NULL), 0);
    for (int i = 0; i <= READERS; i++)
        pthread_join(threads[i], NULL);
}

static void who_awaits_a_reader_that_never_leaves_is_told_so(void **state)
{
    (void)state;
    struct readers readers = {0};
    struct reader_slot *slot = readers_enter(&readers);
    assert_false(readers_await(&readers));
    readers_leave(slot, true);
    assert_true(readers_await(&readers));
    assert_int_equal(readers_count(&readers, true), 1);
    assert_int_equal(readers_count(&readers, false), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_are_awaited_who_were_there_and_not_who_come_later),
        cmocka_unit_test(who_awaits_goes_on_when_all_have_left),
        cmocka_unit_test(who_awaits_a_reader_that_never_leaves_is_told_so),
    };
    return cmocka_run_group_tests_name("readers", tests, NULL, NULL);
}
