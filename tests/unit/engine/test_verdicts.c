/* SPDX-License-Identifier: Apache-2.0
 * The three kinds of jobs and what comes of them. */
#include "pool.h"

#include <stdio.h>
#include <string.h>

static void a_password_has_the_verdict_of_its_hash(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    static const struct {
        const char *stored;
        cogmig_status status;
    } cases[] = {
        {HASH, COGMIG_OK},
        {"$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", COGMIG_PASSWORD_MISMATCH},
        {NULL, COGMIG_PASSWORD_NOT_SET},
        {"", COGMIG_PASSWORD_NOT_SET},
        {"!", COGMIG_PASSWORD_LOCKED},
        {"$2b$10$short", COGMIG_HASH_MALFORMED},
        {"$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", COGMIG_HASH_UNSUPPORTED},
        {"$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", COGMIG_HASH_COST_REFUSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t job = submit_password(pool, RIGHT, cases[i].stored);
        assert_int_equal(status_of(pool, job), cases[i].status);
    }
}

static void where_there_is_no_verdict_there_is_no_ok(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    cogmig_verdict *verdict = NULL;
    assert_int_equal(cogmig_engine_poll(pool->engine, &verdict, NULL), COGMIG_OK);
    assert_null(verdict);
    size_t len = 1;
    assert_int_equal(cogmig_verdict_status(verdict), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_error_status(cogmig_verdict_error(verdict)), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_verdict_job(verdict), 0);
    assert_null(cogmig_verdict_job_data(verdict));
    assert_null(cogmig_verdict_user(verdict));
    assert_false(cogmig_verdict_password_cut(verdict));
    assert_null(cogmig_verdict_response(verdict, &len));
    assert_int_equal(len, 0);
    assert_null(cogmig_verdict_response(verdict, NULL));
    cogmig_verdict_free(&verdict);
}

static void a_password_of_255_bytes_is_too_long_for_2a(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    char password[256];
    memset(password, 'a', 255);
    password[255] = '\0';
    assert_int_equal(status_of(pool, submit_password(pool, password, HASH)),
                     COGMIG_PASSWORD_TOO_LONG);
}

#define HASH_OF_73 "$2b$04$CCCCCCCCCCCCCCCCCCCCC.mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u"

static void a_match_that_was_cut_says_so(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    char password[74];
    memset(password, 'a', 73);
    password[73] = '\0';
    submit_password(pool, password, HASH_OF_73);
    cogmig_verdict *verdict = next_verdict(pool);
    assert_int_equal(cogmig_verdict_status(verdict), COGMIG_OK);
    assert_true(cogmig_verdict_password_cut(verdict));
    cogmig_verdict_free(&verdict);
}

static void a_cut_password_in_an_event_says_so_and_is_reset_where_that_is_wanted(void **state)
{
    struct pool *pool = *state;
    cogmig_migration_config *config = NULL;
    char password[74];
    memset(password, 'a', 73);
    password[73] = '\0';
    cogmig_migration_free(&pool->migration);
    assert_int_equal(cogmig_migration_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_reset_long_passwords(config, true, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_migration_new(config, pool->store, &pool->migration, NULL), COGMIG_OK);
    cogmig_migration_config_free(&config);
    pool_start(pool);
    pool->legacy.hash = HASH_OF_73;
    submit_event(pool, sign_in_event(EMAIL, password));
    cogmig_verdict *verdict = next_verdict(pool);
    assert_int_equal(cogmig_verdict_status(verdict), COGMIG_OK);
    assert_true(cogmig_verdict_password_cut(verdict));
    assert_int_equal(cogmig_error_status(cogmig_verdict_error(verdict)), COGMIG_PASSWORD_TOO_LONG);
    assert_null(strstr(cogmig_verdict_response(verdict, NULL), "CONFIRMED"));
    cogmig_verdict_free(&verdict);
}

static void the_engines_password_rules_hold(void **state)
{
    struct pool *pool = *state;
    cogmig_password_rules *rules = NULL;
    assert_int_equal(cogmig_password_rules_new(&rules, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_max_cost(rules, 4, NULL), COGMIG_OK);
    assert_int_equal(cogmig_engine_config_set_password_rules(pool->config, rules, NULL), COGMIG_OK);
    cogmig_password_rules_free(&rules);
    pool_start(pool);
    assert_int_equal(status_of(pool, submit_password(pool, RIGHT, HASH)), COGMIG_HASH_COST_REFUSED);
    assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, RIGHT)), COGMIG_HASH_COST_REFUSED);
}

