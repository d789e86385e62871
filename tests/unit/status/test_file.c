/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "status/error.h"
#include "status/file.h"

#include <errno.h>

static void a_full_disk_is_an_outage_and_a_wrong_path_is_not(void **state)
{
    (void)state;
    static const struct {
        int reason;
        cogmig_status status;
        cogmig_kind kind;
    } cases[] = {
        {ENOSPC, COGMIG_DISK_FULL, COGMIG_KIND_UNAVAILABLE},
        {EDQUOT, COGMIG_DISK_FULL, COGMIG_KIND_UNAVAILABLE},
        {EFBIG, COGMIG_DISK_FULL, COGMIG_KIND_UNAVAILABLE},
        {EIO, COGMIG_DISK_FULL, COGMIG_KIND_UNAVAILABLE},
        {ENOMEM, COGMIG_OUT_OF_MEMORY, COGMIG_KIND_UNAVAILABLE},
        {EACCES, COGMIG_FILE_UNWRITABLE, COGMIG_KIND_INVALID},
        {ENOENT, COGMIG_FILE_UNWRITABLE, COGMIG_KIND_INVALID},
        {EEXIST, COGMIG_FILE_UNWRITABLE, COGMIG_KIND_INVALID},
        {EROFS, COGMIG_FILE_UNWRITABLE, COGMIG_KIND_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cogmig_status status = fail_to_write(NULL, "x", cases[i].reason);
        assert_int_equal(status, cases[i].status);
        assert_int_equal(cogmig_status_kind(status), cases[i].kind);
    }
}

static void the_message_names_the_file_and_the_reason(void **state)
{
    (void)state;
    cogmig_error err = {0};
    fail_to_write(&err, "backups/users.json", ENOSPC);
    assert_string_equal(err.message, "Cannot write backups/users.json: No space left on device.");
    assert_int_equal(err.upstream, COGMIG_UPSTREAM_SYSTEM);
    assert_string_equal(err.upstream_code, "28");
    fail_to_write(&err, "users.json", EEXIST);
    assert_string_equal(err.message, "Cannot write users.json: File exists, and it was not "
                                     "touched.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_is_an_outage_and_a_wrong_path_is_not),
        cmocka_unit_test(the_message_names_the_file_and_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
