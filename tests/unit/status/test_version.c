/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"

#include <cogmig/version.h>
#include <stdio.h>

static void the_library_at_run_time_is_that_of_the_header(void **state)
{
    (void)state;
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", COGMIG_VERSION_MAJOR, COGMIG_VERSION_MINOR,
             COGMIG_VERSION_PATCH);
    assert_string_equal(cogmig_version(), text);
    assert_int_equal(cogmig_version_number(), COGMIG_VERSION_MAJOR * 10000 +
                                                  COGMIG_VERSION_MINOR * 100 +
                                                  COGMIG_VERSION_PATCH);
}

static void the_abi_is_1_for_good(void **state)
{
    (void)state;
    assert_int_equal(cogmig_abi_version(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_library_at_run_time_is_that_of_the_header),
        cmocka_unit_test(the_abi_is_1_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
