/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "migration/decide.h"

static const cogmig_status refusals[] = {
    COGMIG_PASSWORD_MISMATCH, COGMIG_PASSWORD_NOT_SET, COGMIG_PASSWORD_TOO_LONG,
    COGMIG_HASH_MALFORMED,    COGMIG_HASH_UNSUPPORTED, COGMIG_HASH_COST_REFUSED,
};

/* promise 32 */
static void only_a_match_for_a_row_that_was_found_is_confirmed(void **state)
{
    (void)state;
    for (int verified = 0; verified < 2; verified++) {
        struct facts facts = {
            TRIGGER_AUTHENTICATION, COGMIG_OK, COGMIG_OK, verified, COGMIG_OK, false};
        struct decision decision = decide(&facts);
        assert_int_equal(decision.answer, ANSWER_CONFIRM);
        assert_int_equal(decision.reason, COGMIG_OK);
    }
}

static void a_match_that_was_cut_is_reset_where_a_code_can_be_sent(void **state)
{
    (void)state;
    struct facts facts = {TRIGGER_AUTHENTICATION,   COGMIG_OK, COGMIG_OK, true,
                          COGMIG_PASSWORD_TOO_LONG, false};
    assert_int_equal(decide(&facts).answer, ANSWER_RESET);
    assert_int_equal(decide(&facts).reason, COGMIG_PASSWORD_TOO_LONG);
    facts.email_verified = false;
    assert_int_equal(decide(&facts).answer, ANSWER_NO);
    assert_int_equal(decide(&facts).reason, COGMIG_EMAIL_NOT_VERIFIED);
    facts.password = COGMIG_PASSWORD_MISMATCH;
    assert_int_equal(decide(&facts).answer, ANSWER_NO);
    assert_int_equal(decide(&facts).reason, COGMIG_PASSWORD_MISMATCH);
}

static void a_weak_match_is_taken_over_where_no_code_can_be_sent(void **state)
{
    (void)state;
    struct facts facts = {TRIGGER_AUTHENTICATION,   COGMIG_OK, COGMIG_OK, true,
                          COGMIG_PASSWORD_TOO_WEAK, false};
    assert_int_equal(decide(&facts).answer, ANSWER_RESET);
    assert_int_equal(decide(&facts).reason, COGMIG_PASSWORD_TOO_WEAK);
    facts.email_verified = false;
    assert_int_equal(decide(&facts).answer, ANSWER_CONFIRM);
    assert_int_equal(decide(&facts).reason, COGMIG_OK);
    facts.password = COGMIG_PASSWORD_MISMATCH;
    assert_int_equal(decide(&facts).answer, ANSWER_NO);
}

static void a_sign_in_with_any_other_verdict_is_a_no_for_that_reason(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct facts facts = {
            TRIGGER_AUTHENTICATION, COGMIG_OK, refusals[i], true, COGMIG_OK, false};
        struct decision decision = decide(&facts);
        assert_int_equal(decision.answer, ANSWER_NO);
        assert_int_equal(decision.reason, refusals[i]);
    }
    struct facts locked = {
        TRIGGER_AUTHENTICATION, COGMIG_OK, COGMIG_PASSWORD_LOCKED, true, COGMIG_OK, false};
    assert_int_equal(decide(&locked).answer, ANSWER_NO);
    assert_int_equal(decide(&locked).reason, COGMIG_PASSWORD_LOCKED);
}

/* promise 32 */
static void without_one_row_it_is_a_no_whatever_the_password(void **state)
{
    (void)state;
    static const cogmig_status lookups[] = {COGMIG_USER_NOT_FOUND, COGMIG_USER_AMBIGUOUS,
                                            COGMIG_STORE_ROW_INVALID, COGMIG_ATTRIBUTE_INVALID};
    static const cogmig_status passwords[] = {COGMIG_OK, COGMIG_PASSWORD_NOT_SET,
                                              COGMIG_PASSWORD_LOCKED};
    static const enum trigger triggers[] = {TRIGGER_AUTHENTICATION, TRIGGER_FORGOT_PASSWORD};
    for (size_t t = 0; t < 2; t++) {
        for (size_t l = 0; l < 4; l++) {
            for (size_t p = 0; p < 3; p++) {
                struct facts facts = {triggers[t], lookups[l], passwords[p],
                                      true,        COGMIG_OK,  false};
                struct decision decision = decide(&facts);
                assert_int_equal(decision.answer, ANSWER_NO);
                assert_int_equal(decision.reason, lookups[l]);
            }
        }
    }
}

/* promise 33 */
static void forgot_password_needs_a_verified_address(void **state)
{
    (void)state;
    struct facts facts = {TRIGGER_FORGOT_PASSWORD, COGMIG_OK, COGMIG_OK, false, COGMIG_OK, false};
    assert_int_equal(decide(&facts).answer, ANSWER_NO);
    assert_int_equal(decide(&facts).reason, COGMIG_EMAIL_NOT_VERIFIED);
    facts.email_verified = true;
    assert_int_equal(decide(&facts).answer, ANSWER_RESET);
    assert_int_equal(decide(&facts).reason, COGMIG_OK);
}

static void forgot_password_does_not_unlock(void **state)
{
    (void)state;
    struct facts facts = {
        TRIGGER_FORGOT_PASSWORD, COGMIG_OK, COGMIG_PASSWORD_LOCKED, true, COGMIG_OK, false};
    assert_int_equal(decide(&facts).answer, ANSWER_NO);
    assert_int_equal(decide(&facts).reason, COGMIG_PASSWORD_LOCKED);
}

static void who_is_disabled_is_refused_whatever_else_is_right(void **state)
{
    (void)state;
    static const cogmig_status passwords[] = {COGMIG_OK, COGMIG_PASSWORD_MISMATCH,
                                              COGMIG_PASSWORD_LOCKED};
    for (size_t i = 0; i < 6; i++) {
        struct facts facts = {i < 3 ? TRIGGER_AUTHENTICATION : TRIGGER_FORGOT_PASSWORD,
                              COGMIG_OK,
                              passwords[i % 3],
                              true,
                              COGMIG_OK,
                              true};
        assert_int_equal(decide(&facts).answer, ANSWER_NO);
        assert_int_equal(decide(&facts).reason, COGMIG_USER_DISABLED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_match_for_a_row_that_was_found_is_confirmed),
        cmocka_unit_test(a_match_that_was_cut_is_reset_where_a_code_can_be_sent),
        cmocka_unit_test(a_weak_match_is_taken_over_where_no_code_can_be_sent),
        cmocka_unit_test(a_sign_in_with_any_other_verdict_is_a_no_for_that_reason),
        cmocka_unit_test(without_one_row_it_is_a_no_whatever_the_password),
        cmocka_unit_test(forgot_password_needs_a_verified_address),
        cmocka_unit_test(forgot_password_does_not_unlock),
        cmocka_unit_test(who_is_disabled_is_refused_whatever_else_is_right),
    };
    return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