static void a_sign_in_gives_the_user(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    submit_sign_in(pool, "A@EXAMPLE.com", RIGHT);
    cogmig_verdict *verdict = next_verdict(pool);
    assert_int_equal(cogmig_verdict_status(verdict), COGMIG_OK);
    assert_string_equal(cogmig_error_message(cogmig_verdict_error(verdict)), "");
    assert_string_equal(cogmig_user_id(cogmig_verdict_user(verdict)), ID);
    assert_null(cogmig_verdict_response(verdict, NULL));
    cogmig_verdict_free(&verdict);
}

static void a_sign_in_that_fails_gives_no_user(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, "U*V")), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, "")), COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(status_of(pool, submit_sign_in(pool, "b@example.com", RIGHT)),
                     COGMIG_USER_NOT_FOUND);
    pool->legacy.rows = 2;
    assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, RIGHT)), COGMIG_USER_AMBIGUOUS);
    pool->legacy.rows = 1;
    pool->legacy.hash = NULL;
    assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, RIGHT)), COGMIG_PASSWORD_NOT_SET);
}

static void a_disabled_user_is_denied_with_the_right_password_too(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->legacy.disabled = true;
    assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, RIGHT)), COGMIG_USER_DISABLED);
    assert_int_equal(usual_cost_of(&pool->engine->usual_cost), 5);
}

static void a_user_who_does_not_exist_costs_what_the_others_do(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    for (int i = 0; i < 3; i++)
        assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, RIGHT)), COGMIG_OK);
    assert_int_equal(usual_cost_of(&pool->engine->usual_cost), 5);
    pool->legacy.closed = true;
    int64_t job = submit_sign_in(pool, "b@example.com", RIGHT);
    pool->engine->load.speed.round_ns = 0;
    pool->legacy.closed = false;
    assert_int_equal(status_of(pool, job), COGMIG_USER_NOT_FOUND);
    assert_true(pool->engine->load.speed.round_ns > 0); /* a hash was computed */
}

static void a_store_that_dies_and_comes_back_is_an_outage_between_two_answers(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    const cogmig_status outages[] = {COGMIG_STORE_UNREACHABLE, COGMIG_STORE_BUSY,
                                     COGMIG_DEADLINE_EXCEEDED};
    for (size_t i = 0; i < sizeof outages / sizeof outages[0]; i++) {
        assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, RIGHT)), COGMIG_OK);
        pool->legacy.fault = outages[i];
        assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, RIGHT)), outages[i]);
        assert_int_equal(status_of(pool, submit_event(pool, sign_in_event(EMAIL, RIGHT))),
                         outages[i]);
        pool->legacy.fault = COGMIG_OK;
    }
    pool->legacy.fault = COGMIG_PASSWORD_MISMATCH;
    assert_int_equal(status_of(pool, submit_sign_in(pool, EMAIL, RIGHT)),
                     COGMIG_STOPPED_BY_CALLBACK);
}

static void expect_answer(struct pool *pool, const char *event, bool yes, cogmig_status reason)
{
    size_t len;
    submit_event(pool, event);
    cogmig_verdict *verdict = next_verdict(pool);
    assert_int_equal(cogmig_verdict_status(verdict), COGMIG_OK);
    assert_int_equal(cogmig_error_status(cogmig_verdict_error(verdict)), reason);
    const char *response = cogmig_verdict_response(verdict, &len);
    assert_non_null(response);
    assert_int_equal(len, strlen(response));
    assert_int_equal(strcmp(response, event) != 0, yes);
    assert_int_equal(strstr(response, "\"custom:legacy_id\":\"" ID "\"") != NULL, yes);
    assert_null(cogmig_verdict_user(verdict));
    cogmig_verdict_free(&verdict);
}

