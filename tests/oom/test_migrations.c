/* SPDX-License-Identifier: Apache-2.0
 * The calls of migration.h with each allocation refused in turn, every trigger over SQLite and with
 * an identity map; the answers' details are in test_passwords.c. An event is answered as it would
 * be else, or fails: nobody is let in, refused or forgotten for want of memory. */
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"
#include "users.h"

#include <cogmig/memory.h>
#include <cogmig/migration.h>
#include <stdlib.h>
#include <string.h>

#define POOL "eu-central-1_Example01"
#define EVENT_OF(name, version, source, request)                                                   \
    "{\"version\":\"" version "\",\"triggerSource\":\"" source "\",\"region\":\"eu-central-1\","   \
    "\"userPoolId\":\"" POOL "\",\"userName\":\"" name "\","                                       \
    "\"callerContext\":{\"awsSdkVersion\":\"x\",\"clientId\":\"c\"},"                              \
    "\"request\":{" request "},\"response\":{}}"
#define EVENT(version, source, request) EVENT_OF(USERS_EMAIL, version, source, request)
#define ATTRIBUTES                                                                                 \
    "\"userAttributes\":{\"sub\":\"sub-1\",\"email\":\"" USERS_EMAIL "\","                         \
    "\"email_verified\":\"true\",\"custom:legacy_id\":\"1\"}"

enum {
    PATIENCE_MS = 60000
};

static cogmig_password_rules *rules;
static cogmig_idmap *map;
static cogmig_store *store;
static cogmig_migration_config *config;
static cogmig_migration *migration;
static struct cogmig_error err;

/* ---- the world ---- */

