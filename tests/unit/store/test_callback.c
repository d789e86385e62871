/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "opened.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct row {
    const char *id, *email;
};

/* What the store of these tests does and has seen. */
struct double_store {
    const struct row *rows; /* ends with a NULL id */
    bool knows_no_case;     /* answers the exact question like the other one */
    cogmig_status says;
    bool ignores_failures;
    int32_t takes_ms;
    int asked[4];
    int32_t last_timeout_ms;
    size_t last_key_len;
};

static bool fits(const struct double_store *own, int32_t question, const char *key,
                 const struct row *row)
{
    if (question == COGMIG_FIND_BY_ID)
        return strcmp(row->id, key) == 0;
    if (question == COGMIG_FIND_BY_EMAIL && !own->knows_no_case)
        return strcmp(row->email, key) == 0;
    return strcasecmp(row->email, key) == 0;
}

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    struct double_store *own = user_data;
    own->asked[question]++;
    own->last_timeout_ms = timeout_ms;
    own->last_key_len = key_len;
    struct timespec pause = {.tv_nsec = own->takes_ms * 1000000L};
    nanosleep(&pause, NULL);
    for (const struct row *row = own->rows; row != NULL && row->id != NULL; row++) {
        if (!fits(own, question, key, row))
            continue;
        cogmig_status status =
            cogmig_store_answer_add_user(answer, row->id, row->email, "$2b$10$hash", true, NULL);
        if (status != COGMIG_OK && !own->ignores_failures)
            return status;
    }
    return own->says;
}

static cogmig_store *open_double_for_ms(struct double_store *own, int32_t timeout_ms)
{
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    assert_status(cogmig_store_config_set_callback(config, find, own, &err), COGMIG_OK, &err);
    assert_status(cogmig_store_config_set_timeout_ms(config, timeout_ms, &err), COGMIG_OK, &err);
    return open_config(config);
}

static cogmig_store *open_double(struct double_store *own)
{
    return open_double_for_ms(own, 60000);
}

static const struct row people[] = {{"1", "ann@example.com"}, {"2", "Bob@Example.com"},
                                    {"3", "eve@example.com"}, {"4", "Eve@Example.com"},
                                    {"5", "zoe@example.com"}, {"6", "zoe@example.com"},
                                    {"6", "six@example.com"}, {NULL, NULL}};

static void the_exact_address_is_enough(void **state)
{
    (void)state;
    struct double_store own = {.rows = people};
    cogmig_store *store = open_double(&own);
    assert_email_leads_to(store, "ann@example.com", "1");
    assert_int_equal(own.asked[COGMIG_FIND_BY_EMAIL], 1);
    assert_int_equal(own.asked[COGMIG_FIND_BY_EMAIL_ANY_CASE], 0);
    assert_int_equal(own.last_key_len, strlen("ann@example.com"));
    assert_in_range(own.last_timeout_ms, 1, 60000);
    cogmig_store_free(&store);
    assert_null(store);
}

static void the_address_in_another_case_is_found_second(void **state)
{
    (void)state;
    struct double_store own = {.rows = people};
    cogmig_store *store = open_double(&own);
    assert_email_leads_to(store, "bob@example.COM", "2");
    assert_int_equal(own.asked[COGMIG_FIND_BY_EMAIL], 1);
    assert_int_equal(own.asked[COGMIG_FIND_BY_EMAIL_ANY_CASE], 1);
    cogmig_store_free(&store);
}

/* promise 3 */
static void of_two_cases_the_exact_one_wins_and_neither_is_a_conflict(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    for (int knows_no_case = 0; knows_no_case < 2; knows_no_case++) {
        struct double_store own = {.rows = people, .knows_no_case = knows_no_case == 1};
        cogmig_store *store = open_double(&own);
        assert_email_leads_to(store, "eve@example.com", "3");
        assert_email_leads_to(store, "Eve@Example.com", "4");
        assert_email_leads_to(store, "BOB@example.com", "2");
        assert_finding_fails(store, "EVE@example.com", COGMIG_USER_AMBIGUOUS, &err);
        assert_finding_fails(store, "zoe@example.com", COGMIG_USER_AMBIGUOUS, &err);
        cogmig_store_free(&store);
    }
}