static void an_event_has_the_answer_of_its_migration(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    expect_answer(pool, sign_in_event(EMAIL, RIGHT), true, COGMIG_OK);
    expect_answer(pool, sign_in_event(EMAIL, "U*V"), false, COGMIG_PASSWORD_MISMATCH);
    expect_answer(pool, sign_in_event("b@example.com", RIGHT), false, COGMIG_USER_NOT_FOUND);
    expect_answer(pool,
                  "{\"triggerSource\":\"UserMigration_ForgotPassword\",\"userName\":\"" EMAIL
                  "\",\"request\":{},\"response\":{}}",
                  true, COGMIG_OK);
    pool->legacy.hash = "$2b$10$short";
    expect_answer(pool, sign_in_event(EMAIL, RIGHT), false, COGMIG_HASH_MALFORMED);
}

static void an_event_that_is_none_is_refused_at_its_submission(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    int64_t job = 1;
    assert_int_equal(cogmig_engine_submit_event(pool->engine, pool->migration, "{}", 2, 0, NULL,
                                                &job, &pool->err),
                     COGMIG_EVENT_MALFORMED);
    assert_int_equal(job, 0);
    assert_int_equal(cogmig_engine_submit_event(pool->engine, pool->migration, "", SIZE_MAX, 0,
                                                NULL, NULL, &pool->err),
                     COGMIG_EVENT_TOO_LARGE);
    assert_int_equal(pool->engine->accepted, 0);
}

static void store_and_migration_may_be_freed_before_the_verdict(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    pool->legacy.closed = true;
    submit_sign_in(pool, EMAIL, RIGHT);
    submit_event(pool, sign_in_event(EMAIL, RIGHT));
    cogmig_migration_free(&pool->migration);
    cogmig_store_free(&pool->store);
    pool->legacy.closed = false;
    for (int i = 0; i < 2; i++) {
        cogmig_verdict *verdict = next_verdict(pool);
        assert_int_equal(cogmig_verdict_status(verdict), COGMIG_OK);
        cogmig_verdict_free(&verdict);
    }
}

static void arguments_that_cannot_be_are_refused(void **state)
{
    struct pool *pool = *state;
    pool_start(pool);
    cogmig_engine *e = pool->engine;
    cogmig_verdict *verdict;
    char long_email[2050];
    memset(long_email, 'a', sizeof long_email);
    long_email[sizeof long_email - 1] = '\0';
    const char *const emails[] = {NULL, "", "\xff", long_email};
    for (size_t i = 0; i < sizeof emails / sizeof emails[0]; i++)
        assert_int_equal(
            cogmig_engine_submit_sign_in(e, pool->store, emails[i], "p", 1, 0, NULL, NULL, NULL),
            COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_submit_sign_in(e, NULL, EMAIL, "p", 1, 0, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(
        cogmig_engine_submit_sign_in(e, pool->store, EMAIL, NULL, 1, 0, NULL, NULL, NULL),
        COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_submit_password(NULL, "p", 1, HASH, 0, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_submit_password(e, NULL, 1, HASH, 0, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    for (int32_t bad = -1; bad < 600002; bad += 600002)
        assert_int_equal(cogmig_engine_submit_password(e, "p", 1, HASH, bad, NULL, NULL, NULL),
                         COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_submit_event(e, NULL, "{}", 2, 0, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_submit_event(e, pool->migration, NULL, 0, 0, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_poll(NULL, &verdict, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_poll(e, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_new(NULL, NULL, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_cancel(NULL, 1, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_drain(NULL, 1, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_drain(e, -1, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_engine_fd(NULL), -1);
    assert_int_equal(e->accepted, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, pool_set_up, pool_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_password_has_the_verdict_of_its_hash),
        TEST(where_there_is_no_verdict_there_is_no_ok),
        TEST(a_password_of_255_bytes_is_too_long_for_2a),
        TEST(a_match_that_was_cut_says_so),
        TEST(a_cut_password_in_an_event_says_so_and_is_reset_where_that_is_wanted),
        TEST(the_engines_password_rules_hold),
        TEST(a_sign_in_gives_the_user),
        TEST(a_sign_in_that_fails_gives_no_user),
        TEST(a_disabled_user_is_denied_with_the_right_password_too),
        TEST(a_user_who_does_not_exist_costs_what_the_others_do),
        TEST(a_store_that_dies_and_comes_back_is_an_outage_between_two_answers),
        TEST(an_event_has_the_answer_of_its_migration),
        TEST(an_event_that_is_none_is_refused_at_its_submission),
        TEST(store_and_migration_may_be_freed_before_the_verdict),
        TEST(arguments_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