static cogmig_idmap *open_map(void)
{
    cogmig_idmap_config *made = NULL;
    cogmig_idmap *opened = NULL;
    assert_int_equal(cogmig_idmap_config_new_from_env(&made, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_install(made, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_open(made, &opened, NULL), COGMIG_OK);
    cogmig_status status = cogmig_idmap_unlink(opened, "1", "sub-1", NULL);
    assert_true(status == COGMIG_OK || status == COGMIG_IDMAP_NOT_LINKED);
    cogmig_idmap_config_free(&made);
    return opened;
}

static cogmig_status configure(cogmig_migration_config *made)
{
    cogmig_status status = cogmig_migration_config_set_idmap(made, map, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_deadline_ms(made, PATIENCE_MS, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_fail_closed(made, true, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_add_pool(made, POOL, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_add_client(made, "c", &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_password_policy(made, 3, 0, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_sign_up_refusal(made, "Sign in instead.", &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_claim_tokens(
            made, COGMIG_CLAIM_IN_ID_TOKEN | COGMIG_CLAIM_IN_ACCESS_TOKEN, &err);
    return status;
}

static void make_world(void)
{
    assert_int_equal(cogmig_password_rules_new(&rules, NULL), COGMIG_OK);
    map = open_map();
    assert_int_equal(cogmig_store_open_from_env(&store, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(configure(config), COGMIG_OK);
    assert_int_equal(cogmig_migration_new(config, store, &migration, NULL), COGMIG_OK);
    cogmig_error_clear(&err);
}

static void release_world(void)
{
    cogmig_migration_free(&migration);
    cogmig_migration_config_free(&config);
    cogmig_store_free(&store);
    cogmig_idmap_free(&map);
    cogmig_password_rules_free(&rules);
}

/* ---- configuration ---- */

static cogmig_status make_config(void)
{
    cogmig_migration_config *made = NULL;
    cogmig_status status = cogmig_migration_config_new(&made, &err);
    if (status == COGMIG_OK)
        status = configure(made);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_max_cost(made, 12, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_password_rules(made, rules, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_reset_long_passwords(made, true, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_legacy_id_attribute(made, "custom:old", &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_linked_users(made, COGMIG_LINKED_USERS_RELINK, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_sign_up_guard(made, COGMIG_SIGN_UP_BY_USER, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_sign_up_open_in_outage(made, true, &err);
    if (status == COGMIG_OK)
        status = cogmig_migration_config_set_username_from_legacy_id(made, true, &err);
    cogmig_migration_config_free(&made);
    return status;
}

static cogmig_status make_config_from_env(void)
{
    cogmig_migration_config *made = NULL;
    setenv("COGMIG_ALLOWED_POOLS", POOL ", eu-central-1_Example02", 1);
    setenv("COGMIG_SIGN_UP_REFUSAL", "Sign in instead.", 1);
    setenv("COGMIG_LEGACY_ID_ATTRIBUTE", "custom:old", 1);
    cogmig_status status = cogmig_migration_config_new_from_env(&made, &err);
    unsetenv("COGMIG_ALLOWED_POOLS");
    unsetenv("COGMIG_SIGN_UP_REFUSAL");
    unsetenv("COGMIG_LEGACY_ID_ATTRIBUTE");
    assert_int_equal(status == COGMIG_OK, made != NULL);
    cogmig_migration_config_free(&made);
    return status;
}

MAKES(make_from_env, migration, cogmig_migration_new_from_env(config, &made, &err))

/* ---- events ---- */

static cogmig_status answer(const char *event, const char *words, const char *not_these)
{
    char *response = NULL;
    size_t len = 0;
    cogmig_status status = cogmig_migration_handle_within(migration, event, strlen(event),
                                                          PATIENCE_MS, &response, &len, &err);
    assert_int_equal(status == COGMIG_OK, response != NULL);
    if (response != NULL && words != NULL)
        assert_non_null(strstr(response, words));
    if (response != NULL && not_these != NULL)
        assert_null(strstr(response, not_these));
    cogmig_free(response);
    return status;
}

static cogmig_status sign_in(void)
{
    return answer(EVENT("1", "UserMigration_Authentication", "\"password\":\"U*U\""),
                  "\"finalUserStatus\":\"CONFIRMED\"", NULL);
}

static cogmig_status sign_in_wrong(void)
{
    return answer(EVENT("1", "UserMigration_Authentication", "\"password\":\"U*V\""), NULL,
                  "finalUserStatus");
}

static cogmig_status forget_password(void)
{
    return answer(EVENT("1", "UserMigration_ForgotPassword", "\"password\":\"\""),
                  "\"messageAction\":\"SUPPRESS\"", NULL);
}

static cogmig_status sign_up_in_place(void)
{
    return answer(
        EVENT("1", "PreSignUp_SignUp", "\"userAttributes\":{\"email\":\"" USERS_EMAIL "\"}"), NULL,
        NULL);
}

static cogmig_status sign_up_anew(void)
{
    return answer(EVENT_OF("eve", "1", "PreSignUp_SignUp",
                           "\"userAttributes\":{\"email\":\"eve@example.com\"}"),
                  NULL, NULL);
}

/* Refused memory says neither yes nor no. */
static bool may_be_linked(void)
{
    char *sub = NULL;
    cogmig_status status = cogmig_idmap_find_sub(map, "1", &sub, NULL);
    cogmig_free(sub);
    return status != COGMIG_IDMAP_NOT_LINKED;
}

/* Linked when it says so; a failure may come after that. */
static cogmig_status signed_in(void)
{
    cogmig_status status =
        answer(EVENT("1", "PostAuthentication_Authentication", ATTRIBUTES), NULL, NULL);
    if (status == COGMIG_OK)
        assert_true(may_be_linked());
    return status;
}

static cogmig_status signed_up(void)
{
    cogmig_status status =
        answer(EVENT("1", "PostConfirmation_ConfirmSignUp", ATTRIBUTES), NULL, NULL);
    if (status == COGMIG_OK)
        assert_true(may_be_linked());
    return status;
}

static cogmig_status make_token(void)
{
    return answer(EVENT("2", "TokenGeneration_Authentication", ATTRIBUTES ",\"scopes\":[]"),
                  "\"claimsToAddOrOverride\":{\"legacy_id\":\"1\"}", NULL);
}

static cogmig_status pass_through(void)
{
    return answer(EVENT("1", "CustomMessage_SignUp", ATTRIBUTES), NULL, NULL);
}

static cogmig_status refuse_pool(void)
{
    return answer("{\"version\":\"1\",\"triggerSource\":\"UserMigration_Authentication\","
                  "\"region\":\"eu-central-1\",\"userPoolId\":\"eu-central-1_Another01\","
                  "\"userName\":\"" USERS_EMAIL "\",\"callerContext\":{\"clientId\":\"c\"},"
                  "\"request\":{\"password\":\"U*U\"},\"response\":{}}",
                  NULL, "finalUserStatus");
}

static void check_world(void)
{
    assert_int_equal(make_token(), COGMIG_OK);
    assert_int_equal(sign_in_wrong(), COGMIG_OK);
    assert_true(cogmig_migration_get_counter(migration, COGMIG_MIGRATION_REFUSED) > 0);
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct world world = {make_world, check_world, NULL, release_world};
    static const struct step steps[] = {
        STEP(make_config, OK),
        STEP(make_config_from_env, OK),
        STEP(make_from_env, OK),
        STEP(sign_in, OK),
        STEP(sign_in_wrong, OK),
        STEP(forget_password, OK),
        STEP(sign_up_in_place, SIGN_UP_REFUSED),
        STEP(sign_up_anew, OK),
        STEP(signed_in, OK),
        STEP(signed_up, OK),
        STEP(make_token, OK),
        STEP(pass_through, OK),
        STEP(refuse_pool, OK),
    };
    (void)state;
    setenv("DATABASE_URL", USERS_URL, 1);
    setenv("COGMIG_IDMAP_URL", "file:map.db", 1);
    setenv("COGNITO_USER_POOL_ID", POOL, 1);
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    return cmocka_run_group_tests_name("migrations", tests, users_enter_folder, users_leave_folder);
}
