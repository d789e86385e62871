/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cmocka_all.h"
#include "migration/migration.h"

#include <cogmig/memory.h>
#include <cogmig/migration.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Openwall crypt_blowfish's published vector for "U*U", cost 5. */
#define HASH "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

/* One user, or a fault in place of an answer. */
struct legacy {
    const char *id;
    const char *email;
    const char *hash;
    bool verified;
    bool disabled;
    const char *phone;
    int rows;
    cogmig_status fault;
    int32_t delay_ms;
    atomic_int asked;
};

static struct legacy legacy;

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    struct legacy *store = user_data;
    (void)timeout_ms;
    atomic_fetch_add(&store->asked, 1);
    if (store->delay_ms > 0)
        nanosleep(&(struct timespec){0, store->delay_ms * 1000000L}, NULL);
    if (store->fault != COGMIG_OK)
        return store->fault;
    bool exact = strcmp(key, store->email) == 0;
    bool any_case = key_len == strlen(store->email) && strncasecmp(key, store->email, key_len) == 0;
    cogmig_status status = COGMIG_OK;
    if (question == COGMIG_FIND_BY_EMAIL ? exact : any_case)
        for (int i = 0; i < store->rows && status == COGMIG_OK; i++)
            status = cogmig_store_answer_add_user(answer, store->id, store->email, store->hash,
                                                  store->verified, NULL);
    if (store->phone != NULL && status == COGMIG_OK && (exact || any_case))
        status = cogmig_store_answer_set_attribute(answer, "phone_number", store->phone, NULL);
    if (store->disabled && status == COGMIG_OK && (exact || any_case))
        status = cogmig_store_answer_set_disabled(answer, true, NULL);
    return status;
}

struct fixture {
    cogmig_migration_config *config;
    cogmig_store *store;
    cogmig_error *err;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    legacy = (struct legacy){
        .id = "clx1", .email = "a@example.com", .hash = HASH, .verified = true, .rows = 1};
    cogmig_store_config *config = NULL;
    cogmig_status status = cogmig_store_config_new(&config, NULL);
    if (status == COGMIG_OK)
        status = cogmig_store_config_set_callback(config, find, &legacy, NULL);
    if (status == COGMIG_OK)
        status = cogmig_store_open(config, &fixture.store, NULL);
    cogmig_store_config_free(&config);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_new(&fixture.config, NULL);
    if (status == COGMIG_OK)
        status = cogmig_error_new(&fixture.err);
    *state = &fixture;
    return status == COGMIG_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    cogmig_migration_config_free(&fixture->config);
    cogmig_store_free(&fixture->store);
    cogmig_error_free(&fixture->err);
    return 0;
}

#define RESPONSE "\"response\":{\"userAttributes\":null,\"finalUserStatus\":null}"

static const char *event_of(const char *user, const char *password)
{
    static _Thread_local char event[4096];
    snprintf(event, sizeof event,
             "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"%s\","
             "\"request\":{\"password\":\"%s\"}," RESPONSE "}",
             user, password);
    return event;
}

static const char *reset_of(const char *user)
{
    static char event[4096];
    snprintf(event, sizeof event,
             "{\"triggerSource\":\"UserMigration_ForgotPassword\",\"userName\":\"%s\","
             "\"request\":{}," RESPONSE "}",
             user);
    return event;
}

static bool confirmed; /* by the answer to the last event */

/* The answer to one event, into `ret_no`: is it the event as it came? */
static cogmig_status handle(struct fixture *fixture, const char *event, bool *ret_no)
{
    cogmig_migration *migration = NULL;
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(
        cogmig_migration_new(fixture->config, fixture->store, &migration, fixture->err), COGMIG_OK);
    cogmig_status status =
        cogmig_migration_handle(migration, event, strlen(event), &response, &len, fixture->err);
    assert_int_equal(status == COGMIG_OK, response != NULL);
    *ret_no = response != NULL && len == strlen(event) && memcmp(response, event, len) == 0;
    confirmed = response != NULL && strstr(response, "\"CONFIRMED\"") != NULL;
    if (response != NULL && !*ret_no)
        assert_non_null(strstr(response, "\"custom:legacy_id\":\"clx1\""));
    cogmig_free(response);
    cogmig_migration_free(&migration);
    return status;
}

