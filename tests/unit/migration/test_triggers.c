/* SPDX-License-Identifier: Apache-2.0
 * Every trigger with an identity map in an SQLite file, and a store that fails when told to. */
#include "cmocka_all.h"
#include "idmap/idmap.h"
#include "migration/migration.h"
#include "status/error.h"

#include <cogmig/engine.h>
#include <cogmig/memory.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define POOL "eu-central-1_AbCdEfGhI"
/* Openwall crypt_blowfish's published vector for "U*U", cost 5. */
#define HASH "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"

static char directory[64];
static char url[128];
static cogmig_idmap *map;
static cogmig_migration_config *config;
static struct cogmig_error err;

/* ---- the store ---- */

static struct {
    cogmig_status fault;
    bool verified;
    bool disabled;
    const char *id;
    const char *locale;
} legacy;

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key_len, (void)timeout_ms;
    if (legacy.fault != COGMIG_OK)
        return legacy.fault;
    if (strcasecmp(key, "a@example.com") != 0)
        return COGMIG_OK;
    cogmig_status status = cogmig_store_answer_add_user(answer, legacy.id, "a@example.com", HASH,
                                                        legacy.verified, NULL);
    if (status == COGMIG_OK && legacy.disabled)
        status = cogmig_store_answer_set_disabled(answer, true, NULL);
    if (status == COGMIG_OK && legacy.locale != NULL)
        status = cogmig_store_answer_set_attribute(answer, "locale", legacy.locale, NULL);
    return status;
}

