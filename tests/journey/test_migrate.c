/* SPDX-License-Identifier: Apache-2.0
 * The whole way of one user: sign-in event, response, token, legacy id, the same row again. */
#include "example_users.h"

#include "cmocka_all.h"

#include <cogmig/testing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define POOL_ID "eu-central-1_AbCdEfGhI"
#define ISSUER "https://cognito-idp.eu-central-1.amazonaws.com/" POOL_ID
#define CLIENT_ID "1example23456789"
#define SUB "1754aa68-d041-7034-8fb2-000000000001"

struct world {
    cogmig_store *store;
    cogmig_migration *migration;
    cogmig_test_issuer *issuer;
    cogmig_verifier *verifier;
};

static struct world world;

static int build_world(void **state)
{
    size_t len = 0;
    (void)example_users_create(state);
    cogmig_migration_config *config = example_users_config();
    world.store = example_users_open();
    assert_int_equal(cogmig_migration_new(config, world.store, &world.migration, NULL), COGMIG_OK);
    cogmig_migration_config_free(&config);
    assert_int_equal(cogmig_test_issuer_new(ISSUER, &world.issuer, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_new_for_pool(POOL_ID, CLIENT_ID, COGMIG_TOKEN_USE_ID,
                                                  &world.verifier, NULL),
                     COGMIG_OK);
    const char *jwks = cogmig_test_issuer_jwks(world.issuer, &len);
    assert_int_equal(cogmig_verifier_seed_keys(world.verifier, ISSUER, jwks, len, NULL), COGMIG_OK);
    return 0;
}

static int tear_down_world(void **state)
{
    cogmig_verifier_free(&world.verifier);
    cogmig_test_issuer_free(&world.issuer);
    cogmig_migration_free(&world.migration);
    cogmig_store_free(&world.store);
    return example_users_remove(state);
}

/* ---- Cognito's part ---- */

static char *sign_in_event(const char *user_name, const char *password)
{
    json_t *event =
        json_pack("{s:s, s:s, s:s, s:s, s:{s:s}, s:{s:s, s:n}, s:{s:n}}", "version", "1",
                  "triggerSource", "UserMigration_Authentication", "userPoolId", POOL_ID,
                  "userName", user_name, "callerContext", "clientId", CLIENT_ID, "request",
                  "password", password, "validationData", "response", "userAttributes");
    assert_non_null(event);
    char *text = json_dumps(event, JSON_COMPACT);
    json_decref(event);
    assert_non_null(text);
    return text;
}

/* The response of the trigger; release it with cogmig_free(). */
static char *fire_trigger(const char *user_name, const char *password)
{
    char *response = NULL;
    size_t len = 0;
    char *event = sign_in_event(user_name, password);
    assert_int_equal(
        cogmig_migration_handle(world.migration, event, strlen(event), &response, &len, NULL),
        COGMIG_OK);
    assert_int_equal(strlen(response), len);
    free(event);
    return response;
}

static void copy_attributes(json_t *attributes, cogmig_test_token *token)
{
    const char *name;
    json_t *value;
    json_object_foreach(attributes, name, value)
    {
        const char *text = json_string_value(value);
        assert_non_null(text);
        cogmig_status status = strcmp(name, "email_verified") == 0
                                   ? cogmig_test_token_set_json(token, name, text, NULL)
                                   : cogmig_test_token_set_string(token, name, text, NULL);
        assert_int_equal(status, COGMIG_OK);
    }
}

/* The ID token that Cognito would issue for this response. */
static cogmig_test_token *issue_token(const char *response)
{
    cogmig_test_token *token = NULL;
    json_t *event = json_loads(response, JSON_REJECT_DUPLICATES, NULL);
    json_t *attributes = json_object_get(json_object_get(event, "response"), "userAttributes");
    assert_true(json_is_object(attributes));
    assert_int_equal(
        cogmig_test_token_new(world.issuer, COGMIG_TOKEN_USE_ID, SUB, CLIENT_ID, &token, NULL),
        COGMIG_OK);
    copy_attributes(attributes, token);
    json_decref(event);
    return token;
}

static cogmig_claims *sign_in(const char *user_name, const char *password)
{
    const char *jwt = NULL;
    size_t len = 0;
    cogmig_claims *claims = NULL;
    char *response = fire_trigger(user_name, password);
    cogmig_test_token *token = issue_token(response);
    assert_int_equal(cogmig_test_token_sign(token, &jwt, &len, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(world.verifier, jwt, len, &claims, NULL), COGMIG_OK);
    cogmig_test_token_free(&token);
    cogmig_free(response);
    return claims;
}

/* ---- the journeys ---- */

static void a_token_of_a_migrated_user_leads_to_the_row(void **state)
{
    (void)state;
    cogmig_user *user = NULL;
    cogmig_claims *claims = sign_in("verified@example.com", "Correct-Horse-10");
    assert_string_equal(cogmig_claims_sub(claims), SUB);
    assert_true(cogmig_claims_email_verified(claims));
    assert_int_equal(
        cogmig_store_find_by_id(world.store, cogmig_claims_legacy_id(claims), &user, NULL),
        COGMIG_OK);
    assert_string_equal(cogmig_user_id(user), "cm1a0verified000exampleu1");
    assert_string_equal(cogmig_user_email(user), cogmig_claims_email(claims));
    assert_string_equal(cogmig_user_name(user), "Verified User");
    cogmig_user_free(&user);
    cogmig_claims_free(&claims);
}

static void the_row_of_a_token_and_the_row_of_its_address_are_one(void **state)
{
    (void)state;
    cogmig_user *by_id = NULL, *by_email = NULL;
    cogmig_claims *claims = sign_in("mixed.case@example.com", "Case-Matters-Not");
    assert_string_equal(cogmig_claims_email(claims), "mixed.case@example.com");
    assert_int_equal(
        cogmig_store_find_by_id(world.store, cogmig_claims_legacy_id(claims), &by_id, NULL),
        COGMIG_OK);
    assert_int_equal(
        cogmig_store_find_by_email(world.store, cogmig_claims_email(claims), &by_email, NULL),
        COGMIG_OK);
    assert_string_equal(cogmig_user_id(by_id), cogmig_user_id(by_email));
    assert_string_equal(cogmig_user_email(by_id), "Mixed.Case@Example.com");
    cogmig_user_free(&by_email);
    cogmig_user_free(&by_id);
    cogmig_claims_free(&claims);
}

static void an_address_that_is_not_verified_stays_so_in_the_token(void **state)
{
    (void)state;
    cogmig_claims *claims = sign_in("unverified@example.com", "Not-Verified-Yet");
    assert_false(cogmig_claims_email_verified(claims));
    assert_string_equal(cogmig_claims_legacy_id(claims), "cm1a0unverified0exampleu3");
    cogmig_claims_free(&claims);
}

static void a_spoiled_token_of_a_migrated_user_is_refused(void **state)
{
    (void)state;
    const char *jwt = NULL;
    size_t len = 0;
    cogmig_claims *claims = NULL;
    char *response = fire_trigger("verified@example.com", "Correct-Horse-10");
    cogmig_test_token *token = issue_token(response);
    assert_int_equal(cogmig_test_token_sign_badly(token, &jwt, &len, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(world.verifier, jwt, len, &claims, NULL),
                     COGMIG_TOKEN_SIGNATURE_INVALID);
    assert_null(claims);
    cogmig_test_token_free(&token);
    cogmig_free(response);
}

/* Two names of one length, so that one can be put in the place of the other. */
/* promise 30 */
static void wrong_password_and_unknown_user_give_the_same_bytes_but_for_the_name(void **state)
{
    (void)state;
    const char known[] = "verified@example.com", unknown[] = "nobody00@example.com";
    char *wrong = fire_trigger(known, "Wrong-Password");
    char *nobody = fire_trigger(unknown, "Wrong-Password");
    char *name = strstr(nobody, unknown);
    assert_non_null(name);
    memcpy(name, known, strlen(known));
    assert_string_equal(nobody, wrong);
    cogmig_free(nobody);
    cogmig_free(wrong);
}

static void the_same_event_twice_gives_the_same_answer(void **state)
{
    (void)state;
    char *first = fire_trigger("verified@example.com", "Correct-Horse-10");
    char *second = fire_trigger("verified@example.com", "Correct-Horse-10");
    assert_string_equal(first, second);
    cogmig_free(second);
    cogmig_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_of_a_migrated_user_leads_to_the_row),
        cmocka_unit_test(the_row_of_a_token_and_the_row_of_its_address_are_one),
        cmocka_unit_test(an_address_that_is_not_verified_stays_so_in_the_token),
        cmocka_unit_test(a_spoiled_token_of_a_migrated_user_is_refused),
        cmocka_unit_test(wrong_password_and_unknown_user_give_the_same_bytes_but_for_the_name),
        cmocka_unit_test(the_same_event_twice_gives_the_same_answer),
    };
    return cmocka_run_group_tests(tests, build_world, tear_down_world);
}