static void expect_yes(struct fixture *fixture, const char *event)
{
    bool no;
    assert_int_equal(handle(fixture, event, &no), COGMIG_OK);
    assert_false(no);
    assert_int_equal(cogmig_error_status(fixture->err), COGMIG_OK);
}

static void expect_no(struct fixture *fixture, const char *event, cogmig_status reason)
{
    bool no;
    assert_int_equal(handle(fixture, event, &no), COGMIG_OK);
    assert_true(no);
    assert_int_equal(cogmig_error_status(fixture->err), reason);
}

static void the_right_password_is_a_yes_and_any_other_a_no(void **state)
{
    expect_yes(*state, event_of("a@example.com", "U*U"));
    expect_yes(*state, event_of(" A@EXAMPLE.com\\t", "U*U"));
    expect_no(*state, event_of("a@example.com", "U*V"), COGMIG_PASSWORD_MISMATCH);
    expect_no(*state, event_of("b@example.com", "U*U"), COGMIG_USER_NOT_FOUND);
}

static cogmig_status cannot_hash(void *user_data, const char *password, size_t password_len,
                                 char *prehash, size_t prehash_size, size_t *ret_len)
{
    (void)user_data, (void)password, (void)password_len;
    (void)prehash, (void)prehash_size, (void)ret_len;
    return COGMIG_OUT_OF_MEMORY;
}

