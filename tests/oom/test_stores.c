/* SPDX-License-Identifier: Apache-2.0
 * The calls of store.h and user.h with each allocation refused in turn, over SQLite; those over a
 * function of one's own are in test_passwords.c. A user is found as he is, or OUT_OF_MEMORY. */
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"
#include "users.h"

#include <cogmig/memory.h>
#include <cogmig/store.h>
#include <stdlib.h>
#include <string.h>

static cogmig_store_config *config;
static cogmig_store *store;
static struct cogmig_error err;

/* ---- the world ---- */

static cogmig_status configure(cogmig_store_config *made)
{
    cogmig_status status = cogmig_store_config_set_url(made, USERS_URL, &err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_add_attribute(made, "locale", "locale", &err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_add_disabled_column(made, "banned", COGMIG_DISABLED_WHEN_TRUE,
                                                         &err);
    return status;
}

static void make_world(void)
{
    assert_int_equal(cogmig_store_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(configure(config), COGMIG_OK);
    assert_int_equal(cogmig_store_open(config, &store, NULL), COGMIG_OK);
    cogmig_error_clear(&err);
}

static void release_world(void)
{
    cogmig_store_free(&store);
    cogmig_store_config_free(&config);
}

/* ---- configuration ---- */

typedef cogmig_status set_text(cogmig_store_config *made, const char *text, cogmig_error *error);

static cogmig_status set_names(cogmig_store_config *made)
{
    static set_text *const setters[] = {
        cogmig_store_config_set_preset,
        cogmig_store_config_set_schema,
        cogmig_store_config_set_table,
        cogmig_store_config_set_id_column,
        cogmig_store_config_set_email_column,
        cogmig_store_config_set_name_column,
        cogmig_store_config_set_password_column,
        cogmig_store_config_set_email_verified_column,
        cogmig_store_config_set_created_at_column,
        cogmig_store_config_set_updated_at_column,
    };
    cogmig_status status = COGMIG_OK;
    for (size_t i = 0; i < sizeof setters / sizeof setters[0] && status == COGMIG_OK; i++)
        status = setters[i](made, i == 0 ? cogmig_store_preset_name(0) : "something", &err);
    return status;
}

typedef cogmig_status set_number(cogmig_store_config *made, int32_t number, cogmig_error *error);

static cogmig_status set_numbers(cogmig_store_config *made)
{
    static const struct {
        set_number *set;
        int32_t number;
    } setters[] = {
        {cogmig_store_config_set_timeout_ms, 1000},
        {cogmig_store_config_set_max_connections, 4},
        {cogmig_store_config_set_min_connections, 1},
        {cogmig_store_config_set_acquire_timeout_ms, 1000},
        {cogmig_store_config_set_max_lifetime_s, 60},
        {cogmig_store_config_set_max_idle_s, 60},
        {cogmig_store_config_set_ping_after_idle_ms, 1000},
        {cogmig_store_config_set_pooler, COGMIG_POOLER_PGBOUNCER},
    };
    cogmig_status status = COGMIG_OK;
    for (size_t i = 0; i < sizeof setters / sizeof setters[0] && status == COGMIG_OK; i++)
        status = setters[i].set(made, setters[i].number, &err);
    return status;
}

static cogmig_status give_password(void *user_data, const char *host, const char *port,
                                   const char *user, char *password, size_t password_size)
{
    (void)user_data, (void)host, (void)port, (void)user, (void)password, (void)password_size;
    return COGMIG_OK;
}

static cogmig_status make_config(void)
{
    cogmig_store_config *made = NULL;
    cogmig_status status = cogmig_store_config_new(&made, &err);
    if (status == COGMIG_OK)
        status = set_names(made);
    if (status == COGMIG_OK)
        status = set_numbers(made);
    if (status == COGMIG_OK)
        status = cogmig_store_config_clear_disabled_columns(made, &err);
    if (status == COGMIG_OK)
        status = configure(made);
    if (status == COGMIG_OK)
        status = cogmig_store_config_set_password_table(made, "Account", "userId", "provider", "p",
                                                        &err);
    if (status == COGMIG_OK)
        status = cogmig_store_config_set_password_callback(made, give_password, NULL, &err);
    cogmig_store_config_free(&made);
    return status;
}

MAKES(make_config_from_env, store_config, cogmig_store_config_new_from_env(&made, &err))

/* ---- stores ---- */

MAKES(open_store, store, cogmig_store_open(config, &made, &err))

MAKES(open_store_from_env, store, cogmig_store_open_from_env(&made, &err))

static cogmig_status inspect(void)
{
    char *report = NULL;
    size_t len = 0;
    cogmig_status status = cogmig_store_inspect(config, &report, &len, &err);
    assert_int_equal(status == COGMIG_OK, report != NULL);
    if (status == COGMIG_OK)
        assert_int_equal(strlen(report), len);
    cogmig_free(report);
    return status;
}

/* ---- users ---- */

static cogmig_status is_ann(cogmig_status status, cogmig_user *user)
{
    assert_int_equal(status == COGMIG_OK, user != NULL);
    if (status == COGMIG_OK) {
        assert_string_equal(cogmig_user_id(user), "1");
        assert_string_equal(cogmig_user_email(user), USERS_EMAIL);
        assert_string_equal(cogmig_user_name(user), "Ann");
        assert_string_equal(cogmig_user_password_hash(user), USERS_HASH);
        assert_string_equal(cogmig_user_attribute(user, "locale"), "de");
        assert_string_equal(cogmig_user_created_at(user), "1970-01-01T00:00:00.000Z");
        assert_string_equal(cogmig_user_updated_at(user), "1970-01-01T00:00:00.000Z");
        assert_true(cogmig_user_email_verified(user));
        assert_false(cogmig_user_disabled(user));
    }
    cogmig_user_free(&user);
    return status;
}

static cogmig_status find_by_email(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, USERS_EMAIL, &user, &err);
    return is_ann(status, user);
}

static cogmig_status find_in_another_case(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, "Ann@Example.com", &user, &err);
    return is_ann(status, user);
}

static cogmig_status find_by_id(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_id(store, "1", &user, &err);
    return is_ann(status, user);
}

static cogmig_status find_nobody(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_email(store, "eve@example.com", &user, &err);
    return is_ann(status, user);
}

static cogmig_status find_disabled(void)
{
    cogmig_user *user = NULL;
    cogmig_status status = cogmig_store_find_by_id(store, "2", &user, &err);
    if (status == COGMIG_OK)
        assert_true(cogmig_user_disabled(user));
    cogmig_user_free(&user);
    return status;
}

static void check_world(void)
{
    assert_int_equal(find_by_email(), COGMIG_OK);
    assert_int_equal(find_nobody(), COGMIG_USER_NOT_FOUND);
    assert_int_equal(cogmig_store_get_counter(store, COGMIG_STORE_WAITING), 0);
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct world world = {make_world, check_world, NULL, release_world};
    static const struct step steps[] = {
        STEP(make_config, OK),
        STEP(make_config_from_env, OK),
        STEP(open_store, OK),
        STEP(open_store_from_env, OK),
        STEP(inspect, OK),
        STEP(find_by_email, OK),
        STEP(find_in_another_case, OK),
        STEP(find_by_id, OK),
        STEP(find_nobody, USER_NOT_FOUND),
        STEP(find_disabled, OK),
    };
    (void)state;
    setenv("DATABASE_URL", USERS_URL, 1);
    setenv("COGMIG_ATTRIBUTES", "locale=locale", 1);
    setenv("COGMIG_DISABLED_COLUMNS", "banned:true", 1);
    setenv("COGMIG_NAME_COLUMN", "name", 1);
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    users_prepare_sqlite();
    return cmocka_run_group_tests_name("stores", tests, users_enter_folder, users_leave_folder);
}
