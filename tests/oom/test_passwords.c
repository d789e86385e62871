/* SPDX-License-Identifier: Apache-2.0
 * Calls of password.h, store.h, migration.h and engine.h with each allocation refused in turn. */
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"

#include <cogmig/engine.h>
#include <cogmig/memory.h>
#include <cogmig/migration.h>
#include <poll.h>
#include <string.h>

/* Of cost 4, for "U*U". */
#define HASH "$2a$04$CCCCCCCCCCCCCCCCCCCCC.K7Qr0se1MxuggH4aP4YgB.U2Em1pGSK"
#define EMAIL "a@example.com"
#define EVENT(source, password)                                                                    \
    "{\"version\":\"1\",\"triggerSource\":\"" source "\",\"region\":\"eu-central-1\","             \
    "\"userPoolId\":\"eu-central-1_Example01\",\"userName\":\"" EMAIL "\","                        \
    "\"callerContext\":{\"awsSdkVersion\":\"x\",\"clientId\":\"c\"},"                              \
    "\"request\":{\"password\":\"" password "\",\"validationData\":null},"                         \
    "\"response\":{\"userAttributes\":null,\"finalUserStatus\":null}}"

enum {
    PATIENCE_MS = 60000
};

static cogmig_password_rules *rules;
static cogmig_store_config *store_config;
static cogmig_store *store;
static cogmig_migration_config *migration_config;
static cogmig_migration *migration;
static cogmig_engine *engine;
static struct cogmig_error err;

/* ---- a world ---- */

static cogmig_status find(void *user_data, int32_t question, const char *key, size_t key_len,
                          int32_t timeout_ms, cogmig_store_answer *answer)
{
    (void)user_data, (void)question, (void)key_len, (void)timeout_ms;
    if (strcmp(key, EMAIL) != 0 && strcmp(key, "clx1") != 0)
        return COGMIG_OK;
    cogmig_status status = cogmig_store_answer_add_user(answer, "clx1", EMAIL, HASH, true, NULL);
    if (status == COGMIG_OK)
        status = cogmig_store_answer_set_name(answer, "A", NULL);
    if (status == COGMIG_OK)
        status = cogmig_store_answer_set_attribute(answer, "locale", "de", NULL);
    if (status == COGMIG_OK)
        status = cogmig_store_answer_set_disabled(answer, false, NULL);
    if (status == COGMIG_OK)
        status = cogmig_store_answer_set_times(answer, "2026-01-15T10:30:00.000Z", NULL, NULL);
    return status;
}

static cogmig_status add_zone(void *user_data, const char *trigger_source, const cogmig_user *user,
                              cogmig_migration_answer *answer)
{
    (void)user_data, (void)trigger_source, (void)user;
    return cogmig_migration_answer_add_attribute(answer, "zoneinfo", "Europe/Berlin", NULL);
}

