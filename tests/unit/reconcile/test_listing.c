/* SPDX-License-Identifier: Apache-2.0
 * The file of a saved listing: what is taken up, and what is left alone. */
#include "cmocka_all.h"
#include "reconcile/listing_file.h"
#include "status/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADING                                                                                    \
    "{\"listing\":1,\"pool\":\"p\",\"legacy_id_attribute\":\"custom:a\",\"format\":\"cogmig\"}\n"
#define ANN "{\"sub\":\"s\",\"email_verified\":true,\"enabled\":true}\n"

static char path[32];
static struct listing_file file;
static struct listing_place place;
static int told;

static int make_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/cogmig-listing-XXXXXX");
    int descriptor = mkstemp(path);
    told = 0;
    return descriptor >= 0 && close(descriptor) == 0 ? 0 : -1;
}

static int remove_path(void **state)
{
    (void)state;
    listing_file_close(&file);
    buffer_release(&place.next);
    return unlink(path);
}

static void write_down(const char *content)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    assert_true(fputs(content, stream) >= 0);
    fclose(stream);
}

static void assert_content(const char *expected)
{
    char content[512] = "";
    FILE *stream = fopen(path, "r");
    assert_non_null(stream);
    content[fread(content, 1, sizeof content - 1, stream)] = '\0';
    fclose(stream);
    assert_string_equal(content, expected);
}

static cogmig_status count(void *user_data, const struct account *user, cogmig_error *err)
{
    (void)user_data, (void)err;
    assert_int_equal(user->texts[ACCOUNT_SUB].len, 1);
    told++;
    return COGMIG_OK;
}

static cogmig_status open_it(void)
{
    struct cogmig_error err = {.status = COGMIG_OK};
    static const struct listing_subject subject = {"p", "custom:a"};
    cogmig_status status = listing_file_open(path, &subject, count, NULL, &file, &place, &err);
    assert_int_equal(status, err.status);
    return status;
}

static void a_new_one_begins_with_its_heading(void **state)
{
    (void)state;
    assert_int_equal(open_it(), COGMIG_OK);
    assert_content(HEADING);
    assert_false(place.is_whole);
    assert_int_equal(place.next.len, 0);
}

static void one_that_is_whole_is_told_and_done(void **state)
{
    (void)state;
    write_down(HEADING ANN "{\"next\":null}\n");
    assert_int_equal(open_it(), COGMIG_OK);
    assert_true(place.is_whole);
    assert_int_equal(told, 1);
}

static void what_is_behind_the_last_whole_page_is_cut_off(void **state)
{
    (void)state;
    write_down(HEADING ANN "{\"next\":\"t\"}\n" ANN "{\"su");
    assert_int_equal(open_it(), COGMIG_OK);
    assert_false(place.is_whole);
    assert_string_equal(place.next.bytes, "t");
    assert_content(HEADING ANN "{\"next\":\"t\"}\n");
}

static void a_heading_that_was_cut_off_is_written_again(void **state)
{
    (void)state;
    write_down("{\"listing\":1,\"po");
    assert_int_equal(open_it(), COGMIG_OK);
    assert_content(HEADING);
}

static void somebodys_file_is_not_touched(void **state)
{
    static const char *const contents[] = {
        "a letter without a line end",
        "{\"a\":\"document\"}",
        "a letter\n",
        "{\"listing\":1,\"pool\":\"another\",\"legacy_id_attribute\":\"custom:a\"}\n",
        "{\"listing\":1,\"pool\":\"p\",\"legacy_id_attribute\":\"custom:b\"}\n",
        HEADING "not JSON\n",
        HEADING "{\"email\":\"nobody@example.com\"}\n",
        HEADING "{\"next\":1}\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        write_down(contents[i]);
        assert_int_equal(open_it(), COGMIG_CONFIG_INVALID);
        assert_content(contents[i]);
        listing_file_close(&file);
        buffer_release(&place.next);
    }
}

static void what_is_no_file_is_not_read(void **state)
{
    (void)state;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(open_it(), COGMIG_CONFIG_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_one_begins_with_its_heading, make_path, remove_path),
        cmocka_unit_test_setup_teardown(one_that_is_whole_is_told_and_done, make_path, remove_path),
        cmocka_unit_test_setup_teardown(what_is_behind_the_last_whole_page_is_cut_off, make_path,
                                        remove_path),
        cmocka_unit_test_setup_teardown(a_heading_that_was_cut_off_is_written_again, make_path,
                                        remove_path),
        cmocka_unit_test_setup_teardown(somebodys_file_is_not_touched, make_path, remove_path),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_not_read, make_path, remove_path),
    };
    return cmocka_run_group_tests_name("saved listings", tests, NULL, NULL);
}
