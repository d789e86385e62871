/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "reconcile/sorter.h"
#include "status/error.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    LITTLE_MEMORY = 1, /* the least that a sorter works with: half a MiB */
    SEED = 20260115
};

static struct span span_at(const char *bytes, size_t len)
{
    return (struct span){bytes, len};
}

static struct sorter *new_sorter(size_t memory_bytes)
{
    struct sorter *sorter = NULL;
    assert_int_equal(sorter_new("/tmp", memory_bytes, &sorter, NULL), COGMIG_OK);
    return sorter;
}

static void add(struct sorter *sorter, const char *key, const char *content)
{
    assert_int_equal(sorter_add(sorter, span_of(key), span_of(content), NULL), COGMIG_OK);
}

static bool next(struct sorter *sorter, struct sorted *record)
{
    bool found = false;
    assert_int_equal(sorter_next(sorter, record, &found, NULL), COGMIG_OK);
    return found;
}

static void assert_next(struct sorter *sorter, const char *key, const char *content)
{
    struct sorted record;
    assert_true(next(sorter, &record));
    assert_true(span_equal_text(record.key, key));
    assert_true(span_equal_text(record.content, content));
}

static void a_few_records_come_in_the_order_of_their_keys(void **state)
{
    (void)state;
    struct sorted record;
    SCOPED(sorter_release) struct sorter *sorter = new_sorter(LITTLE_MEMORY);
    add(sorter, "b", "2");
    add(sorter, "", "0");
    add(sorter, "ab", "1.5");
    add(sorter, "a", "1");
    add(sorter, "\xc3\xa9", "");
    assert_int_equal(sorter_finish(sorter, NULL), COGMIG_OK);
    assert_next(sorter, "", "0");
    assert_next(sorter, "a", "1");
    assert_next(sorter, "ab", "1.5");
    assert_next(sorter, "b", "2");
    assert_next(sorter, "\xc3\xa9", "");
    assert_false(next(sorter, &record));
    assert_false(next(sorter, &record));
}

static void nothing_added_is_nothing_found(void **state)
{
    (void)state;
    struct sorted record;
    SCOPED(sorter_release) struct sorter *sorter = new_sorter(LITTLE_MEMORY);
    assert_int_equal(sorter_finish(sorter, NULL), COGMIG_OK);
    assert_false(next(sorter, &record));
}

/* Keys from a small range, so that many are equal; the content says when it was added. */
static void add_numbered(struct sorter *sorter, size_t count, size_t padding)
{
    SCOPED(memory_release) char *content = memory_new(padding + 16);
    memset(content, 'x', padding + 15);
    srandom(SEED);
    for (size_t i = 0; i < count; i++) {
        char key[32];
        int key_len = snprintf(key, sizeof key, "%ld", random() % 5000);
        int written = snprintf(content, 16, "%015zu", i);
        content[written] = 'x';
        assert_int_equal(
            sorter_add(sorter, span_at(key, (size_t)key_len), span_at(content, padding + 15), NULL),
            COGMIG_OK);
    }
}

static void assert_all_in_order(struct sorter *sorter, size_t count, size_t content_len)
{
    struct sorted record;
    char last_key[32] = "", last_number[16] = "";
    assert_int_equal(sorter_finish(sorter, NULL), COGMIG_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(next(sorter, &record));
        assert_int_equal(record.content.len, content_len);
        char key[32] = "", number[16] = "";
        memcpy(key, record.key.bytes, record.key.len);
        memcpy(number, record.content.bytes, 15);
        int order = strcmp(last_key, key);
        assert_true(order < 0 || (order == 0 && strcmp(last_number, number) < 0));
        memcpy(last_key, key, sizeof key);
        memcpy(last_number, number, sizeof number);
    }
    assert_false(next(sorter, &record));
}

static void records_of_one_key_keep_their_order_in_memory(void **state)
{
    (void)state;
    SCOPED(sorter_release) struct sorter *sorter = new_sorter(4 * 1024 * 1024);
    add_numbered(sorter, 20000, 0);
    assert_all_in_order(sorter, 20000, 15);
}

