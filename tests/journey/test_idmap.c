/* SPDX-License-Identifier: Apache-2.0
 * From the end of the first sign-in to the legacy row, for every token that Cognito issues then. */
#include "example_users.h"

#include "cmocka_all.h"

#include <cogmig/testing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POOL_ID "eu-central-1_AbCdEfGhI"
#define ISSUER "https://cognito-idp.eu-central-1.amazonaws.com/" POOL_ID
#define CLIENT_ID "1example23456789"
/* Of tests/data/events. */
#define SUB "a36036a8-9061-424d-a737-56d57dae7bc6"
#define LEGACY_ID "cm1a0verified000exampleu1"

static char directory[] = "/tmp/cogmig-journey-XXXXXX";
static char url[128];
static cogmig_store *store;
static cogmig_idmap *map;
static cogmig_migration *migration;
static cogmig_test_issuer *issuer;
static cogmig_verifier *verifier;

static cogmig_status open_map(void)
{
    cogmig_idmap_config *config = NULL;
    (void)snprintf(url, sizeof url, "file:%s/map.db", directory);
    cogmig_status status = cogmig_idmap_config_new(&config, NULL);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_url(config, url, NULL);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_pool(config, POOL_ID, NULL);
    if (status == COGMIG_OK)
        status = cogmig_idmap_config_set_miss_ttl_ms(config, 3600000, NULL);
    if (status == COGMIG_OK)
        status = cogmig_idmap_install(config, NULL);
    if (status == COGMIG_OK)
        status = cogmig_idmap_open(config, &map, NULL);
    cogmig_idmap_config_free(&config);
    return status;
}

static cogmig_status make_migration(void)
{
    cogmig_migration_config *config = example_users_config();
    cogmig_status status = cogmig_migration_config_set_idmap(config, map, NULL);
    if (status == COGMIG_OK)
        status = cogmig_migration_new(config, store, &migration, NULL);
    cogmig_migration_config_free(&config);
    return status;
}

static int build_world(void **state)
{
    size_t len = 0;
    assert_non_null(mkdtemp(directory));
    (void)example_users_create(state);
    store = example_users_open();
    assert_int_equal(open_map(), COGMIG_OK);
    assert_int_equal(make_migration(), COGMIG_OK);
    assert_int_equal(cogmig_test_issuer_new(ISSUER, &issuer, NULL), COGMIG_OK);
    assert_int_equal(
        cogmig_verifier_new_for_pool(POOL_ID, CLIENT_ID, COGMIG_TOKEN_USE_ANY, &verifier, NULL),
        COGMIG_OK);
    const char *jwks = cogmig_test_issuer_jwks(issuer, &len);
    return cogmig_verifier_seed_keys(verifier, ISSUER, jwks, len, NULL);
}

static int tear_down_world(void **state)
{
    cogmig_verifier_free(&verifier);
    cogmig_test_issuer_free(&issuer);
    cogmig_migration_free(&migration);
    cogmig_idmap_free(&map);
    cogmig_store_free(&store);
    (void)unlink(url + strlen("file:"));
    (void)rmdir(directory);
    return example_users_remove(state);
}

/* The response to one of tests/data/events; release it with cogmig_free(). */
static char *fire(const char *name)
{
    char path[128], *response = NULL;
    size_t event_len = 0, len = 0;
    (void)snprintf(path, sizeof path, "tests/data/events/%s.event.json", name);
    char *event = source_file(path, &event_len);
    assert_int_equal(cogmig_migration_handle(migration, event, event_len, &response, &len, NULL),
                     COGMIG_OK);
    free(event);
    return response;
}

/* Whose row does a token of the user with this claim lead to? claim NULL: without one. */
static cogmig_status find_row(int32_t use, const char *claim, const char *legacy_id,
                              cogmig_user **ret_user)
{
    cogmig_test_token *token = NULL;
    cogmig_claims *claims = NULL;
    const char *jwt = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_test_token_new(issuer, use, SUB, CLIENT_ID, &token, NULL), COGMIG_OK);
    if (claim != NULL)
        assert_int_equal(cogmig_test_token_set_string(token, claim, legacy_id, NULL), COGMIG_OK);
    assert_int_equal(cogmig_test_token_sign(token, &jwt, &len, NULL), COGMIG_OK);
    assert_int_equal(cogmig_verifier_verify(verifier, jwt, len, &claims, NULL), COGMIG_OK);
    cogmig_status status = cogmig_idmap_find_user(map, store, claims, ret_user, NULL);
    cogmig_claims_free(&claims);
    cogmig_test_token_free(&token);
    return status;
}

static void assert_leads_home(int32_t use, const char *claim, const char *legacy_id)
{
    cogmig_user *user = NULL;
    assert_int_equal(find_row(use, claim, legacy_id, &user), COGMIG_OK);
    assert_string_equal(cogmig_user_id(user), LEGACY_ID);
    assert_string_equal(cogmig_user_email(user), "verified@example.com");
    cogmig_user_free(&user);
}

static void every_token_leads_to_the_row_once_the_first_sign_in_has_ended(void **state)
{
    (void)state;
    cogmig_user *user = NULL;
    assert_int_equal(find_row(COGMIG_TOKEN_USE_ACCESS, NULL, NULL, &user), COGMIG_IDMAP_NOT_LINKED);
    cogmig_free(fire("sign-in"));
    cogmig_free(fire("post-authentication"));
    assert_leads_home(COGMIG_TOKEN_USE_ACCESS, NULL, NULL);
    assert_leads_home(COGMIG_TOKEN_USE_ID, "custom:legacy_id", LEGACY_ID);
}

static void a_token_with_the_triggers_claim_leads_there_too(void **state)
{
    (void)state;
    char *response = fire("token-v2-authentication");
    assert_non_null(strstr(response, "\"accessTokenGeneration\":{\"claimsToAddOrOverride\":"
                                     "{\"legacy_id\":\"" LEGACY_ID "\"}}"));
    cogmig_free(response);
    assert_leads_home(COGMIG_TOKEN_USE_ACCESS, "legacy_id", LEGACY_ID);
}

static void a_claim_that_was_tampered_with_leads_nowhere(void **state)
{
    (void)state;
    cogmig_user *user = NULL;
    assert_int_equal(find_row(COGMIG_TOKEN_USE_ID, "custom:legacy_id", "another-row", &user),
                     COGMIG_IDMAP_CONFLICT);
    assert_null(user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_token_leads_to_the_row_once_the_first_sign_in_has_ended),
        cmocka_unit_test(a_token_with_the_triggers_claim_leads_there_too),
        cmocka_unit_test(a_claim_that_was_tampered_with_leads_nowhere),
    };
    return cmocka_run_group_tests(tests, build_world, tear_down_world);
}
