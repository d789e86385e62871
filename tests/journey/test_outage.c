/* SPDX-License-Identifier: Apache-2.0
 * The store goes away while the migration runs: no answer is given, and never a no. */
#include "cmocka_all.h"

#include <cogmig/cogmig.h>
#include <stdlib.h>
#include <string.h>

#define ID "cm1a0verified000exampleu1"
#define EMAIL "verified@example.com"
#define HASH "$2b$10$HDT4hwe1XmEExOsg5x/6P..PGcedy6bkkxyr3ga1NgF9kiWDddozi"
#define EVENT(trigger, name)                                                                       \
    "{\"triggerSource\":\"" trigger "\",\"userName\":\"" name                                      \
    "\",\"request\":{\"password\":\"Correct-Horse-10\"},\"response\":{\"userAttributes\":null}}"
#define SIGN_IN EVENT("UserMigration_Authentication", EMAIL)
#define SIGN_IN_OF_NOBODY EVENT("UserMigration_Authentication", "nobody@example.com")
#define FORGOT_PASSWORD EVENT("UserMigration_ForgotPassword", EMAIL)

/* A store of one user that says what `says` tells it to. */
struct world {
    cogmig_status says;
    cogmig_store *store;
    cogmig_migration *migration;
    cogmig_error *err;
};

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    const struct world *world = user_data;
    (void)timeout_ms;
    assert_int_equal(strlen(key), key_len);
    if (world->says != COGMIG_OK)
        return world->says;
    if (strcmp(key, question == COGMIG_FIND_BY_ID ? ID : EMAIL) != 0)
        return COGMIG_OK;
    return cogmig_store_answer_add_user(answer, ID, EMAIL, HASH, true, NULL);
}

static int build_world(void **state)
{
    cogmig_store_config *config = NULL;
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    assert_int_equal(cogmig_error_new(&world->err), COGMIG_OK);
    assert_int_equal(cogmig_store_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_callback(config, find, world, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_open(config, &world->store, NULL), COGMIG_OK);
    cogmig_migration_config *patient =
        NULL; /* a busy machine, or valgrind, takes long for bcrypt */
    assert_int_equal(cogmig_migration_config_new(&patient, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_deadline_ms(patient, 60000, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_new(patient, world->store, &world->migration, NULL),
                     COGMIG_OK);
    cogmig_migration_config_free(&patient);
    cogmig_store_config_free(&config);
    *state = world;
    return 0;
}

static int tear_down_world(void **state)
{
    struct world *world = *state;
    cogmig_migration_free(&world->migration);
    cogmig_store_free(&world->store);
    cogmig_error_free(&world->err);
    free(world);
    return 0;
}

static void assert_no_answer(struct world *world, const char *event, cogmig_status status)
{
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_migration_handle(world->migration, event, strlen(event), &response,
                                             &len, world->err),
                     status);
    assert_int_equal(cogmig_error_status(world->err), status);
    assert_null(response);
    assert_int_equal(len, 0);
}

static void assert_yes(struct world *world, const char *event)
{
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_migration_handle(world->migration, event, strlen(event), &response,
                                             &len, world->err),
                     COGMIG_OK);
    assert_non_null(strstr(response, "\"custom:legacy_id\":\"" ID "\""));
    cogmig_free(response);
}

/* promise 1 */
static void an_outage_gives_no_answer(void **state)
{
    struct world *world = *state;
    world->says = COGMIG_STORE_UNREACHABLE;
    assert_no_answer(world, SIGN_IN, COGMIG_STORE_UNREACHABLE);
    assert_no_answer(world, SIGN_IN_OF_NOBODY, COGMIG_STORE_UNREACHABLE);
    assert_no_answer(world, FORGOT_PASSWORD, COGMIG_STORE_UNREACHABLE);
    assert_int_equal(cogmig_status_kind(COGMIG_STORE_UNREACHABLE), COGMIG_KIND_UNAVAILABLE);
}

static void every_way_of_being_unavailable_is_passed_on(void **state)
{
    struct world *world = *state;
    const cogmig_status outages[] = {COGMIG_STORE_UNREACHABLE, COGMIG_STORE_BUSY,
                                     COGMIG_STORE_QUERY_FAILED, COGMIG_DEADLINE_EXCEEDED};
    for (size_t i = 0; i < sizeof outages / sizeof outages[0]; i++) {
        world->says = outages[i];
        assert_no_answer(world, SIGN_IN, outages[i]);
    }
}

static void the_next_event_after_an_outage_is_answered(void **state)
{
    struct world *world = *state;
    assert_yes(world, SIGN_IN);
    world->says = COGMIG_STORE_BUSY;
    assert_no_answer(world, SIGN_IN, COGMIG_STORE_BUSY);
    world->says = COGMIG_OK;
    assert_yes(world, SIGN_IN);
    assert_yes(world, FORGOT_PASSWORD);
}

static void a_store_that_says_something_odd_stops_the_call(void **state)
{
    struct world *world = *state;
    world->says = COGMIG_USER_NOT_FOUND;
    assert_no_answer(world, SIGN_IN, COGMIG_STOPPED_BY_CALLBACK);
    world->says = COGMIG_PASSWORD_MISMATCH;
    assert_no_answer(world, SIGN_IN, COGMIG_STOPPED_BY_CALLBACK);
}

/* promise 1 */
static void an_outage_is_not_a_missing_row(void **state)
{
    struct world *world = *state;
    cogmig_user *user = NULL;
    world->says = COGMIG_STORE_UNREACHABLE;
    assert_int_equal(cogmig_store_find_by_id(world->store, ID, &user, NULL),
                     COGMIG_STORE_UNREACHABLE);
    assert_null(user);
    world->says = COGMIG_OK;
    assert_int_equal(cogmig_store_find_by_id(world->store, ID, &user, NULL), COGMIG_OK);
    assert_string_equal(cogmig_user_email(user), EMAIL);
    cogmig_user_free(&user);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, build_world, tear_down_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_outage_gives_no_answer),
        TEST(every_way_of_being_unavailable_is_passed_on),
        TEST(the_next_event_after_an_outage_is_answered),
        TEST(a_store_that_says_something_odd_stops_the_call),
        TEST(an_outage_is_not_a_missing_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
