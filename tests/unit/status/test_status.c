/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"

#include <cogmig/status.h>
#include <string.h>

static void the_list_rises_from_ok_so_no_number_is_given_twice(void **state)
{
    (void)state;
    int32_t count = cogmig_status_count();
    assert_true(count > 50);
    assert_int_equal(cogmig_status_at(0), COGMIG_OK);
    assert_true(cogmig_status_at(count - 1) > COGMIG_JOB_NOT_FOUND);
    for (int32_t i = 1; i < count; i++)
        assert_true(cogmig_status_at(i - 1) < cogmig_status_at(i));
}

static void outside_of_the_list_there_is_an_internal_error(void **state)
{
    (void)state;
    assert_int_equal(cogmig_status_at(-1), COGMIG_INTERNAL_ERROR);
    assert_int_equal(cogmig_status_at(cogmig_status_count()), COGMIG_INTERNAL_ERROR);
    assert_int_equal(cogmig_status_at(INT32_MIN), COGMIG_INTERNAL_ERROR);
    assert_int_equal(cogmig_status_at(INT32_MAX), COGMIG_INTERNAL_ERROR);
}

static void every_status_has_a_name_of_its_own_and_a_sentence_of_its_own(void **state)
{
    (void)state;
    for (int32_t i = 0; i < cogmig_status_count(); i++) {
        cogmig_status status = cogmig_status_at(i);
        const char *name = cogmig_status_name(status), *sentence = cogmig_status_sentence(status);
        assert_int_equal(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), strlen(name));
        assert_true(strlen(name) >= 2);
        assert_int_equal(sentence[strlen(sentence) - 1], '.');
        assert_true(strlen(sentence) >= 10);
        for (int32_t j = 0; j < i; j++) {
            assert_string_not_equal(name, cogmig_status_name(cogmig_status_at(j)));
            assert_string_not_equal(sentence, cogmig_status_sentence(cogmig_status_at(j)));
        }
    }
}

static void only_ok_is_of_kind_ok_and_every_kind_is_known(void **state)
{
    (void)state;
    for (int32_t i = 0; i < cogmig_status_count(); i++) {
        cogmig_kind kind = cogmig_status_kind(cogmig_status_at(i));
        assert_in_range(kind, COGMIG_KIND_OK, COGMIG_KIND_INTERNAL);
        assert_int_equal(kind == COGMIG_KIND_OK, i == 0);
    }
}

/* promise 1 */
static void an_outage_is_no_denial(void **state)
{
    (void)state;
    static const cogmig_status outages[] = {
        COGMIG_OUT_OF_MEMORY,         COGMIG_DEADLINE_EXCEEDED,
        COGMIG_JWKS_UNREACHABLE,      COGMIG_JWKS_HTTP_STATUS,
        COGMIG_JWKS_RESPONSE_INVALID, COGMIG_STORE_UNREACHABLE,
        COGMIG_STORE_LOGIN_REFUSED,   COGMIG_STORE_BUSY,
        COGMIG_STORE_QUERY_FAILED,    COGMIG_ENGINE_BUSY,
        COGMIG_ENGINE_DRAINING,
    };
    for (size_t i = 0; i < sizeof outages / sizeof outages[0]; i++)
        assert_int_equal(cogmig_status_kind(outages[i]), COGMIG_KIND_UNAVAILABLE);
}

static void kinds_tell_what_to_do(void **state)
{
    (void)state;
    assert_int_equal(cogmig_status_kind(COGMIG_PASSWORD_MISMATCH), COGMIG_KIND_DENIED);
    assert_int_equal(cogmig_status_kind(COGMIG_TOKEN_SIGNATURE_INVALID), COGMIG_KIND_DENIED);
    assert_int_equal(cogmig_status_kind(COGMIG_USER_NOT_FOUND), COGMIG_KIND_NOT_FOUND);
    assert_int_equal(cogmig_status_kind(COGMIG_INVALID_ARGUMENT), COGMIG_KIND_INVALID);
    assert_int_equal(cogmig_status_kind(COGMIG_USER_AMBIGUOUS), COGMIG_KIND_CONFLICT);
    assert_int_equal(cogmig_status_kind(COGMIG_STOPPED_BY_CALLBACK), COGMIG_KIND_STOPPED);
    assert_int_equal(cogmig_status_kind(COGMIG_INTERNAL_ERROR), COGMIG_KIND_INTERNAL);
}

/* promise 5 */
static void a_status_of_a_newer_library_is_survived(void **state)
{
    (void)state;
    static const cogmig_status unknown[] = {-1, 98, 99, 1000, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_int_equal(cogmig_status_kind(unknown[i]), COGMIG_KIND_INTERNAL);
        assert_string_equal(cogmig_status_name(unknown[i]), "UNKNOWN_STATUS");
        assert_string_equal(cogmig_status_sentence(unknown[i]),
                            "A status that this version of the library does not know.");
    }
}

static void kinds_have_names(void **state)
{
    (void)state;
    static const char *const names[] = {"OK",       "DENIED",      "NOT_FOUND", "INVALID",
                                        "CONFLICT", "UNAVAILABLE", "STOPPED",   "INTERNAL"};
    for (int32_t kind = 0; kind < 8; kind++)
        assert_string_equal(cogmig_kind_name(kind), names[kind]);
    assert_string_equal(cogmig_kind_name(8), "INTERNAL");
    assert_string_equal(cogmig_kind_name(-1), "INTERNAL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_rises_from_ok_so_no_number_is_given_twice),
        cmocka_unit_test(outside_of_the_list_there_is_an_internal_error),
        cmocka_unit_test(every_status_has_a_name_of_its_own_and_a_sentence_of_its_own),
        cmocka_unit_test(only_ok_is_of_kind_ok_and_every_kind_is_known),
        cmocka_unit_test(an_outage_is_no_denial),
        cmocka_unit_test(kinds_tell_what_to_do),
        cmocka_unit_test(a_status_of_a_newer_library_is_survived),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