static cogmig_store *open_store(void)
{
    cogmig_store_config *store_config = NULL;
    cogmig_store *store = NULL;
    assert_int_equal(cogmig_store_config_new(&store_config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_callback(store_config, find, NULL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_open(store_config, &store, NULL), COGMIG_OK);
    cogmig_store_config_free(&store_config);
    return store;
}

/* ---- each test's map and configuration ---- */

static cogmig_idmap *open_map(void)
{
    cogmig_idmap_config *c = NULL;
    cogmig_idmap *opened = NULL;
    assert_int_equal(cogmig_idmap_config_new(&c, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_url(c, url, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_pool(c, POOL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_miss_ttl_ms(c, 0, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_link_ttl_ms(c, 0, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_config_set_timeout_ms(c, 200, NULL), COGMIG_OK);
    assert_int_equal(cogmig_idmap_install(c, &err), COGMIG_OK);
    assert_int_equal(cogmig_idmap_open(c, &opened, &err), COGMIG_OK);
    cogmig_idmap_config_free(&c);
    return opened;
}

static int set_up(void **state)
{
    (void)state;
    legacy.fault = COGMIG_OK;
    legacy.verified = true;
    legacy.disabled = false;
    legacy.id = "clx1";
    legacy.locale = NULL;
    snprintf(directory, sizeof directory, "/tmp/cogmig-triggers-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(url, sizeof url, "file:%s/map.db", directory);
    map = open_map();
    assert_int_equal(cogmig_migration_config_new(&config, &err), COGMIG_OK);
    /* A busy machine is no outage. */
    assert_int_equal(cogmig_migration_config_set_deadline_ms(config, 60000, &err), COGMIG_OK);
    return cogmig_migration_config_set_idmap(config, map, &err);
}

static int tear_down(void **state)
{
    (void)state;
    cogmig_migration_config_free(&config);
    cogmig_idmap_free(&map);
    unlink(url + strlen("file:"));
    return rmdir(directory);
}

/* As if the disk were full: the table is gone while the map is open. */
static void break_map(void)
{
    char command[256];
    snprintf(command, sizeof command,
             "python3 -c \"import sqlite3; sqlite3.connect('%s').execute('DROP TABLE "
             "cogmig_idmap')\"",
             url + strlen("file:"));
    assert_int_equal(system(command), 0);
}

static void assert_linked(const char *legacy_id, const char *sub)
{
    char *found = NULL;
    cogmig_status status = cogmig_idmap_find_sub(map, legacy_id, &found, &err);
    assert_int_equal(status, sub == NULL ? COGMIG_IDMAP_NOT_LINKED : COGMIG_OK);
    if (sub != NULL)
        assert_string_equal(found, sub);
    cogmig_free(found);
}

/* ---- events ---- */

static const char *event_of(const char *source, const char *members, const char *response)
{
    static _Thread_local char event[4096];
    snprintf(event, sizeof event,
             "{\"version\":\"1\",\"triggerSource\":\"%s\",\"userPoolId\":\"" POOL "\","
             "\"userName\":\"a@example.com\",\"callerContext\":{\"clientId\":\"client-1\"},"
             "\"request\":{%s},\"response\":%s}",
             source, members, response);
    return event;
}

static const char *sign_in_with(const char *password)
{
    char members[256];
    snprintf(members, sizeof members, "\"password\":\"%s\"", password);
    return event_of("UserMigration_Authentication", members, "{}");
}

static const char *sign_in(void)
{
    return sign_in_with("U*U");
}

static const char *forgot_password(void)
{
    return event_of("UserMigration_ForgotPassword", "", "{}");
}

static const char *sign_up_as(const char *source, const char *email)
{
    char members[256];
    snprintf(members, sizeof members, "\"userAttributes\":{\"email\":\"%s\"}", email);
    return event_of(source, members, "{}");
}

#define IDS(sub, legacy_id)                                                                        \
    "\"userAttributes\":{\"sub\":\"" sub "\",\"custom:legacy_id\":\"" legacy_id "\"}"

static const char *signed_in(void)
{
    return event_of("PostAuthentication_Authentication", IDS("sub-1", "clx1"), "{}");
}

static const char *token_event(const char *members)
{
    return event_of("TokenGeneration_Authentication", members, "{}");
}

/* ---- answers ---- */

enum answer_is {
    THE_EVENT,
    SOMETHING_ELSE,
    NOTHING
};

/* What one event is answered; the response's tail stays for a look at it. */
static char answered[4096];

static void expect(const char *event, enum answer_is answer, cogmig_status status, int32_t counter)
{
    cogmig_migration *migration = NULL;
    cogmig_store *store = open_store();
    char *response = NULL;
    size_t len = 0;
    assert_int_equal(cogmig_migration_new(config, store, &migration, &err), COGMIG_OK);
    cogmig_status said =
        cogmig_migration_handle(migration, event, strlen(event), &response, &len, &err);
    if (cogmig_error_status(&err) != status)
        fail_msg("%s instead of %s: %s\n", cogmig_status_name(cogmig_error_status(&err)),
                 cogmig_status_name(status), cogmig_error_message(&err));
    assert_int_equal(said, answer == NOTHING ? status : COGMIG_OK);
    enum answer_is got = response == NULL               ? NOTHING
                         : strcmp(response, event) == 0 ? THE_EVENT
                                                        : SOMETHING_ELSE;
    assert_int_equal(got, answer);
    snprintf(answered, sizeof answered, "%s", response == NULL ? "" : response);
    for (int32_t i = 0; i <= COGMIG_MIGRATION_PASSED_THROUGH + 1; i++)
        assert_int_equal(cogmig_migration_get_counter(migration, i), i == counter);
    cogmig_free(response);
    cogmig_migration_free(&migration);
    cogmig_store_free(&store);
}

static void expect_in_answer(const char *words)
{
    if (strstr(answered, words) == NULL)
        fail_msg("no %s in %s\n", words, answered);
}

/* ---- who is migrated ---- */

/* promise 37 */
static void who_is_linked_already_is_not_migrated_again(void **state)
{
    (void)state;
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    assert_int_equal(cogmig_idmap_link(map, "clx1", "sub-1", &err), COGMIG_OK);
    expect(sign_in(), THE_EVENT, COGMIG_USER_MIGRATED, COGMIG_MIGRATION_REFUSED);
    assert_non_null(strstr(cogmig_error_message(&err), "sub-1"));
    expect(forgot_password(), THE_EVENT, COGMIG_USER_MIGRATED, COGMIG_MIGRATION_REFUSED);
    assert_linked("clx1", "sub-1");
}

static void linked_users_may_be_allowed(void **state)
{
    (void)state;
    assert_int_equal(
        cogmig_migration_config_set_linked_users(config, COGMIG_LINKED_USERS_ALLOW, &err),
        COGMIG_OK);
    assert_int_equal(cogmig_idmap_link(map, "clx1", "sub-1", &err), COGMIG_OK);
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    expect(forgot_password(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_RESET);
    assert_linked("clx1", "sub-1");
}

static void only_the_right_password_ends_an_old_link(void **state)
{
    (void)state;
    assert_int_equal(
        cogmig_migration_config_set_linked_users(config, COGMIG_LINKED_USERS_RELINK, &err),
        COGMIG_OK);
    assert_int_equal(cogmig_idmap_link(map, "clx1", "sub-old", &err), COGMIG_OK);
    expect(sign_in_with("wrong"), THE_EVENT, COGMIG_PASSWORD_MISMATCH, COGMIG_MIGRATION_REFUSED);
    expect(forgot_password(), THE_EVENT, COGMIG_USER_MIGRATED, COGMIG_MIGRATION_REFUSED);
    assert_linked("clx1", "sub-old");
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    assert_linked("clx1", NULL);
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED); /* asked again */
    expect(signed_in(), THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_LINKED);
    assert_linked("clx1", "sub-1");
}

static void a_map_that_cannot_be_asked_is_no_answer_and_no_no(void **state)
{
    (void)state;
    break_map();
    expect(sign_in(), NOTHING, COGMIG_IDMAP_NOT_INSTALLED, COGMIG_MIGRATION_FAILED);
    expect(sign_in_with("wrong"), NOTHING, COGMIG_IDMAP_NOT_INSTALLED, COGMIG_MIGRATION_FAILED);
    expect(event_of("UserMigration_Authentication", "\"password\":\"x\"", "{}"), NOTHING,
           COGMIG_IDMAP_NOT_INSTALLED, COGMIG_MIGRATION_FAILED);
}

static void a_row_that_cannot_be_a_users_is_a_no(void **state)
{
    (void)state;
    legacy.fault = COGMIG_STORE_ROW_INVALID;
    expect(sign_in(), THE_EVENT, COGMIG_STORE_ROW_INVALID, COGMIG_MIGRATION_REFUSED);
    expect(forgot_password(), THE_EVENT, COGMIG_STORE_ROW_INVALID, COGMIG_MIGRATION_REFUSED);
}

static void the_map_is_asked_alike_for_known_and_unknown_users(void **state)
{
    (void)state;
    static const char unknown[] =
        "{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"b@example.com\","
        "\"request\":{\"password\":\"wrong\"},\"response\":{}}";
    uint64_t before = cogmig_idmap_get_counter(map, COGMIG_IDMAP_LOOKUPS);
    expect(sign_in_with("wrong"), THE_EVENT, COGMIG_PASSWORD_MISMATCH, COGMIG_MIGRATION_REFUSED);
    assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_LOOKUPS), before + 1);
    for (uint64_t i = 2; i < 5; i++) {
        expect(unknown, THE_EVENT, COGMIG_USER_NOT_FOUND, COGMIG_MIGRATION_REFUSED);
        assert_int_equal(cogmig_idmap_get_counter(map, COGMIG_IDMAP_LOOKUPS), before + i);
    }
}

static void only_listed_pools_and_clients_migrate(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_add_client(config, "client-1", &err), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_add_client(config, "client-2", &err), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_add_pool(config, POOL, &err), COGMIG_OK);
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    char other[4096];
    snprintf(other, sizeof other, "%s", sign_in());
    strstr(other, "client-1")[7] = '3';
    expect(other, THE_EVENT, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_REFUSED);
    assert_non_null(strstr(cogmig_error_message(&err), "client-3"));
    snprintf(other, sizeof other, "%s", sign_in());
    strstr(other, POOL)[0] = 'x';
    expect(other, THE_EVENT, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_REFUSED);
    expect("{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"a@example.com\","
           "\"callerContext\":{\"clientId\":null},\"userPoolId\":\"" POOL "\","
           "\"request\":{\"password\":\"U*U\"}}",
           THE_EVENT, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_REFUSED);
}

static void a_weak_password_is_reset_where_a_code_can_be_sent(void **state)
{
    (void)state;
    assert_int_equal(
        cogmig_migration_config_set_password_policy(config, 3, COGMIG_PASSWORD_UPPER, &err),
        COGMIG_OK);
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    assert_int_equal(
        cogmig_migration_config_set_password_policy(config, 0, COGMIG_PASSWORD_DIGIT, &err),
        COGMIG_OK);
    expect(sign_in(), SOMETHING_ELSE, COGMIG_PASSWORD_TOO_WEAK, COGMIG_MIGRATION_RESET);
    assert_null(strstr(answered, "CONFIRMED"));
    expect(sign_in_with("wrong"), THE_EVENT, COGMIG_PASSWORD_MISMATCH, COGMIG_MIGRATION_REFUSED);
    legacy.verified = false;
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    legacy.disabled = true;
    expect(sign_in(), THE_EVENT, COGMIG_USER_DISABLED, COGMIG_MIGRATION_REFUSED);
}

static void an_alias_pool_gets_the_legacy_id_for_a_user_name(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_set_username_from_legacy_id(config, true, &err),
                     COGMIG_OK);
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    expect_in_answer("\"username\":\"clx1\"");
}

static void an_id_with_blanks_is_no_user_name(void **state)
{
    static const char *const ids[] = {"clx 1", "clx\x7F", "\tclx"};
    (void)state;
    assert_int_equal(cogmig_migration_config_set_username_from_legacy_id(config, true, &err),
                     COGMIG_OK);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        legacy.id = ids[i];
        expect(sign_in(), THE_EVENT, COGMIG_ATTRIBUTE_INVALID, COGMIG_MIGRATION_REFUSED);
    }
    char long_id[130] = "";
    memset(long_id, 'c', sizeof long_id - 1);
    legacy.id = long_id;
    expect(sign_in(), THE_EVENT, COGMIG_ATTRIBUTE_INVALID, COGMIG_MIGRATION_REFUSED);
}

/* ---- the hook ---- */

static cogmig_status hook_says;
static cogmig_status addition_says[8];

static cogmig_status hook(void *user_data, const char *trigger_source, const cogmig_user *user,
                          cogmig_migration_answer *answer)
{
    static const char *const names[] = {"locale", "custom:plan", "sub",
                                        "email",  "locale",      "custom:a_name_that_is_too_long",
                                        "plan",   "phone_number"};
    assert_ptr_equal(user_data, &hook_says);
    assert_non_null(strstr(trigger_source, "UserMigration_"));
    assert_string_equal(cogmig_user_id(user), "clx1");
    for (size_t i = 0; i < 8; i++)
        addition_says[i] = cogmig_migration_answer_add_attribute(answer, names[i], "a \"b\"", NULL);
    return hook_says;
}

static void a_hook_adds_attributes_and_may_veto(void **state)
{
    (void)state;
    static const cogmig_status expected[] = {COGMIG_OK,
                                             COGMIG_OK,
                                             COGMIG_ATTRIBUTE_RESERVED,
                                             COGMIG_ATTRIBUTE_INVALID,
                                             COGMIG_ATTRIBUTE_INVALID,
                                             COGMIG_ATTRIBUTE_INVALID,
                                             COGMIG_ATTRIBUTE_INVALID,
                                             COGMIG_ATTRIBUTE_INVALID};
    assert_int_equal(cogmig_migration_config_set_hook(config, hook, &hook_says, &err), COGMIG_OK);
    hook_says = COGMIG_OK;
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    assert_memory_equal(addition_says, expected, sizeof expected);
    expect_in_answer("\"custom:legacy_id\":\"clx1\",\"locale\":\"a \\\"b\\\"\",\"custom:plan\":");
    legacy.locale = "de"; /* the hook has the last word */
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    expect_in_answer("\"custom:legacy_id\":\"clx1\",\"locale\":\"a \\\"b\\\"\",\"custom:plan\":");
    hook_says = COGMIG_HOOK_REFUSED;
    expect(sign_in(), THE_EVENT, COGMIG_HOOK_REFUSED, COGMIG_MIGRATION_REFUSED);
    hook_says = COGMIG_PASSWORD_LOCKED; /* any no */
    expect(forgot_password(), THE_EVENT, COGMIG_HOOK_REFUSED, COGMIG_MIGRATION_REFUSED);
    hook_says = COGMIG_STORE_BUSY;
    expect(sign_in(), NOTHING, COGMIG_STORE_BUSY, COGMIG_MIGRATION_FAILED);
    hook_says = COGMIG_USER_NOT_FOUND;
    expect(sign_in(), NOTHING, COGMIG_STOPPED_BY_CALLBACK, COGMIG_MIGRATION_FAILED);
}

static const char *const returned[] = {"username", "name", "locale"};

static cogmig_status add_what_is_returned(void *user_data, const char *trigger_source,
                                          const cogmig_user *user, cogmig_migration_answer *answer)
{
    (void)user_data, (void)trigger_source, (void)user;
    for (size_t i = 0; i < 3; i++)
        addition_says[i] = cogmig_migration_answer_add_attribute(answer, returned[i], "v", NULL);
    return COGMIG_OK;
}

static void a_hook_adds_nothing_that_is_returned_anyway(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_set_hook(config, add_what_is_returned, NULL, &err),
                     COGMIG_OK);
    assert_int_equal(cogmig_migration_config_add_attribute(config, "name", &err), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_username_from_legacy_id(config, true, &err),
                     COGMIG_OK);
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    assert_int_equal(addition_says[0], COGMIG_ATTRIBUTE_INVALID);
    assert_int_equal(addition_says[1], COGMIG_ATTRIBUTE_INVALID);
    assert_int_equal(addition_says[2], COGMIG_OK);
    expect_in_answer("\"username\":\"clx1\",\"locale\":\"v\"}");
}

static cogmig_status lose_map(void *user_data, const char *trigger_source, const cogmig_user *user,
                              cogmig_migration_answer *answer)
{
    (void)user_data, (void)trigger_source, (void)user, (void)answer;
    break_map();
    return COGMIG_OK;
}

/* The hook is asked between the look-up and the end of the old link. */
static void an_old_link_that_cannot_be_ended_is_no_answer(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_set_hook(config, lose_map, NULL, &err), COGMIG_OK);
    assert_int_equal(
        cogmig_migration_config_set_linked_users(config, COGMIG_LINKED_USERS_RELINK, &err),
        COGMIG_OK);
    assert_int_equal(cogmig_idmap_link(map, "clx1", "sub-old", &err), COGMIG_OK);
    expect(sign_in(), NOTHING, COGMIG_IDMAP_NOT_INSTALLED, COGMIG_MIGRATION_FAILED);
}

static cogmig_status value_says[3];
static size_t added;

/* Names of every length that fits; values that Cognito would not take. */
static cogmig_status add_too_much(void *user_data, const char *trigger_source,
                                  const cogmig_user *user, cogmig_migration_answer *answer)
{
    static char long_value[2050];
    (void)user_data, (void)trigger_source, (void)user;
    memset(long_value, 'v', sizeof long_value - 1);
    value_says[0] = cogmig_migration_answer_add_attribute(answer, "locale", long_value, NULL);
    value_says[1] = cogmig_migration_answer_add_attribute(answer, "locale", "\xff", NULL);
    value_says[2] = cogmig_migration_answer_add_attribute(answer, "locale", NULL, NULL);
    char name[] = "custom:a00";
    cogmig_status status = COGMIG_OK;
    for (added = 0; status == COGMIG_OK && added < 99; added += status == COGMIG_OK) {
        name[8] = (char)('0' + added / 10);
        name[9] = (char)('0' + added % 10);
        status = cogmig_migration_answer_add_attribute(answer, name, "v", NULL);
    }
    assert_int_equal(status, COGMIG_ATTRIBUTE_INVALID);
    assert_int_equal(cogmig_migration_answer_add_attribute(answer, NULL, "v", NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_migration_answer_add_attribute(NULL, "locale", "v", NULL),
                     COGMIG_INVALID_ARGUMENT);
    return COGMIG_OK;
}

static void what_a_hook_adds_has_a_measure(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_set_hook(config, add_too_much, NULL, &err), COGMIG_OK);
    expect(sign_in(), SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_CONFIRMED);
    assert_int_equal(value_says[0], COGMIG_ATTRIBUTE_INVALID);
    assert_int_equal(value_says[1], COGMIG_ATTRIBUTE_INVALID);
    assert_int_equal(value_says[2], COGMIG_INVALID_ARGUMENT);
    assert_true(added > 0 && added < 99);
    expect_in_answer("\"custom:a00\":\"v\"");
    assert_null(strstr(answered, "locale"));
}

static void a_hook_is_not_asked_about_who_is_refused(void **state)
{
    (void)state;
    hook_says = COGMIG_INTERNAL_ERROR;
    assert_int_equal(cogmig_migration_config_set_hook(config, hook, &hook_says, &err), COGMIG_OK);
    expect(sign_in_with("wrong"), THE_EVENT, COGMIG_PASSWORD_MISMATCH, COGMIG_MIGRATION_REFUSED);
}

/* ---- sign-ups ---- */

/* promise 36 */
static void a_legacy_users_address_cannot_be_signed_up_until_he_has_migrated(void **state)
{
    (void)state;
    expect(sign_up_as("PreSignUp_SignUp", "A@example.com"), NOTHING, COGMIG_SIGN_UP_REFUSED,
           COGMIG_MIGRATION_SIGN_UPS_REFUSED);
    assert_non_null(strstr(cogmig_error_message(&err), "sign in"));
    assert_int_equal(cogmig_idmap_link(map, "clx1", "sub-1", &err), COGMIG_OK);
    expect(sign_up_as("PreSignUp_SignUp", "A@example.com"), THE_EVENT, COGMIG_OK,
           COGMIG_MIGRATION_PASSED_THROUGH);
}

static void what_is_guarded_is_a_matter_of_configuration(void **state)
{
    (void)state;
    static const char *const sources[] = {"PreSignUp_SignUp", "PreSignUp_AdminCreateUser",
                                          "PreSignUp_ExternalProvider"};
    for (int32_t guarded = 0; guarded < 8; guarded++) {
        assert_int_equal(cogmig_migration_config_set_sign_up_guard(config, guarded, &err),
                         COGMIG_OK);
        for (int i = 0; i < 3; i++) {
            bool refused = (guarded & 1 << i) != 0;
            expect(sign_up_as(sources[i], "a@example.com"), refused ? NOTHING : THE_EVENT,
                   refused ? COGMIG_SIGN_UP_REFUSED : COGMIG_OK,
                   refused ? COGMIG_MIGRATION_SIGN_UPS_REFUSED : COGMIG_MIGRATION_PASSED_THROUGH);
        }
    }
}

static void a_sign_up_fails_in_an_outage_unless_it_may_pass(void **state)
{
    (void)state;
    legacy.fault = COGMIG_STORE_UNREACHABLE;
    expect(sign_up_as("PreSignUp_SignUp", "b@example.com"), NOTHING, COGMIG_STORE_UNREACHABLE,
           COGMIG_MIGRATION_FAILED);
    assert_int_equal(cogmig_migration_config_set_sign_up_open_in_outage(config, true, &err),
                     COGMIG_OK);
    expect(sign_up_as("PreSignUp_SignUp", "b@example.com"), THE_EVENT, COGMIG_STORE_UNREACHABLE,
           COGMIG_MIGRATION_SIGN_UPS_UNCHECKED);
    legacy.fault = COGMIG_STORE_SCHEMA_MISMATCH; /* no outage, and no reason to let strangers in */
    expect(sign_up_as("PreSignUp_SignUp", "b@example.com"), NOTHING, COGMIG_STORE_SCHEMA_MISMATCH,
           COGMIG_MIGRATION_FAILED);
    legacy.fault = COGMIG_STORE_ROW_INVALID; /* somebody it is, all the same */
    expect(sign_up_as("PreSignUp_SignUp", "b@example.com"), NOTHING, COGMIG_SIGN_UP_REFUSED,
           COGMIG_MIGRATION_SIGN_UPS_REFUSED);
}

/* user_name  with its comma, or "" */
#define SIGN_UP(user_name, email)                                                                  \
    "{\"version\":\"1\",\"triggerSource\":\"PreSignUp_SignUp\",\"userPoolId\":\"" POOL             \
    "\"," user_name "\"request\":{\"userAttributes\":{\"email\":\"" email "\"}},\"response\":{}}"
#define UUID_NAME "\"userName\":\"a36036a8-9061-424d-a737-56d57dae7bc6\","

/* Whether the user has migrated is not known then: no yes, no no. */
static void a_sign_up_fails_where_the_map_cannot_be_asked(void **state)
{
    (void)state;
    break_map();
    expect(SIGN_UP(UUID_NAME, "a@example.com"), NOTHING, COGMIG_IDMAP_NOT_INSTALLED,
           COGMIG_MIGRATION_FAILED);
    expect(SIGN_UP(UUID_NAME, "b@example.com"), THE_EVENT, COGMIG_OK,
           COGMIG_MIGRATION_PASSED_THROUGH);
}

static void a_sign_up_without_an_address_is_nobodys(void **state)
{
    static char event[4000];
    char long_address[3000] = "";
    (void)state;
    expect(SIGN_UP(UUID_NAME, "  "), THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_PASSED_THROUGH);
    memset(long_address, 'a', sizeof long_address - 1);
    snprintf(event, sizeof event, SIGN_UP(UUID_NAME, "%s"), long_address);
    expect(event, THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_PASSED_THROUGH);
    expect(SIGN_UP("", "a@example.com"), NOTHING, COGMIG_SIGN_UP_REFUSED,
           COGMIG_MIGRATION_SIGN_UPS_REFUSED);
    expect(SIGN_UP("", "b@example.com"), THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_PASSED_THROUGH);
}

static void an_event_for_tokens_without_a_version_is_left_alone(void **state)
{
    (void)state;
    expect("{\"triggerSource\":\"TokenGeneration_Authentication\",\"userPoolId\":\"" POOL
           "\",\"request\":{" IDS("sub-1", "clx1") "},\"response\":{}}",
           THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_PASSED_THROUGH);
}

static void a_version_is_text(void **state)
{
    (void)state;
    expect(
        "{\"version\":1,\"triggerSource\":\"TokenGeneration_Authentication\",\"userPoolId\":\"" POOL
        "\",\"request\":{" IDS("sub-1", "clx1") "},\"response\":{}}",
        THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_PASSED_THROUGH);
}

static void an_event_of_no_pool_is_none_of_those_listed(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_add_pool(config, POOL, &err), COGMIG_OK);
    expect("{\"triggerSource\":\"UserMigration_Authentication\",\"userName\":\"a@example.com\","
           "\"request\":{\"password\":\"U*U\"}}",
           THE_EVENT, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_REFUSED);
}

