/* SPDX-License-Identifier: Apache-2.0
 * Exports with each allocation refused in turn. */
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"
#include "users.h"

#include <cogmig/export.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cogmig_store_config *store;
static cogmig_export_config *config;
static struct cogmig_error err;

static void make_world(void)
{
    assert_int_equal(cogmig_store_config_new(&store, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_url(store, USERS_URL, NULL), COGMIG_OK);
    assert_int_equal(
        cogmig_store_config_add_disabled_column(store, "banned", COGMIG_DISABLED_WHEN_TRUE, NULL),
        COGMIG_OK);
    assert_int_equal(cogmig_export_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_export_config_set_part_rows(config, 1, NULL), COGMIG_OK);
}

static void remove_files(void)
{
    static const char *const names[] = {"users.json", "users-2.json", "users.json.manifest.json",
                                        "users-2.json.manifest.json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(names[i]);
}

static cogmig_status export_users(void)
{
    cogmig_export_result *result = NULL;
    remove_files();
    cogmig_status status = cogmig_export_to_file(config, store, "users.json", &result, &err);
    assert_int_equal(status == COGMIG_OK, result != NULL);
    cogmig_export_result_free(&result);
    return status;
}

static cogmig_status verify_users(void)
{
    return cogmig_export_verify("users.json", NULL, &err);
}

static cogmig_status take_bytes(void *user_data, const char *bytes, size_t len)
{
    (void)bytes;
    *(size_t *)user_data += len;
    return COGMIG_OK;
}

/* The world's configuration begins a new file after each user, which only a file can. */
static cogmig_status new_config(int32_t format, cogmig_export_config **ret_made)
{
    cogmig_status status = cogmig_export_config_new(ret_made, &err);
    return status == COGMIG_OK ? cogmig_export_config_set_format(*ret_made, format, &err) : status;
}

static cogmig_status told(cogmig_status status, cogmig_export_result *result, int64_t rows)
{
    assert_int_equal(status == COGMIG_OK, result != NULL);
    if (status == COGMIG_OK) {
        assert_int_equal(cogmig_export_result_rows(result), rows);
        assert_int_equal(cogmig_export_result_left_out(result), 2 - rows);
        assert_int_equal(cogmig_export_result_part(result), 1);
        assert_true(cogmig_export_result_is_last_part(result));
        assert_int_equal(strlen(cogmig_export_result_sha256(result)), 64);
        assert_int_equal(strlen(cogmig_export_result_snapshot_at(result)), 24);
        const char *last_id = cogmig_export_result_last_id(result); /* where they are in order */
        assert_true(last_id == NULL || strcmp(last_id, "2") == 0);
    }
    cogmig_export_result_free(&result);
    return status;
}

static cogmig_status export_in(cogmig_export_config *own, int64_t rows)
{
    cogmig_export_result *result = NULL;
    size_t len = 0;
    cogmig_status status = cogmig_export_to_callback(own, store, take_bytes, &len, &result, &err);
    if (status == COGMIG_OK)
        assert_int_equal(cogmig_export_result_bytes(result), len);
    return told(status, result, rows);
}

static cogmig_status leave_out(void *user_data, const char *id, const char *column,
                               const char *reason)
{
    (void)user_data, (void)column, (void)reason;
    assert_string_equal(id, "2");
    return COGMIG_OK;
}

/* Bob is banned: he is told of, and left out. */
static cogmig_status export_for_import(void)
{
    cogmig_export_config *own = NULL;
    cogmig_status status = new_config(COGMIG_EXPORT_COGNITO_CSV, &own);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_report(own, leave_out, NULL, &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_cognito_mfa(own, true, &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_cognito_header(
            own,
            "cognito:username,email,email_verified,phone_number_verified,"
            "cognito:mfa_enabled,custom:legacy_id",
            &err);
    if (status == COGMIG_OK)
        status = export_in(own, 1);
    cogmig_export_config_free(&own);
    return status;
}

static cogmig_status go_on(void *user_data, int64_t rows, int64_t estimate)
{
    (void)user_data, (void)rows, (void)estimate;
    return COGMIG_OK;
}

static cogmig_status export_as_csv(void)
{
    cogmig_export_config *own = NULL;
    cogmig_status status = new_config(COGMIG_EXPORT_CSV, &own);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_progress(own, go_on, NULL, &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_formula_guard(own, true, &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_limit(own, 10, &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_shard(own, 1, 1, &err);
    if (status == COGMIG_OK)
        status = export_in(own, 2);
    cogmig_export_config_free(&own);
    return status;
}

static cogmig_status export_to_descriptor(void)
{
    cogmig_export_config *own = NULL;
    cogmig_status status = new_config(COGMIG_EXPORT_NDJSON, &own);
    cogmig_export_result *result = NULL;
    int descriptor = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(descriptor >= 0);
    if (status == COGMIG_OK)
        status = cogmig_export_to_descriptor(own, store, descriptor, &result, &err);
    status = told(status, result, 2);
    close(descriptor);
    cogmig_export_config_free(&own);
    return status;
}

static cogmig_status count_users(void)
{
    int64_t count = -1;
    cogmig_status status = cogmig_export_count_users(store, &count, &err);
    if (status == COGMIG_OK)
        assert_int_equal(count, 2);
    return status;
}

static cogmig_status add_column(void)
{
    cogmig_export_config *made = NULL;
    cogmig_status status = cogmig_export_config_new(&made, &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_add_column(made, "a", "b", &err);
    if (status == COGMIG_OK)
        status = cogmig_export_config_set_after(made, "1", &err);
    cogmig_export_config_free(&made);
    return status;
}

static void check_world(void)
{
    assert_int_equal(export_users(), COGMIG_OK);
    assert_int_equal(verify_users(), COGMIG_OK);
}

static void release_world(void)
{
    cogmig_export_config_free(&config);
    cogmig_store_config_free(&store);
}

static const struct world world = {make_world, check_world, NULL, release_world};

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct step steps[] = {
        STEP(export_users, OK),      STEP(verify_users, OK),         STEP(export_as_csv, OK),
        STEP(export_for_import, OK), STEP(export_to_descriptor, OK), STEP(count_users, OK),
        STEP(add_column, OK)};
    (void)state;
    make_world();
    check_world(); /* so that there is something to verify */
    release_world();
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_refused_allocation_does_harm, users_enter_folder,
                                        users_leave_folder),
    };
    refusal_prepare();
    users_prepare_sqlite();
    return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