static cogmig_store_config *new_store_config(void)
{
    cogmig_store_config *made = NULL;
    assert_int_equal(cogmig_store_config_new(&made, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_callback(made, find, NULL, NULL), COGMIG_OK);
    return made;
}

static cogmig_engine *new_engine(cogmig_error *error)
{
    cogmig_engine_config *config = NULL;
    cogmig_engine *made = NULL;
    cogmig_status status = cogmig_engine_config_new(&config, error);
    if (status == COGMIG_OK)
        status = cogmig_engine_config_set_workers(config, 1, error);
    if (status == COGMIG_OK)
        status = cogmig_engine_config_set_lookup_threads(config, 1, error);
    if (status == COGMIG_OK)
        status = cogmig_engine_config_set_password_rules(config, rules, error);
    if (status == COGMIG_OK)
        status = cogmig_engine_new(config, &made, error);
    cogmig_engine_config_free(&config);
    return made;
}

static void make_world(void)
{
    assert_int_equal(cogmig_password_rules_new(&rules, NULL), COGMIG_OK);
    store_config = new_store_config();
    assert_int_equal(cogmig_store_open(store_config, &store, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_new(&migration_config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_deadline_ms(migration_config, PATIENCE_MS, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_migration_config_set_hook(migration_config, add_zone, NULL, NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_migration_config_add_attribute(migration_config, "name", NULL),
                     COGMIG_OK);
    assert_int_equal(cogmig_migration_new(migration_config, store, &migration, NULL), COGMIG_OK);
    cogmig_error_clear(&err);
    engine = new_engine(NULL);
    assert_non_null(engine);
}

static void release_world(void)
{
    cogmig_engine_free(&engine);
    cogmig_migration_free(&migration);
    cogmig_migration_config_free(&migration_config);
    cogmig_store_free(&store);
    cogmig_store_config_free(&store_config);
    cogmig_password_rules_free(&rules);
}

/* ---- passwords ---- */

MAKES(make_rules, password_rules, cogmig_password_rules_new(&made, &err))

static cogmig_status set_pepper(void)
{
    return cogmig_password_rules_set_pepper(rules, "", 0, &err);
}

static cogmig_status spell_backwards(void *user_data, const char *password, size_t password_len,
                                     char *prehash, size_t prehash_size, size_t *ret_len)
{
    (void)user_data, (void)prehash_size;
    for (size_t i = 0; i < password_len; i++)
        prehash[i] = password[password_len - 1 - i];
    *ret_len = password_len;
    return COGMIG_OK;
}

static cogmig_status set_rules(cogmig_password_rules *made)
{
    cogmig_status status = cogmig_password_rules_set_max_cost(made, 12, &err);
    if (status == COGMIG_OK)
        status = cogmig_password_rules_set_strict_length(made, true, &err);
    if (status == COGMIG_OK)
        status = cogmig_password_rules_allow_2(made, &err);
    if (status == COGMIG_OK)
        status = cogmig_password_rules_allow_2x(made, &err);
    if (status == COGMIG_OK)
        status = cogmig_password_rules_set_prehash(made, spell_backwards, NULL, &err);
    return status;
}

/* "U*U" is the same backwards. */
static cogmig_status verify_prehashed(void)
{
    cogmig_password_rules *made = NULL;
    cogmig_status status = cogmig_password_rules_new(&made, &err);
    if (status == COGMIG_OK)
        status = set_rules(made);
    if (status == COGMIG_OK)
        status = cogmig_password_rules_verify(made, "U*U", 3, HASH, NULL, &err);
    cogmig_password_rules_free(&made);
    return status;
}

static cogmig_status verify_up_to_cost(void)
{
    assert_int_equal(cogmig_password_cost(HASH), 4);
    assert_string_equal(cogmig_password_scheme(HASH), "bcrypt");
    return cogmig_password_verify_up_to_cost("U*U", 3, HASH, 4, &err);
}

static cogmig_status verify_right(void)
{
    return cogmig_password_verify("U*U", 3, HASH, &err);
}

static cogmig_status verify_wrong(void)
{
    return cogmig_password_verify("U*V", 3, HASH, &err);
}

/* Django's: SHA-256 first. */
static cogmig_status verify_digest(void)
{
    return cogmig_password_rules_verify(rules, "U*U", 3, "bcrypt_sha256$" HASH, NULL, &err);
}

static cogmig_status verify_dummy(void)
{
    return cogmig_password_verify_dummy("U*U", 3, 4, &err);
}

static cogmig_status verify_many(void)
{
    const char *const passwords[] = {"U*U", "U*V", "U*U"};
    const size_t lens[] = {3, 3, 3};
    static const char of_django[] = "bcrypt_sha256$" HASH;
    const char *const stored[] = {HASH, HASH, of_django};
    cogmig_status statuses[3];
    cogmig_status status =
        cogmig_password_rules_verify_many(rules, passwords, lens, stored, 3, statuses, NULL, &err);
    if (status != COGMIG_OK)
        return status;
    for (int i = 0; i < 3; i++)
        if (statuses[i] == COGMIG_OUT_OF_MEMORY)
            return statuses[i];
    assert_int_equal(statuses[0], COGMIG_OK);
    assert_int_equal(statuses[1], COGMIG_PASSWORD_MISMATCH);
    assert_int_equal(statuses[2], COGMIG_PASSWORD_MISMATCH);
    return COGMIG_OK;
}

static cogmig_status verify_one_of_many(void)
{
    const char *const passwords[] = {"U*U"}, *const stored[] = {HASH};
    const size_t lens[] = {3};
    cogmig_status one = COGMIG_INTERNAL_ERROR;
    cogmig_status status = cogmig_password_verify_many(passwords, lens, stored, 1, &one, &err);
    return status == COGMIG_OK ? one : status;
}

/* ---- stores ---- */

MAKES(make_store_config, store_config, cogmig_store_config_new(&made, &err))

/* Nobody listens there. */
static cogmig_status configure_store(void)
{
    cogmig_store_config *made = NULL;
    cogmig_store *opened = NULL;
    cogmig_status status = cogmig_store_config_new(&made, &err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_set_url(
            made, "postgresql://u:p@127.0.0.1:1/d?schema=s&connect_timeout=1", &err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_set_preset(made, "devise", &err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_set_table(made, "people", &err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_set_email_column(made, "mail", &err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_add_attribute(made, "locale", "lang", &err);
    if (status == COGMIG_OK)
        status = cogmig_store_open(made, &opened, &err);
    cogmig_store_free(&opened);
    cogmig_store_config_free(&made);
    return status;
}

static cogmig_status set_sql(void)
{
    return cogmig_store_config_set_sql(store_config, "SELECT 1 WHERE $1 = ''", NULL, &err);
}

MAKES(open_store, store, cogmig_store_open(store_config, &made, &err))

static cogmig_status found(cogmig_status status, cogmig_user *user)
{
    assert_int_equal(status == COGMIG_OK, user != NULL);
    if (user != NULL)
        assert_string_equal(cogmig_user_id(user), "clx1");
    cogmig_user_free(&user);
    return status;
}

static cogmig_status find_by_email(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, EMAIL, &user, &err);
    return found(status, user);
}

static cogmig_status find_by_id(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_id(store, "clx1", &user, &err);
    return found(status, user);
}

static cogmig_status find_nobody(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, "b@example.com", &user, &err);
    return found(status, user);
}

/* ---- migrations ---- */

MAKES(make_migration, migration, cogmig_migration_new(migration_config, store, &made, &err))

MAKES(make_migration_config, migration_config, cogmig_migration_config_new(&made, &err))

static cogmig_status handle(const char *event, bool yes)
{
    char *response = NULL;
    size_t len = 0;
    cogmig_status status =
        cogmig_migration_handle(migration, event, strlen(event), &response, &len, &err);
    assert_int_equal(status == COGMIG_OK, response != NULL);
    if (response != NULL)
        assert_int_equal(strstr(response, "\"zoneinfo\"") != NULL, yes);
    cogmig_free(response);
    return status;
}

static cogmig_status handle_right(void)
{
    return handle(EVENT("UserMigration_Authentication", "U*U"), true);
}

static cogmig_status handle_wrong(void)
{
    return handle(EVENT("UserMigration_Authentication", "U*V"), false);
}

static cogmig_status handle_forgotten(void)
{
    return handle(EVENT("UserMigration_ForgotPassword", ""), true);
}

/* ---- the engine ---- */

static cogmig_status make_engine(void)
{
    cogmig_engine *made = new_engine(&err);
    cogmig_status status = made == NULL ? cogmig_error_status(&err) : COGMIG_OK;
    cogmig_engine_free(&made);
    return status;
}

static void take_verdict(void *user_data, const cogmig_verdict *verdict)
{
    (void)user_data, (void)verdict;
}

static cogmig_status configure_engine(void)
{
    cogmig_engine_config *config = NULL;
    cogmig_status status = cogmig_engine_config_new(&config, &err);
    if (status == COGMIG_OK)
        status = cogmig_engine_config_set_max_jobs(config, 16, &err);
    if (status == COGMIG_OK)
        status = cogmig_engine_config_set_deadline_ms(config, PATIENCE_MS, &err);
    if (status == COGMIG_OK)
        status = cogmig_engine_config_set_on_verdict(config, take_verdict, NULL, &err);
    cogmig_engine_config_free(&config);
    return status;
}

/* What a verdict holds beside its status; nothing of it is lost for want of memory. */
static void check_verdict(const cogmig_verdict *verdict)
{
    bool good = cogmig_verdict_status(verdict) == COGMIG_OK;
    const cogmig_user *user = cogmig_verdict_user(verdict);
    const char *response = cogmig_verdict_response(verdict, NULL);
    assert_true(cogmig_verdict_job(verdict) > 0);
    assert_ptr_equal(cogmig_verdict_job_data(verdict), &engine);
    assert_non_null(cogmig_verdict_error(verdict));
    assert_false(cogmig_verdict_password_cut(verdict));
    assert_true(good || (user == NULL && response == NULL));
    if (user != NULL)
        assert_string_equal(cogmig_user_id(user), "clx1");
}

static cogmig_status verdict_of(cogmig_status submitted)
{
    if (submitted != COGMIG_OK)
        return submitted;
    struct pollfd readable = {.fd = cogmig_engine_fd(engine), .events = POLLIN};
    cogmig_verdict *verdict = NULL;
    assert_int_equal(poll(&readable, 1, PATIENCE_MS), 1);
    assert_int_equal(cogmig_engine_poll(engine, &verdict, NULL), COGMIG_OK);
    assert_non_null(verdict);
    cogmig_status status = cogmig_verdict_status(verdict);
    check_verdict(verdict);
    cogmig_verdict_free(&verdict);
    return status;
}

static cogmig_status submit_password(void)
{
    return verdict_of(
        cogmig_engine_submit_password(engine, "U*U", 3, HASH, PATIENCE_MS, &engine, NULL, &err));
}

static cogmig_status submit_sign_in(void)
{
    return verdict_of(cogmig_engine_submit_sign_in(engine, store, EMAIL, "U*V", 3, PATIENCE_MS,
                                                   &engine, NULL, &err));
}

static cogmig_status submit_event(void)
{
    const char *event = EVENT("UserMigration_Authentication", "U*U");
    return verdict_of(cogmig_engine_submit_event(engine, migration, event, strlen(event),
                                                 PATIENCE_MS, &engine, NULL, &err));
}

static cogmig_status cancel(void)
{
    int64_t job = 0;
    cogmig_status status =
        cogmig_engine_submit_password(engine, "U*U", 3, HASH, PATIENCE_MS, &engine, &job, &err);
    if (status != COGMIG_OK)
        return status;
    status = cogmig_engine_cancel(engine, job, &err); /* unless it is done already */
    assert_true(status == COGMIG_OK || status == COGMIG_JOB_NOT_FOUND);
    status = verdict_of(COGMIG_OK);
    return status == COGMIG_JOB_CANCELLED ? COGMIG_OK : status;
}

static cogmig_status drain(void)
{
    cogmig_engine *made = new_engine(&err);
    if (made == NULL)
        return cogmig_error_status(&err);
    cogmig_status status = cogmig_engine_drain(made, PATIENCE_MS, &err);
    cogmig_engine_free(&made);
    return status;
}

static void check_world(void)
{
    assert_int_equal(verify_right(), COGMIG_OK);
    assert_int_equal(find_by_email(), COGMIG_OK);
    assert_int_equal(handle_right(), COGMIG_OK);
    assert_int_equal(submit_sign_in(), COGMIG_PASSWORD_MISMATCH);
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct world world = {make_world, check_world, NULL, release_world};
    static const struct step steps[] = {
        STEP(make_rules, OK),
        STEP(set_pepper, OK),
        STEP(verify_right, OK),
        STEP(verify_wrong, PASSWORD_MISMATCH),
        STEP(verify_digest, PASSWORD_MISMATCH),
        STEP(verify_dummy, PASSWORD_MISMATCH),
        STEP(verify_prehashed, OK),
        STEP(verify_up_to_cost, OK),
        STEP(verify_one_of_many, OK),
        STEP(verify_many, OK),
        STEP(make_store_config, OK),
        STEP(configure_store, STORE_UNREACHABLE),
        STEP(set_sql, OK),
        STEP(open_store, OK),
        STEP(find_by_email, OK),
        STEP(find_by_id, OK),
        STEP(find_nobody, USER_NOT_FOUND),
        STEP(make_migration_config, OK),
        STEP(make_migration, OK),
        STEP(handle_right, OK),
        STEP(handle_wrong, OK),
        STEP(handle_forgotten, OK),
        STEP(make_engine, OK),
        STEP(configure_engine, OK),
        STEP(submit_password, OK),
        STEP(submit_sign_in, PASSWORD_MISMATCH),
        STEP(submit_event, OK),
        STEP(cancel, OK),
        STEP(drain, OK),
    };
    (void)state;
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    return cmocka_run_group_tests_name("passwords", tests, NULL, NULL);
}