static void a_refusal_says_what_it_was_told_to_say(void **state)
{
    (void)state;
    assert_int_equal(cogmig_migration_config_set_sign_up_refusal(config, "Bitte anmelden.", &err),
                     COGMIG_OK);
    expect(sign_up_as("PreSignUp_SignUp", "a@example.com"), NOTHING, COGMIG_SIGN_UP_REFUSED,
           COGMIG_MIGRATION_SIGN_UPS_REFUSED);
    assert_string_equal(cogmig_error_message(&err), "Bitte anmelden.");
}

/* ---- links ---- */

static void the_first_sign_in_links_and_all_later_ones_agree(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        expect(signed_in(), THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_LINKED);
    expect(event_of("PostConfirmation_ConfirmForgotPassword", IDS("sub-1", "clx1"), "{}"),
           THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_LINKED);
    assert_linked("clx1", "sub-1");
}

static void without_both_ids_there_is_nothing_to_link(void **state)
{
    (void)state;
    static const char *const members[] = {
        "",
        "\"userAttributes\":null",
        "\"userAttributes\":{\"sub\":\"sub-1\"}",
        "\"userAttributes\":{\"custom:legacy_id\":\"clx1\"}",
        "\"userAttributes\":{\"sub\":\"\",\"custom:legacy_id\":\"clx1\"}",
        "\"userAttributes\":{\"sub\":7,\"custom:legacy_id\":\"clx1\"}"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        expect(event_of("PostAuthentication_Authentication", members[i], "{}"), THE_EVENT,
               COGMIG_OK, COGMIG_MIGRATION_PASSED_THROUGH);
    assert_linked("clx1", NULL);
}

static void a_link_that_fails_locks_nobody_out_unless_it_is_to(void **state)
{
    (void)state;
    assert_int_equal(cogmig_idmap_link(map, "clx1", "sub-2", &err), COGMIG_OK);
    expect(signed_in(), THE_EVENT, COGMIG_IDMAP_CONFLICT, COGMIG_MIGRATION_NOT_LINKED);
    assert_linked("clx1", "sub-2");
    break_map();
    expect(signed_in(), THE_EVENT, COGMIG_IDMAP_NOT_INSTALLED, COGMIG_MIGRATION_NOT_LINKED);
    assert_int_equal(cogmig_migration_config_set_fail_closed(config, true, &err), COGMIG_OK);
    expect(signed_in(), NOTHING, COGMIG_IDMAP_NOT_INSTALLED, COGMIG_MIGRATION_FAILED);
}

static void an_event_of_another_pool_is_not_linked(void **state)
{
    (void)state;
    char other[4096];
    snprintf(other, sizeof other, "%s", signed_in());
    strstr(other, POOL)[0] = 'x';
    expect(other, THE_EVENT, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_NOT_LINKED);
    assert_linked("clx1", NULL);
}

/* ---- tokens ---- */

static void a_token_gets_the_id_of_the_attribute_or_else_of_the_map(void **state)
{
    (void)state;
    expect(token_event(IDS("sub-1", "clx1")), SOMETHING_ELSE, COGMIG_OK,
           COGMIG_MIGRATION_TOKENS_EXTENDED);
    expect_in_answer("{\"legacy_id\":\"clx1\"}");
    expect(token_event("\"userAttributes\":{\"sub\":\"sub-7\"}"), THE_EVENT, COGMIG_OK,
           COGMIG_MIGRATION_PASSED_THROUGH);
    assert_int_equal(cogmig_idmap_link(map, "clx7", "sub-7", &err), COGMIG_OK);
    expect(token_event("\"userAttributes\":{\"sub\":\"sub-7\"}"), SOMETHING_ELSE, COGMIG_OK,
           COGMIG_MIGRATION_TOKENS_EXTENDED);
    expect_in_answer("{\"legacy_id\":\"clx7\"}");
}

/* promise 44 */
static void an_attribute_that_the_map_contradicts_is_withdrawn(void **state)
{
    (void)state;
    assert_int_equal(cogmig_idmap_link(map, "clx1", "sub-1", &err), COGMIG_OK);
    expect(token_event(IDS("sub-2", "clx1")), SOMETHING_ELSE, COGMIG_IDMAP_CONFLICT,
           COGMIG_MIGRATION_TOKENS_UNCHECKED);
    expect_in_answer("\"response\":{\"claimsOverrideDetails\":{\"claimsToSuppress\":"
                     "[\"custom:legacy_id\"]}}}");
    expect(event_of("TokenGeneration_RefreshTokens", IDS("sub-1", "clx2"),
                    "{\"claimsOverrideDetails\":{\"claimsToSuppress\":[\"email\", \"name\"]}}"),
           SOMETHING_ELSE, COGMIG_IDMAP_CONFLICT, COGMIG_MIGRATION_TOKENS_UNCHECKED);
    expect_in_answer("{\"claimsToSuppress\":[\"email\",\"name\",\"custom:legacy_id\"]}");
    expect(event_of("TokenGeneration_RefreshTokens", IDS("sub-1", "clx2"),
                    "{\"claimsOverrideDetails\":{\"claimsToSuppress\":\"email\"}}"),
           SOMETHING_ELSE, COGMIG_IDMAP_CONFLICT, COGMIG_MIGRATION_TOKENS_UNCHECKED);
    expect_in_answer("{\"claimsToSuppress\":[\"custom:legacy_id\"]}");
    assert_int_equal(cogmig_migration_config_set_fail_closed(config, true, &err), COGMIG_OK);
    expect(token_event(IDS("sub-2", "clx1")), NOTHING, COGMIG_IDMAP_CONFLICT,
           COGMIG_MIGRATION_FAILED);
}

static void an_outage_of_the_map_leaves_the_attribute_to_the_token(void **state)
{
    (void)state;
    break_map();
    expect(token_event(IDS("sub-1", "clx1")), SOMETHING_ELSE, COGMIG_IDMAP_NOT_INSTALLED,
           COGMIG_MIGRATION_TOKENS_EXTENDED);
    expect(token_event("\"userAttributes\":{\"sub\":\"sub-1\"}"), THE_EVENT,
           COGMIG_IDMAP_NOT_INSTALLED, COGMIG_MIGRATION_TOKENS_UNCHECKED);
    assert_int_equal(cogmig_migration_config_set_fail_closed(config, true, &err), COGMIG_OK);
    expect(token_event(IDS("sub-1", "clx1")), NOTHING, COGMIG_IDMAP_NOT_INSTALLED,
           COGMIG_MIGRATION_FAILED);
}

static void tokens_of_a_caller_who_is_not_listed_stay_as_they_are(void **state)
{
    (void)state;
    char other[4096];
    snprintf(other, sizeof other, "%s", token_event(IDS("sub-1", "clx1")));
    strstr(other, POOL)[0] = 'x';
    expect(other, THE_EVENT, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_TOKENS_UNCHECKED);
    char without_id[4096];
    snprintf(without_id, sizeof without_id, "%s",
             token_event("\"userAttributes\":{\"sub\":\"sub-1\"}"));
    strstr(without_id, POOL)[0] = 'x';
    expect(without_id, THE_EVENT, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_TOKENS_UNCHECKED);
    assert_int_equal(cogmig_migration_config_set_idmap(config, NULL, &err), COGMIG_OK);
    expect(other, SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_TOKENS_EXTENDED);
    assert_int_equal(cogmig_migration_config_add_pool(config, POOL, &err), COGMIG_OK);
    expect(other, THE_EVENT, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_TOKENS_UNCHECKED);
    assert_int_equal(cogmig_migration_config_add_client(config, "client-2", &err), COGMIG_OK);
    expect(token_event(IDS("sub-1", "clx1")), THE_EVENT, COGMIG_CALLER_REFUSED,
           COGMIG_MIGRATION_TOKENS_UNCHECKED);
    assert_int_equal(cogmig_migration_config_set_fail_closed(config, true, &err), COGMIG_OK);
    expect(other, NOTHING, COGMIG_CALLER_REFUSED, COGMIG_MIGRATION_FAILED);
    /* Without an id there is nothing to refuse. */
    expect(token_event("\"userAttributes\":{\"sub\":\"sub-1\"}"), THE_EVENT, COGMIG_OK,
           COGMIG_MIGRATION_PASSED_THROUGH);
}

static void which_tokens_get_it_is_a_matter_of_configuration(void **state)
{
    (void)state;
    char second[4096];
    assert_int_equal(
        cogmig_migration_config_set_claim_tokens(config, COGMIG_CLAIM_IN_ACCESS_TOKEN, &err),
        COGMIG_OK);
    expect(token_event(IDS("sub-1", "clx1")), THE_EVENT, COGMIG_OK,
           COGMIG_MIGRATION_PASSED_THROUGH);
    expect(
        token_event(IDS("sub-1", "clx1") ",\"groupConfiguration\":{\"groupsToOverride\":[\"g\"]}"),
        THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_PASSED_THROUGH);
    snprintf(second, sizeof second, "%s", token_event(IDS("sub-1", "clx1")));
    strstr(second, "\"version\":\"1\"")[11] = '2';
    expect(second, SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_TOKENS_EXTENDED);
    expect_in_answer("{\"claimsAndScopeOverrideDetails\":{\"accessTokenGeneration\":"
                     "{\"claimsToAddOrOverride\":{\"legacy_id\":\"clx1\"}}}}}");
    assert_int_equal(
        cogmig_migration_config_set_claim_tokens(config, COGMIG_CLAIM_IN_ID_TOKEN, &err),
        COGMIG_OK);
    expect(second, SOMETHING_ELSE, COGMIG_OK, COGMIG_MIGRATION_TOKENS_EXTENDED);
    assert_null(strstr(answered, "accessTokenGeneration"));
    assert_int_equal(cogmig_migration_config_set_claim_tokens(config, 0, &err), COGMIG_OK);
    expect(second, THE_EVENT, COGMIG_OK, COGMIG_MIGRATION_PASSED_THROUGH);
}

/* ---- several at once, and the engine ---- */

struct asker {
    pthread_t thread;
    cogmig_migration *migration;
    const char *event;
    char *response;
    cogmig_status status;
};

static void *ask(void *argument)
{
    struct asker *asker = argument;
    size_t len;
    asker->status = cogmig_migration_handle(asker->migration, asker->event, strlen(asker->event),
                                            &asker->response, &len, NULL);
    return NULL;
}

/* As Cognito does when an answer is late. */
static void assert_three_times_the_same(cogmig_migration *migration, const char *event)
{
    struct asker askers[3] = {{0}};
    for (int i = 0; i < 3; i++) {
        askers[i].migration = migration;
        askers[i].event = event;
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
    }
    for (int i = 0; i < 3; i++)
        pthread_join(askers[i].thread, NULL);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(askers[i].status, COGMIG_OK);
        assert_string_equal(askers[i].response, askers[0].response);
    }
    for (int i = 0; i < 3; i++)
        cogmig_free(askers[i].response);
}

