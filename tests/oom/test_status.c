/* SPDX-License-Identifier: Apache-2.0
 * Every call of error.h, status.h and version.h with each allocation refused in turn. What is there
 * when memory is gone, the sentence of a status above all, takes none. */
#include "cmocka_all.h"
#include "refusal.h"

#include <cogmig/error.h>
#include <cogmig/version.h>
#include <string.h>

static cogmig_error *box;

static void make_world(void)
{
    assert_int_equal(cogmig_error_new(&box), COGMIG_OK);
}

static void release_world(void)
{
    cogmig_error_free(&box);
}

MAKES(make_box, error, cogmig_error_new(&made))

static cogmig_status fill_box(void)
{
    cogmig_error_set(box, COGMIG_USER_NOT_FOUND, "Nobody has that address.");
    assert_int_equal(cogmig_error_status(box), COGMIG_USER_NOT_FOUND);
    assert_string_equal(cogmig_error_message(box), "Nobody has that address.");
    assert_int_equal(cogmig_error_upstream(box), COGMIG_UPSTREAM_NONE);
    assert_string_equal(cogmig_error_upstream_code(box), "");
    assert_int_equal(cogmig_error_failed_claims(box), 0);
    cogmig_error_clear(box);
    assert_string_equal(cogmig_error_message(box), "");
    return COGMIG_OK;
}

static cogmig_status name_all(void)
{
    for (int32_t i = 0; i < cogmig_status_count(); i++) {
        cogmig_status status = cogmig_status_at(i);
        assert_true(strlen(cogmig_status_name(status)) > 0);
        assert_true(strlen(cogmig_status_sentence(status)) > 0);
        assert_true(strlen(cogmig_kind_name(cogmig_status_kind(status))) > 0);
    }
    return COGMIG_OK;
}

static cogmig_status tell_version(void)
{
    assert_true(strlen(cogmig_version()) > 0);
    assert_true(cogmig_version_number() > 0);
    assert_int_equal(cogmig_abi_version(), 1);
    return COGMIG_OK;
}

static void check_world(void)
{
    assert_int_equal(fill_box(), COGMIG_OK);
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct world world = {make_world, check_world, NULL, release_world};
    static const struct step steps[] = {
        STEP(make_box, OK),
        STEP(fill_box, OK),
        STEP(name_all, OK),
        STEP(tell_version, OK),
    };
    (void)state;
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    return cmocka_run_group_tests_name("statuses", tests, NULL, NULL);
}