static void passwords_are_verified_by_the_rules_that_were_given(void **state)
{
    struct fixture *fixture = *state;
    cogmig_password_rules *rules = NULL;
    assert_int_equal(cogmig_password_rules_new(&rules, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_pepper(rules, "*U", 2, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_password_rules(fixture->config, rules, NULL),
                     COGMIG_OK);
    cogmig_password_rules_free(&rules);
    expect_yes(fixture, event_of("a@example.com", "U"));
    expect_no(fixture, event_of("a@example.com", "U*U"), COGMIG_PASSWORD_MISMATCH);
}

static void a_prehash_that_fails_is_an_outage_and_never_a_no(void **state)
{
    struct fixture *fixture = *state;
    cogmig_password_rules *rules = NULL;
    bool no;
    assert_int_equal(cogmig_password_rules_new(&rules, NULL), COGMIG_OK);
    assert_int_equal(cogmig_password_rules_set_prehash(rules, cannot_hash, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_password_rules(fixture->config, rules, NULL),
                     COGMIG_OK);
    cogmig_password_rules_free(&rules);
    assert_int_equal(handle(fixture, event_of("a@example.com", "U*U"), &no),
                     COGMIG_STOPPED_BY_CALLBACK);
    assert_int_equal(handle(fixture, event_of("b@example.com", "U*U"), &no),
                     COGMIG_STOPPED_BY_CALLBACK);
    assert_int_equal(cogmig_error_status(fixture->err), COGMIG_STOPPED_BY_CALLBACK);
}

static void what_is_wrong_with_a_row_is_a_no_with_its_reason(void **state)
{
    static const struct {
        const char *hash;
        cogmig_status reason;
    } cases[] = {
        {NULL, COGMIG_PASSWORD_NOT_SET},
        {"!", COGMIG_PASSWORD_LOCKED},
        {"$2a$05$short", COGMIG_HASH_MALFORMED},
        {"$argon2id$v=19$m=16,t=2,p=1$c2FsdA$aGFzaA", COGMIG_HASH_UNSUPPORTED},
        {"$2a$16$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", COGMIG_HASH_COST_REFUSED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        legacy.hash = cases[i].hash;
        expect_no(*state, event_of("a@example.com", "U*U"), cases[i].reason);
    }
    legacy.hash = HASH;
    legacy.rows = 2;
    expect_no(*state, event_of("a@example.com", "U*U"), COGMIG_USER_AMBIGUOUS);
}

/* promise 1 */
static void an_outage_is_never_a_no(void **state)
{
    static const cogmig_status faults[] = {COGMIG_STORE_UNREACHABLE, COGMIG_STORE_LOGIN_REFUSED,
                                           COGMIG_STORE_BUSY, COGMIG_STORE_QUERY_FAILED,
                                           COGMIG_STORE_SCHEMA_MISMATCH};
    bool no;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        legacy.fault = faults[i];
        assert_int_equal(handle(*state, event_of("a@example.com", "U*U"), &no), faults[i]);
        assert_int_equal(handle(*state, reset_of("a@example.com"), &no), faults[i]);
    }
    legacy.fault = COGMIG_PASSWORD_MISMATCH; /* no store may say that */
    assert_int_equal(handle(*state, event_of("a@example.com", "U*U"), &no),
                     COGMIG_STOPPED_BY_CALLBACK);
}

static void user_names_that_no_store_can_have_are_a_no_without_asking(void **state)
{
    char longest[2050];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    expect_no(*state, event_of("", "U*U"), COGMIG_USER_NOT_FOUND);
    expect_no(*state, event_of("   ", "U*U"), COGMIG_USER_NOT_FOUND);
    expect_no(*state, event_of("a@example.com\\u0000", "U*U"), COGMIG_USER_NOT_FOUND);
    expect_no(*state, event_of(longest, "U*U"), COGMIG_USER_NOT_FOUND);
    assert_int_equal(atomic_load(&legacy.asked), 0);
}

static void forgot_password_needs_a_verified_address_and_no_lock(void **state)
{
    expect_yes(*state, reset_of("a@example.com"));
    legacy.hash = NULL; /* signed in through another provider so far */
    expect_yes(*state, reset_of("a@example.com"));
    legacy.hash = "!locked";
    expect_no(*state, reset_of("a@example.com"), COGMIG_PASSWORD_LOCKED);
    legacy.hash = HASH;
    legacy.verified = false;
    expect_no(*state, reset_of("a@example.com"), COGMIG_EMAIL_NOT_VERIFIED);
}

/* The hash of 72 times "a", which 73 of them fit too. */
#define LONG_HASH "$2b$04$CCCCCCCCCCCCCCCCCCCCC.mDyzbhj.9K0apb9O/AGMWwoLXiYAu6u"

static const char *letters_a(int count)
{
    static char text[80];
    snprintf(text, sizeof text, "%.*s", count,
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    return text;
}

static void expect_reset(struct fixture *fixture, const char *event)
{
    bool no;
    assert_int_equal(handle(fixture, event, &no), COGMIG_OK);
    assert_false(no);
    assert_false(confirmed);
    assert_int_equal(cogmig_error_status(fixture->err), COGMIG_PASSWORD_TOO_LONG);
    assert_non_null(strstr(cogmig_error_message(fixture->err), "reset"));
}

static void a_password_that_was_cut_is_confirmed_unless_a_reset_is_wanted(void **state)
{
    struct fixture *fixture = *state;
    legacy.hash = LONG_HASH;
    expect_yes(fixture, event_of("a@example.com", letters_a(73)));
    assert_true(confirmed);
    assert_int_equal(cogmig_migration_config_set_reset_long_passwords(fixture->config, true, NULL),
                     COGMIG_OK);
    expect_reset(fixture, event_of("a@example.com", letters_a(73)));
    expect_yes(fixture, event_of("a@example.com", letters_a(72)));
    assert_true(confirmed);
    expect_no(fixture, event_of("a@example.com", letters_a(71)), COGMIG_PASSWORD_MISMATCH);
    legacy.verified = false;
    expect_no(fixture, event_of("a@example.com", letters_a(73)), COGMIG_EMAIL_NOT_VERIFIED);
    expect_yes(fixture, event_of("a@example.com", letters_a(72)));
}

static void attributes_of_the_store_are_returned_when_cognito_would_take_them(void **state)
{
    struct fixture *fixture = *state;
    char *response = NULL;
    size_t len = 0;
    const char *event = event_of("a@example.com", "U*U");
    cogmig_migration *migration = NULL;
    legacy.phone = "+4930123456";
    assert_int_equal(cogmig_migration_new(fixture->config, fixture->store, &migration, NULL),
                     COGMIG_OK);
    assert_int_equal(
        cogmig_migration_handle(migration, event, strlen(event), &response, &len, NULL), COGMIG_OK);
    assert_non_null(strstr(response, "\"phone_number\":\"+4930123456\""));
    cogmig_free(response);
    cogmig_migration_free(&migration);
    legacy.phone = "030 123456";
    expect_no(fixture, event_of("a@example.com", "U*U"), COGMIG_ATTRIBUTE_INVALID);
}

/* promise 32 */
static void a_disabled_user_is_not_migrated(void **state)
{
    legacy.disabled = true;
    expect_no(*state, event_of("a@example.com", "U*U"), COGMIG_USER_DISABLED);
    expect_no(*state, event_of("a@example.com", "wrong"), COGMIG_USER_DISABLED);
    expect_no(*state, reset_of("a@example.com"), COGMIG_USER_DISABLED);
}

/* promise 38 */
static void a_store_that_is_too_slow_is_an_outage(void **state)
{
    struct fixture *fixture = *state;
    bool no;
    legacy.delay_ms = 60;
    assert_int_equal(cogmig_migration_config_set_deadline_ms(fixture->config, 20, NULL), COGMIG_OK);
    assert_int_equal(handle(fixture, event_of("a@example.com", "U*U"), &no),
                     COGMIG_DEADLINE_EXCEEDED);
}

static void the_host_may_leave_less_time_than_the_migration_takes(void **state)
{
    struct fixture *fixture = *state;
    cogmig_migration *migration = NULL;
    char *response = NULL;
    size_t len = 0;
    const char *event = event_of("a@example.com", "U*U");
    assert_int_equal(cogmig_migration_new(NULL, fixture->store, &migration, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_handle_within(migration, event, strlen(event), 60000,
                                                    &response, &len, NULL),
                     COGMIG_OK);
    cogmig_free(response);
    legacy.delay_ms = 60;
    assert_int_equal(
        cogmig_migration_handle_within(migration, event, strlen(event), 20, &response, &len, NULL),
        COGMIG_DEADLINE_EXCEEDED);
    assert_null(response);
    static const int32_t outside[] = {INT32_MIN, 0, 60001};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_int_equal(cogmig_migration_handle_within(migration, event, strlen(event), outside[i],
                                                        &response, &len, NULL),
                         COGMIG_INVALID_ARGUMENT);
    cogmig_migration_free(&migration);
}

static void the_host_cannot_leave_more_time_than_the_migration_takes(void **state)
{
    struct fixture *fixture = *state;
    cogmig_migration *migration = NULL;
    char *response = NULL;
    size_t len = 0;
    const char *event = event_of("a@example.com", "U*U");
    legacy.delay_ms = 60;
    assert_int_equal(cogmig_migration_config_set_deadline_ms(fixture->config, 20, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_new(fixture->config, fixture->store, &migration, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_migration_handle_within(migration, event, strlen(event), 60000,
                                                    &response, &len, NULL),
                     COGMIG_DEADLINE_EXCEEDED);
    cogmig_migration_free(&migration);
}

/* promise 27 */
static void work_that_cannot_be_done_in_time_is_not_begun(void **state)
{
    struct fixture *fixture = *state;
    cogmig_migration *migration = NULL;
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_migration_config_set_max_cost(fixture->config, 31, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_new(fixture->config, fixture->store, &migration, NULL),
                     COGMIG_OK);
    const char *event = event_of("a@example.com", "U*U");
    assert_int_equal(
        cogmig_migration_handle(migration, event, strlen(event), &response, &len, NULL), COGMIG_OK);
    cogmig_free(response);
    /* Now it knows its speed; cost 31 would take more than a day. */
    legacy.hash = "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    assert_int_equal(
        cogmig_migration_handle(migration, event, strlen(event), &response, &len, fixture->err),
        COGMIG_DEADLINE_EXCEEDED);
    assert_null(response);
    assert_non_null(strstr(cogmig_error_message(fixture->err), "cost 31"));
    cogmig_migration_free(&migration);
}

/* promise 27 */
static void not_even_the_first_work_is_begun_if_it_cannot_be_done_in_time(void **state)
{
    struct fixture *fixture = *state;
    cogmig_migration *migration = NULL;
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_migration_config_set_max_cost(fixture->config, 31, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_new(fixture->config, fixture->store, &migration, NULL),
                     COGMIG_OK);
    legacy.hash = "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    const char *event = event_of("a@example.com", "U*U");
    assert_int_equal(
        cogmig_migration_handle(migration, event, strlen(event), &response, &len, fixture->err),
        COGMIG_DEADLINE_EXCEEDED);
    assert_null(response);
    cogmig_migration_free(&migration);
}

static void a_migration_recovers_from_a_stalled_machine(void **state)
{
    struct fixture *fixture = *state;
    cogmig_migration *migration = NULL;
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_migration_new(fixture->config, fixture->store, &migration, NULL),
                     COGMIG_OK);
    bcrypt_speed_note(&migration->speed, 5, 3600 * 1000000000LL); /* suspended for an hour */
    const char *event = event_of("a@example.com", "U*U");
    int refused = 0;
    while (refused < 41 && cogmig_migration_handle(migration, event, strlen(event), &response, &len,
                                                   NULL) == COGMIG_DEADLINE_EXCEEDED)
        refused++;
    assert_in_range(refused, 1, 40);
    assert_non_null(response);
    cogmig_free(response);
    cogmig_migration_free(&migration);
}

/* promise 56 */
static void a_migration_keeps_its_store(void **state)
{
    struct fixture *fixture = *state;
    cogmig_migration *migration = NULL;
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_migration_new(NULL, fixture->store, &migration, NULL), COGMIG_OK);
    cogmig_store_free(&fixture->store);
    const char *event = event_of("a@example.com", "U*U");
    assert_int_equal(
        cogmig_migration_handle(migration, event, strlen(event), &response, &len, NULL), COGMIG_OK);
    cogmig_free(response);
    cogmig_migration_free(&migration);
    assert_null(migration);
}

static void *handle_many(void *migration)
{
    const char *event = event_of("a@example.com", "U*U");
    intptr_t good = 0;
    for (int i = 0; i < 10; i++) {
        char *response = NULL;
        size_t len = 0;
        if (cogmig_migration_handle(migration, event, strlen(event), &response, &len, NULL) ==
            COGMIG_OK)
            good += strstr(response, "CONFIRMED") != NULL;
        cogmig_free(response);
    }
    return (void *)good;
}

static void one_migration_serves_many_threads(void **state)
{
    struct fixture *fixture = *state;
    enum {
        THREADS = 8
    };
    pthread_t threads[THREADS];
    cogmig_migration *migration = NULL;
    assert_int_equal(cogmig_migration_new(NULL, fixture->store, &migration, NULL), COGMIG_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, handle_many, migration), 0);
    for (int i = 0; i < THREADS; i++) {
        void *good;
        pthread_join(threads[i], &good);
        assert_int_equal((intptr_t)good, 10);
    }
    cogmig_migration_free(&migration);
}

static void null_arguments_are_refused(void **state)
{
    struct fixture *fixture = *state;
    cogmig_migration *migration = NULL;
    char *response = (char *)1;
    size_t len = 1;
    assert_int_equal(cogmig_migration_new(NULL, NULL, &migration, NULL), COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_new(NULL, fixture->store, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_config_set_reset_long_passwords(NULL, true, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_handle(NULL, "{}", 2, &response, &len, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_null(response);
    assert_int_equal(len, 0);
    cogmig_migration_free(NULL);
    cogmig_migration_free(&migration);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(the_right_password_is_a_yes_and_any_other_a_no),
        WITH_STORE(passwords_are_verified_by_the_rules_that_were_given),
        WITH_STORE(a_prehash_that_fails_is_an_outage_and_never_a_no),
        WITH_STORE(what_is_wrong_with_a_row_is_a_no_with_its_reason),
        WITH_STORE(an_outage_is_never_a_no),
        WITH_STORE(user_names_that_no_store_can_have_are_a_no_without_asking),
        WITH_STORE(forgot_password_needs_a_verified_address_and_no_lock),
        WITH_STORE(a_password_that_was_cut_is_confirmed_unless_a_reset_is_wanted),
        WITH_STORE(attributes_of_the_store_are_returned_when_cognito_would_take_them),
        WITH_STORE(a_disabled_user_is_not_migrated),
        WITH_STORE(a_store_that_is_too_slow_is_an_outage),
        WITH_STORE(the_host_may_leave_less_time_than_the_migration_takes),
        WITH_STORE(the_host_cannot_leave_more_time_than_the_migration_takes),
        WITH_STORE(work_that_cannot_be_done_in_time_is_not_begun),
        WITH_STORE(not_even_the_first_work_is_begun_if_it_cannot_be_done_in_time),
        WITH_STORE(a_migration_recovers_from_a_stalled_machine),
        WITH_STORE(a_migration_keeps_its_store),
        WITH_STORE(one_migration_serves_many_threads),
        WITH_STORE(null_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("migration", tests, NULL, NULL);
}