/* promise 35 */
static void three_at_once_get_one_answer_and_make_one_link(void **state)
{
    (void)state;
    cogmig_store *store = open_store();
    cogmig_migration *migration = NULL;
    char event[4096];
    assert_int_equal(
        cogmig_migration_config_set_linked_users(config, COGMIG_LINKED_USERS_RELINK, &err),
        COGMIG_OK);
    assert_int_equal(cogmig_idmap_link(map, "clx1", "sub-old", &err), COGMIG_OK);
    assert_int_equal(cogmig_migration_new(config, store, &migration, &err), COGMIG_OK);
    snprintf(event, sizeof event, "%s", sign_in());
    assert_three_times_the_same(migration, event);
    snprintf(event, sizeof event, "%s", signed_in());
    assert_three_times_the_same(migration, event);
    assert_linked("clx1", "sub-1");
    assert_int_equal(cogmig_migration_get_counter(migration, COGMIG_MIGRATION_CONFIRMED), 3);
    assert_int_equal(cogmig_migration_get_counter(migration, COGMIG_MIGRATION_LINKED), 3);
    cogmig_migration_free(&migration);
    cogmig_store_free(&store);
}

static void answer_through(cogmig_engine *engine, cogmig_migration *migration, const char *event,
                           cogmig_status expected, bool unchanged)
{
    int64_t job = 0;
    cogmig_verdict *verdict = NULL;
    assert_int_equal(
        cogmig_engine_submit_event(engine, migration, event, strlen(event), 0, NULL, &job, &err),
        COGMIG_OK);
    while (verdict == NULL)
        assert_int_equal(cogmig_engine_poll(engine, &verdict, &err), COGMIG_OK);
    size_t len = 0;
    const char *response = cogmig_verdict_response(verdict, &len);
    assert_int_equal(cogmig_verdict_status(verdict), expected);
    assert_int_equal(response != NULL, expected == COGMIG_OK);
    if (response != NULL)
        assert_int_equal(len == strlen(event) && memcmp(response, event, len) == 0, unchanged);
    cogmig_verdict_free(&verdict);
}

