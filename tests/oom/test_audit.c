/* SPDX-License-Identifier: Apache-2.0
 * Every call of audit.h with each allocation refused in turn: all rows as they are, or
 * OUT_OF_MEMORY. */
#include "cmocka_all.h"
#include "refusal.h"
#include "status/error.h"
#include "users.h"

#include <cogmig/audit.h>
#include <string.h>

static cogmig_store_config *store;
static struct cogmig_error err;

static void make_world(void)
{
    assert_int_equal(cogmig_store_config_new(&store, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_set_url(store, USERS_URL, NULL), COGMIG_OK);
    assert_int_equal(cogmig_store_config_add_attribute(store, "birthdate", "locale", NULL),
                     COGMIG_OK);
}

static cogmig_status check_row(void *user_data, const cogmig_audit_row *row)
{
    int nth = ++*(int *)user_data;
    assert_string_equal(cogmig_audit_row_id(row), nth == 1 ? "1" : "2");
    assert_string_equal(cogmig_audit_row_email(row), nth == 1 ? USERS_EMAIL : "bob@example.com");
    assert_string_equal(cogmig_audit_row_name(row), nth == 1 ? "Ann" : "Bob");
    assert_false(cogmig_audit_row_repeats_email(row));
    assert_int_equal(cogmig_audit_row_email_verified(row), nth == 1);
    assert_int_equal(cogmig_audit_row_phone(row) != NULL, nth == 1);
    assert_int_equal(cogmig_audit_row_disabled(row), nth == 2);
    assert_int_equal(cogmig_audit_row_refused_attribute(row) != NULL, nth == 1);
    assert_string_equal(cogmig_audit_row_hash_kind(row), nth == 1 ? "$2a$04$" : "x");
    assert_int_equal(cogmig_audit_row_hash_length(row), nth == 1 ? strlen(USERS_HASH) : 1);
    return COGMIG_OK;
}

static cogmig_status audit(void)
{
    int rows = 0;
    cogmig_status status = cogmig_audit_read(store, "locale", "banned", check_row, &rows, &err);
    if (status == COGMIG_OK)
        assert_int_equal(rows, 2);
    return status;
}

static void check_world(void)
{
    assert_int_equal(audit(), COGMIG_OK);
}

static void release_world(void)
{
    cogmig_store_config_free(&store);
}

/* promise 4 */
static void no_refused_allocation_does_harm(void **state)
{
    static const struct world world = {make_world, check_world, NULL, release_world};
    static const struct step steps[] = {STEP(audit, OK)};
    (void)state;
    sweep(&world, steps, sizeof steps / sizeof steps[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refused_allocation_does_harm),
    };
    refusal_prepare();
    users_prepare_sqlite();
    return cmocka_run_group_tests_name("audit", tests, users_enter_folder, users_leave_folder);
}
