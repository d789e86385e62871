/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "invocation.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool memory_is_refused;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);

void *__wrap_malloc(size_t size)
{
    return memory_is_refused ? NULL : __real_malloc(size);
}

static struct invocation invocation;

static int set_up(void **state)
{
    (void)state;
    memory_is_refused = false;
    invocation_clear(&invocation);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    invocation_release(&invocation);
    return 0;
}

static void an_event_is_put_together_from_its_parts(void **state)
{
    (void)state;
    assert_string_equal(invocation_event(&invocation), "");
    assert_int_equal(invocation_append(&invocation, "{\"a\"", 4), COGMIG_OK);
    assert_int_equal(invocation_append(&invocation, ":1}", 3), COGMIG_OK);
    assert_int_equal(invocation.event_len, 7);
    assert_memory_equal(invocation_event(&invocation), "{\"a\":1}", 7);
    assert_int_equal(invocation.fault, COGMIG_OK);
}

static void refused_memory_is_an_outage_and_not_a_large_event(void **state)
{
    (void)state;
    memory_is_refused = true;
    assert_int_equal(invocation_append(&invocation, "{", 1), COGMIG_OUT_OF_MEMORY);
    assert_int_equal(invocation.fault, COGMIG_OUT_OF_MEMORY);
    memory_is_refused = false;
    invocation_clear(&invocation);
    assert_int_equal(invocation.fault, COGMIG_OK);
}

static void an_event_is_as_large_as_lambda_allows_and_no_larger(void **state)
{
    (void)state;
    size_t most = INVOCATION_MAX_EVENT;
    char *bytes = calloc(1, most);
    assert_non_null(bytes);
    assert_int_equal(invocation_append(&invocation, bytes, most), COGMIG_OK);
    assert_int_equal(invocation_append(&invocation, "x", 1), COGMIG_EVENT_TOO_LARGE);
    assert_int_equal(invocation.fault, COGMIG_EVENT_TOO_LARGE);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_is_put_together_from_its_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused_memory_is_an_outage_and_not_a_large_event, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_event_is_as_large_as_lambda_allows_and_no_larger, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("invocation", tests, NULL, NULL);
}