static void what_does_not_fit_into_memory_is_merged_from_pieces(void **state)
{
    (void)state;
    SCOPED(sorter_release) struct sorter *sorter = new_sorter(LITTLE_MEMORY);
    add_numbered(sorter, 60000, 30);
    assert_all_in_order(sorter, 60000, 45);
}

/* 90 MiB in pieces of half a MiB: more than 64, so that pieces are merged before the end, twice. */
static void many_pieces_are_merged_before_the_end(void **state)
{
    (void)state;
    SCOPED(sorter_release) struct sorter *sorter = new_sorter(LITTLE_MEMORY);
    add_numbered(sorter, 30000, 3000);
    assert_all_in_order(sorter, 30000, 3015);
}

static void records_larger_than_what_is_read_at_once_come_whole(void **state)
{
    (void)state;
    SCOPED(sorter_release) struct sorter *sorter = new_sorter(LITTLE_MEMORY);
    add_numbered(sorter, 40, 200 * 1024);
    assert_all_in_order(sorter, 40, 200 * 1024 + 15);
}

static void the_largest_record_fits_and_a_larger_one_is_refused(void **state)
{
    (void)state;
    struct sorted record;
    SCOPED(memory_release) char *bytes = memory_new(SORTER_MAX_RECORD + 1);
    SCOPED(sorter_release) struct sorter *sorter = new_sorter(LITTLE_MEMORY);
    struct span key = span_at(bytes, 100);
    for (int i = 0; i < 5; i++)
        assert_int_equal(sorter_add(sorter, key, span_at(bytes, SORTER_MAX_RECORD - 100), NULL),
                         COGMIG_OK);
    assert_int_equal(sorter_add(sorter, key, span_at(bytes, SORTER_MAX_RECORD - 99), NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(sorter_add(sorter, span_at(bytes, SORTER_MAX_RECORD + 1), key, NULL),
                     COGMIG_INVALID_ARGUMENT);
    assert_int_equal(sorter_finish(sorter, NULL), COGMIG_OK);
    for (int i = 0; i < 5; i++)
        assert_true(next(sorter, &record));
    assert_int_equal(record.content.len, SORTER_MAX_RECORD - 100);
    assert_false(next(sorter, &record));
}

static cogmig_status add_until_it_fails(struct sorter *sorter, struct cogmig_error *err)
{
    static const char content[4096];
    cogmig_status status = COGMIG_OK;
    for (int i = 0; status == COGMIG_OK && i < 1000; i++)
        status = sorter_add(sorter, span_of("key"), span_at(content, sizeof content), err);
    return status;
}

static void a_folder_that_is_not_there_is_told_when_it_is_needed(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    SCOPED(sorter_release) struct sorter *sorter = NULL;
    assert_int_equal(sorter_new("/nowhere/at/all", LITTLE_MEMORY, &sorter, NULL), COGMIG_OK);
    assert_int_equal(add_until_it_fails(sorter, &err), COGMIG_FILE_UNWRITABLE);
    assert_non_null(strstr(err.message, "work folder"));
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    struct cogmig_error err = {0};
    struct rlimit former, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
    small = (struct rlimit){100 * 1024, former.rlim_max};
    void (*former_handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    SCOPED(sorter_release) struct sorter *sorter = new_sorter(LITTLE_MEMORY);
    cogmig_status status = add_until_it_fails(sorter, &err);
    setrlimit(RLIMIT_FSIZE, &former);
    signal(SIGXFSZ, former_handler);
    assert_int_equal(status, COGMIG_DISK_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_few_records_come_in_the_order_of_their_keys),
        cmocka_unit_test(nothing_added_is_nothing_found),
        cmocka_unit_test(records_of_one_key_keep_their_order_in_memory),
        cmocka_unit_test(what_does_not_fit_into_memory_is_merged_from_pieces),
        cmocka_unit_test(many_pieces_are_merged_before_the_end),
        cmocka_unit_test(records_larger_than_what_is_read_at_once_come_whole),
        cmocka_unit_test(the_largest_record_fits_and_a_larger_one_is_refused),
        cmocka_unit_test(a_folder_that_is_not_there_is_told_when_it_is_needed),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