static void two_rows_of_one_id_are_a_conflict(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    struct double_store own = {.rows = people};
    cogmig_store *store = open_double(&own);
    cogmig_user *user = found_by_id(store, "5");
    assert_string_equal(cogmig_user_email(user), "zoe@example.com");
    cogmig_user_free(&user);
    assert_finding_id_fails(store, "6", COGMIG_USER_AMBIGUOUS, &err);
    assert_finding_id_fails(store, "7", COGMIG_USER_NOT_FOUND, &err);
    cogmig_store_free(&store);
}

static cogmig_status answer_with_another_id(void *user_data, int32_t question, const char *key,
                                            size_t key_len, int32_t timeout_ms,
                                            cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key, (void)key_len, (void)timeout_ms;
    return cogmig_store_answer_add_user(answer, "other", "x@example.com", NULL, false, NULL);
}

static void a_row_of_another_id_is_never_taken(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    assert_status(cogmig_store_config_set_callback(config, answer_with_another_id, NULL, &err),
                  COGMIG_OK, &err);
    cogmig_store *store = open_config(config);
    assert_finding_id_fails(store, "asked", COGMIG_STORE_ROW_INVALID, &err);
    cogmig_store_free(&store);
}

static cogmig_status add_many(void *user_data, int32_t question, const char *key, size_t key_len,
                              int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key_len, (void)timeout_ms;
    for (int i = 0; i < 1000; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", i);
        const char *email = i == 0 ? key : "other@example.com";
        assert_int_equal(cogmig_store_answer_add_user(answer, id, email, NULL, false, NULL),
                         COGMIG_OK);
        assert_int_equal(cogmig_store_answer_set_name(answer, "N", NULL), COGMIG_OK);
    }
    return COGMIG_OK;
}

static void a_thousand_rows_are_a_conflict_not_a_heap(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    assert_status(cogmig_store_config_set_callback(config, add_many, NULL, &err), COGMIG_OK, &err);
    cogmig_store *store = open_config(config);
    assert_finding_fails(store, "a@example.com", COGMIG_USER_AMBIGUOUS, &err);
    cogmig_store_free(&store);
}

static void an_outage_and_invalid_data_are_passed_on(void **state)
{
    (void)state;
    static const cogmig_status passed_on[] = {COGMIG_STORE_UNREACHABLE, COGMIG_STORE_BUSY,
                                              COGMIG_OUT_OF_MEMORY, COGMIG_DEADLINE_EXCEEDED,
                                              COGMIG_STORE_ROW_INVALID};
    for (size_t i = 0; i < sizeof passed_on / sizeof passed_on[0]; i++) {
        struct cogmig_error err = {0};
        struct double_store own = {.rows = people, .says = passed_on[i]};
        cogmig_store *store = open_double(&own);
        assert_finding_fails(store, "ann@example.com", passed_on[i], &err);
        assert_int_equal(cogmig_error_upstream(&err), COGMIG_UPSTREAM_CALLBACK);
        assert_mentions(&err, cogmig_status_name(passed_on[i]));
        cogmig_store_free(&store);
    }
}

static void any_other_status_stops_the_call_and_is_told(void **state)
{
    (void)state;
    static const cogmig_status others[] = {COGMIG_USER_NOT_FOUND,
                                           COGMIG_PASSWORD_MISMATCH,
                                           COGMIG_USER_AMBIGUOUS,
                                           COGMIG_STOPPED_BY_CALLBACK,
                                           COGMIG_INTERNAL_ERROR,
                                           -1,
                                           99999};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct cogmig_error err = {0};
        char code[16];
        snprintf(code, sizeof code, "%d", (int)others[i]);
        struct double_store own = {.rows = people, .says = others[i]};
        cogmig_store *store = open_double(&own);
        assert_finding_fails(store, "ann@example.com", COGMIG_STOPPED_BY_CALLBACK, &err);
        assert_string_equal(cogmig_error_upstream_code(&err), code);
        cogmig_store_free(&store);
    }
}

static void an_answer_that_comes_late_is_thrown_away(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    struct double_store own = {.rows = people, .takes_ms = 60};
    cogmig_store *store = open_double_for_ms(&own, 20);
    assert_finding_fails(store, "ann@example.com", COGMIG_DEADLINE_EXCEEDED, &err);
    assert_in_range(own.last_timeout_ms, 1, 20);
    cogmig_store_free(&store);
}

