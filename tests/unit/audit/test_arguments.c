/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"

#include <cogmig/audit.h>

static cogmig_status take_row(void *user_data, const cogmig_audit_row *row)
{
    (void)user_data;
    (void)row;
    return COGMIG_OK;
}

static void a_store_and_a_function_are_needed(void **state)
{
    cogmig_store_config *config = NULL;
    (void)state;
    assert_int_equal(cogmig_store_config_new(&config, NULL), COGMIG_OK);
    assert_int_equal(cogmig_audit_read(NULL, NULL, NULL, take_row, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_audit_read(config, NULL, NULL, NULL, NULL, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(cogmig_audit_read(config, NULL, NULL, take_row, NULL, NULL),
                     COGMIG_CONFIG_INCOMPLETE);
    cogmig_store_config_free(&config);
}

static void no_row_has_nothing(void **state)
{
    (void)state;
    assert_string_equal(cogmig_audit_row_id(NULL), "");
    assert_null(cogmig_audit_row_email(NULL));
    assert_null(cogmig_audit_row_name(NULL));
    assert_null(cogmig_audit_row_phone(NULL));
    assert_null(cogmig_audit_row_refused_attribute(NULL));
    assert_null(cogmig_audit_row_hash_kind(NULL));
    assert_int_equal(cogmig_audit_row_hash_length(NULL), 0);
    assert_false(cogmig_audit_row_email_verified(NULL));
    assert_false(cogmig_audit_row_disabled(NULL));
    assert_false(cogmig_audit_row_repeats_email(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_and_a_function_are_needed),
        cmocka_unit_test(no_row_has_nothing),
    };
    return cmocka_run_group_tests_name("audit: arguments", tests, NULL, NULL);
}