static void the_engine_answers_every_trigger_too(void **state)
{
    (void)state;
    cogmig_store *store = open_store();
    cogmig_migration *migration = NULL;
    cogmig_engine *engine = NULL;
    assert_int_equal(cogmig_migration_new(config, store, &migration, &err), COGMIG_OK);
    assert_int_equal(cogmig_engine_new(NULL, &engine, &err), COGMIG_OK);
    answer_through(engine, migration, sign_in(), COGMIG_OK, false);
    answer_through(engine, migration, signed_in(), COGMIG_OK, true);
    assert_linked("clx1", "sub-1");
    answer_through(engine, migration, token_event(IDS("sub-1", "clx1")), COGMIG_OK, false);
    answer_through(engine, migration, sign_in(), COGMIG_OK, true);
    cogmig_idmap_unlink(map, "clx1", "sub-1", &err);
    answer_through(engine, migration, sign_up_as("PreSignUp_SignUp", "a@example.com"),
                   COGMIG_SIGN_UP_REFUSED, false);
    assert_int_equal(cogmig_migration_get_counter(migration, COGMIG_MIGRATION_REFUSED), 1);
    assert_int_equal(cogmig_migration_get_counter(migration, COGMIG_MIGRATION_SIGN_UPS_REFUSED), 1);
    cogmig_engine_free(&engine);
    cogmig_migration_free(&migration);
    cogmig_store_free(&store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_is_linked_already_is_not_migrated_again),
        TEST(linked_users_may_be_allowed),
        TEST(only_the_right_password_ends_an_old_link),
        TEST(a_map_that_cannot_be_asked_is_no_answer_and_no_no),
        TEST(a_row_that_cannot_be_a_users_is_a_no),
        TEST(the_map_is_asked_alike_for_known_and_unknown_users),
        TEST(only_listed_pools_and_clients_migrate),
        TEST(a_weak_password_is_reset_where_a_code_can_be_sent),
        TEST(an_alias_pool_gets_the_legacy_id_for_a_user_name),
        TEST(an_id_with_blanks_is_no_user_name),
        TEST(a_hook_adds_attributes_and_may_veto),
        TEST(a_hook_adds_nothing_that_is_returned_anyway),
        TEST(an_old_link_that_cannot_be_ended_is_no_answer),
        TEST(what_a_hook_adds_has_a_measure),
        TEST(a_hook_is_not_asked_about_who_is_refused),
        TEST(a_legacy_users_address_cannot_be_signed_up_until_he_has_migrated),
        TEST(what_is_guarded_is_a_matter_of_configuration),
        TEST(a_sign_up_fails_in_an_outage_unless_it_may_pass),
        TEST(a_sign_up_fails_where_the_map_cannot_be_asked),
        TEST(a_sign_up_without_an_address_is_nobodys),
        TEST(an_event_for_tokens_without_a_version_is_left_alone),
        TEST(a_version_is_text),
        TEST(an_event_of_no_pool_is_none_of_those_listed),
        TEST(a_refusal_says_what_it_was_told_to_say),
        TEST(the_first_sign_in_links_and_all_later_ones_agree),
        TEST(without_both_ids_there_is_nothing_to_link),
        TEST(a_link_that_fails_locks_nobody_out_unless_it_is_to),
        TEST(an_event_of_another_pool_is_not_linked),
        TEST(a_token_gets_the_id_of_the_attribute_or_else_of_the_map),
        TEST(an_attribute_that_the_map_contradicts_is_withdrawn),
        TEST(an_outage_of_the_map_leaves_the_attribute_to_the_token),
        TEST(tokens_of_a_caller_who_is_not_listed_stay_as_they_are),
        TEST(which_tokens_get_it_is_a_matter_of_configuration),
        TEST(three_at_once_get_one_answer_and_make_one_link),
        TEST(the_engine_answers_every_trigger_too),
    };
    return cmocka_run_group_tests_name("triggers", tests, NULL, NULL);
}