static void a_deadline_that_has_passed_asks_nobody(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    struct double_store own = {.rows = people};
    cogmig_store *store = open_double(&own);
    cogmig_user *user = NULL;
    assert_status(store_find_by_email(store, "ann@example.com", deadline_in_ms(-1), &user, &err),
                  COGMIG_DEADLINE_EXCEEDED, &err);
    assert_int_equal(own.asked[COGMIG_FIND_BY_EMAIL], 0);
    cogmig_store_free(&store);
}

static void the_earlier_of_two_deadlines_counts(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    struct double_store own = {.rows = people};
    cogmig_store *store = open_double(&own);
    cogmig_user *user = NULL;
    assert_status(store_find_by_email(store, "ann@example.com", deadline_in_ms(5000), &user, &err),
                  COGMIG_OK, &err);
    assert_in_range(own.last_timeout_ms, 1, 5000);
    cogmig_user_free(&user);
    cogmig_store_free(&store);
}

static void a_row_without_id_is_never_nobody(void **state)
{
    (void)state;
    static const struct row broken[] = {{"", "ann@example.com"}, {NULL, NULL}};
    for (int ignores = 0; ignores < 2; ignores++) {
        struct cogmig_error err = {0};
        struct double_store own = {.rows = broken, .ignores_failures = ignores == 1};
        cogmig_store *store = open_double(&own);
        assert_finding_fails(store, "ann@example.com", COGMIG_STORE_ROW_INVALID, &err);
        cogmig_store_free(&store);
    }
}

static void what_is_looked_for_is_1_to_2048_bytes_of_utf8(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    struct double_store own = {.rows = people};
    cogmig_store *store = open_double(&own);
    static char megabyte[1 << 20];
    memset(megabyte, 'a', sizeof megabyte - 1);
    assert_finding_fails(store, "", COGMIG_INVALID_ARGUMENT, &err);
    assert_finding_fails(store, NULL, COGMIG_INVALID_ARGUMENT, &err);
    assert_finding_fails(store, "\xC3(", COGMIG_INVALID_ARGUMENT, &err);
    assert_finding_fails(store, megabyte, COGMIG_INVALID_ARGUMENT, &err);
    assert_finding_id_fails(store, "", COGMIG_INVALID_ARGUMENT, &err);
    assert_status(cogmig_store_find_by_email(store, "a", NULL, &err), COGMIG_INVALID_ARGUMENT,
                  &err);
    megabyte[2049] = '\0';
    assert_finding_fails(store, megabyte, COGMIG_INVALID_ARGUMENT, &err);
    assert_int_equal(own.asked[COGMIG_FIND_BY_EMAIL], 0);
    megabyte[2048] = '\0';
    assert_finding_fails(store, megabyte, COGMIG_USER_NOT_FOUND, &err);
    assert_finding_fails(NULL, "a", COGMIG_INVALID_ARGUMENT, &err);
    cogmig_store_free(&store);
}

static cogmig_status add_everything(void *user_data, int32_t question, const char *key,
                                    size_t key_len, int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key, (void)key_len, (void)timeout_ms;
    struct cogmig_error err = {0};
    assert_int_equal(cogmig_store_answer_add_user(answer, "7", "a@example.com", NULL, false, &err),
                     COGMIG_OK);
    assert_int_equal(cogmig_store_answer_set_name(answer, "First", &err), COGMIG_OK);
    assert_int_equal(cogmig_store_answer_set_name(answer, "Ann \xF0\x9F\x8C\xBB", &err), COGMIG_OK);
    return cogmig_store_answer_set_times(answer, "2026-01-15 10:30:00+02", NULL, &err);
}

static cogmig_user *found_by(cogmig_store_find_fn function)
{
    struct cogmig_error err = {0};
    cogmig_store_config *config = new_config(NULL);
    assert_status(cogmig_store_config_set_callback(config, function, NULL, &err), COGMIG_OK, &err);
    cogmig_store *store = open_config(config);
    cogmig_user *user = found_by_email(store, "a@example.com");
    cogmig_store_free(&store);
    return user;
}

