/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "store/places.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    PLACES = 3,
    SOON_MS = 20,
    LONG_MS = 20000
};

static int something; /* stands for a connection */

static const struct places_limits limits = {.max_idle_ms = 100, .min = 1};

static int set_up(void **state)
{
    static struct places places;
    *state = &places;
    return places_init(&places, PLACES) ? 0 : -1;
}

static int tear_down(void **state)
{
    places_destroy(*state);
    return 0;
}

static struct place *take(struct places *places)
{
    bool waited;
    return places_take(places, deadline_in_ms(SOON_MS), &waited);
}

static struct place *connected(struct place *place)
{
    place->connection = &something;
    place->retire_at_ms = INT64_MAX;
    place->idle_since_ms = clock_steady_ms();
    return place;
}

static void the_connection_used_last_is_used_first(void **state)
{
    struct places *places = *state;
    struct place *a = connected(take(places)), *b = connected(take(places));
    places_give_back(places, b);
    places_give_back(places, a);
    assert_ptr_equal(take(places), a);
    assert_ptr_equal(take(places), b);
    assert_null(take(places)->connection);
}

static void no_more_are_taken_than_there_are(void **state)
{
    struct places *places = *state;
    for (int i = 0; i < PLACES; i++)
        assert_non_null(take(places));
    bool waited = false;
    assert_null(places_take(places, deadline_in_ms(SOON_MS), &waited));
    assert_true(waited);
    assert_int_equal(places_count(places).connections, PLACES);
    assert_int_equal(places_count(places).waiting, 0);
}

static void what_is_over_its_age_is_handed_out_to_be_closed(void **state)
{
    struct places *places = *state;
    struct place *a = connected(take(places)), *b = connected(take(places));
    a->retire_at_ms = clock_steady_ms();
    places_give_back(places, a);
    places_give_back(places, b);
    assert_ptr_equal(places_take_overdue(places, &limits), a);
    assert_null(places_take_overdue(places, &limits));
}

static void what_is_idle_is_kept_up_to_the_minimum(void **state)
{
    struct places *places = *state;
    struct place *a = connected(take(places)), *b = connected(take(places));
    a->idle_since_ms = b->idle_since_ms = clock_steady_ms() - limits.max_idle_ms;
    places_give_back(places, a);
    places_give_back(places, b);
    assert_ptr_equal(places_take_overdue(places, &limits), a);
    a->connection = NULL;
    places_give_back(places, a);
    assert_null(places_take_overdue(places, &limits));
}

static void a_new_era_makes_all_that_is_idle_overdue(void **state)
{
    struct places *places = *state;
    struct place *a = connected(take(places)), *b = connected(take(places));
    places_give_back(places, a);
    places_give_back(places, b);
    assert_null(places_take_overdue(places, &limits));
    places_begin_era(places);
    assert_ptr_equal(places_take_overdue(places, &limits), a);
    assert_ptr_equal(places_take_overdue(places, &limits), b);
}

struct visitor {
    struct places *places;
    atomic_int *served;
    pthread_t thread;
};

static void *visit(void *argument)
{
    struct visitor *visitor = argument;
    bool waited;
    struct place *place = places_take(visitor->places, deadline_in_ms(LONG_MS), &waited);
    if (place == NULL)
        return NULL;
    atomic_fetch_add(visitor->served, 1);
    places_give_back(visitor->places, place);
    return place;
}

static void wait_for_waiting(struct places *places, int32_t count)
{
    while (places_count(places).waiting < count)
        sched_yield();
}

static void everybody_who_waits_is_served(void **state)
{
    enum {
        VISITORS = 8
    };
    struct places *places = *state;
    struct place *taken[PLACES];
    struct visitor visitors[VISITORS];
    atomic_int served = 0;
    for (int i = 0; i < PLACES; i++)
        taken[i] = connected(take(places));
    for (int i = 0; i < VISITORS; i++) {
        visitors[i] = (struct visitor){.places = places, .served = &served};
        assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    wait_for_waiting(places, VISITORS);
    for (int i = 0; i < PLACES; i++)
        places_give_back(places, taken[i]);
    for (int i = 0; i < VISITORS; i++)
        pthread_join(visitors[i].thread, NULL);
    assert_int_equal(served, VISITORS);
    assert_int_equal(places_count(places).idle, PLACES);
}

static void who_has_waited_long_is_not_passed_over(void **state)
{
    struct places *places = *state;
    atomic_int served = 0;
    struct place *mine = take(places);
    struct place *others[] = {take(places), take(places)};
    struct visitor visitor = {.places = places, .served = &served};
    assert_int_equal(pthread_create(&visitor.thread, NULL, visit, &visitor), 0);
    wait_for_waiting(places, 1);
    int64_t since = clock_steady_ms();
    while (clock_steady_ms() - since < 2 * SOON_MS)
        sched_yield();
    places_give_back(places, connected(mine));
    assert_int_equal(places_count(places).waiting, 0); /* it has the place before it even runs */
    pthread_join(visitor.thread, NULL);
    assert_int_equal(served, 1);
    places_give_back(places, others[0]);
    places_give_back(places, others[1]);
}

static void after_a_fork_there_are_no_connections(void **state)
{
    struct places *places = *state;
    places_give_back(places, connected(take(places)));
    connected(take(places));
    places_forget(places);
    for (int i = 0; i < PLACES; i++)
        assert_null(take(places)->connection);
    assert_null(take(places));
}

#define WITH_PLACES(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACES(the_connection_used_last_is_used_first),
        WITH_PLACES(no_more_are_taken_than_there_are),
        WITH_PLACES(what_is_over_its_age_is_handed_out_to_be_closed),
        WITH_PLACES(what_is_idle_is_kept_up_to_the_minimum),
        WITH_PLACES(a_new_era_makes_all_that_is_idle_overdue),
        WITH_PLACES(everybody_who_waits_is_served),
        WITH_PLACES(who_has_waited_long_is_not_passed_over),
        WITH_PLACES(after_a_fork_there_are_no_connections),
    };
    return cmocka_run_group_tests_name("places", tests, NULL, NULL);
}