/* promise 56 */
static void a_user_has_what_was_added_and_outlives_the_store(void **state)
{
    (void)state;
    cogmig_user *user = found_by(add_everything);
    assert_string_equal(cogmig_user_id(user), "7");
    assert_string_equal(cogmig_user_email(user), "a@example.com");
    assert_string_equal(cogmig_user_name(user), "Ann \xF0\x9F\x8C\xBB");
    assert_null(cogmig_user_password_hash(user));
    assert_false(cogmig_user_email_verified(user));
    assert_string_equal(cogmig_user_created_at(user), "2026-01-15T08:30:00.000Z");
    assert_null(cogmig_user_updated_at(user));
    cogmig_user_free(&user);
}

/* Each way to misuse an answer, by number; all end the look-up whatever the function returns. */
static cogmig_status misuse(void *user_data, int32_t question, const char *key, size_t key_len,
                            int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)question, (void)key, (void)key_len, (void)timeout_ms;
    static char large[64 * 1024 + 2];
    memset(large, 'x', sizeof large - 1);
    int way = *(const int *)user_data;
    if (way == 0)
        cogmig_store_answer_set_name(answer, "nobody's", NULL);
    if (way == 1)
        cogmig_store_answer_set_times(answer, NULL, NULL, NULL);
    if (way == 2)
        cogmig_store_answer_add_user(answer, NULL, "a@example.com", NULL, false, NULL);
    if (way == 3)
        cogmig_store_answer_add_user(answer, "1", NULL, NULL, false, NULL);
    if (way < 4)
        return COGMIG_OK;
    cogmig_store_answer_add_user(answer, "1", "a@example.com", way == 4 ? large : NULL, false,
                                 NULL);
    if (way == 5)
        cogmig_store_answer_set_name(answer, large, NULL);
    if (way == 6)
        cogmig_store_answer_set_name(answer, "\xFF", NULL);
    if (way == 7)
        cogmig_store_answer_set_times(answer, "yesterday", NULL, NULL);
    return COGMIG_OK;
}

static void a_misused_answer_fails_the_look_up(void **state)
{
    (void)state;
    for (int way = 0; way < 8; way++) {
        struct cogmig_error err = {0};
        cogmig_store_config *config = new_config(NULL);
        assert_status(cogmig_store_config_set_callback(config, misuse, &way, &err), COGMIG_OK,
                      &err);
        cogmig_store *store = open_config(config);
        assert_finding_fails(store, "a@example.com",
                             way == 4 ? COGMIG_STORE_ROW_INVALID : COGMIG_INVALID_ARGUMENT, &err);
        cogmig_store_free(&store);
    }
    assert_int_equal(cogmig_store_answer_set_name(NULL, "x", NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_store_answer_set_times(NULL, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_store_answer_add_user(NULL, "1", "a", NULL, false, NULL),
                     COGMIG_INVALID_ARGUMENT);
}

static void a_store_lives_until_its_last_holder_lets_go(void **state)
{
    (void)state;
    struct double_store own = {.rows = people};
    cogmig_store *store = open_double(&own);
    cogmig_store *held = store_hold(store);
    cogmig_store_free(&store);
    assert_email_leads_to(held, "ann@example.com", "1");
    cogmig_store_free(&held);
    assert_null(held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exact_address_is_enough),
        cmocka_unit_test(the_address_in_another_case_is_found_second),
        cmocka_unit_test(of_two_cases_the_exact_one_wins_and_neither_is_a_conflict),
        cmocka_unit_test(two_rows_of_one_id_are_a_conflict),
        cmocka_unit_test(a_row_of_another_id_is_never_taken),
        cmocka_unit_test(a_thousand_rows_are_a_conflict_not_a_heap),
        cmocka_unit_test(an_outage_and_invalid_data_are_passed_on),
        cmocka_unit_test(any_other_status_stops_the_call_and_is_told),
        cmocka_unit_test(an_answer_that_comes_late_is_thrown_away),
        cmocka_unit_test(a_deadline_that_has_passed_asks_nobody),
        cmocka_unit_test(the_earlier_of_two_deadlines_counts),
        cmocka_unit_test(a_row_without_id_is_never_nobody),
        cmocka_unit_test(what_is_looked_for_is_1_to_2048_bytes_of_utf8),
        cmocka_unit_test(a_user_has_what_was_added_and_outlives_the_store),
        cmocka_unit_test(a_misused_answer_fails_the_look_up),
        cmocka_unit_test(a_store_lives_until_its_last_holder_lets_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
