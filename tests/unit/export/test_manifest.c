/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cleanup.h"
#include "base/memory.h"
#include "cmocka_all.h"
#include "export/manifest.h"

#include <string.h>

static void write_one(struct buffer *out)
{
    char after[] = "a\"b", last_id[] = "z\u00E9\"";
    cogmig_export_config config = {
        .format = COGMIG_EXPORT_CSV, .after = after, .shard = 2, .shards = 3};
    struct export_columns columns = {.count = 2, .names = {"id", "na\nme"}};
    cogmig_export_result facts = {
        .rows = 12, .left_out = 3, .bytes = 4567, .part = 2, .last_part = true, .last_id = last_id};
    memset(facts.sha256, 'f', sizeof facts.sha256 - 1);
    strcpy(facts.snapshot_at, "2026-01-15T10:30:00.000Z");
    manifest_write(out, &config, &columns, "Us\"er", &facts);
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    SCOPED(buffer_release) struct buffer text = buffer_with_max(MANIFEST_MAX_BYTES);
    write_one(&text);
    const struct export_format *format;
    cogmig_export_result facts = {.rows = 0};
    assert_int_equal(manifest_read((struct span){text.bytes, text.len}, &format, &facts),
                     COGMIG_OK);
    assert_ptr_equal(format, &csv_format);
    assert_int_equal(facts.rows, 12);
    assert_int_equal(facts.left_out, 3);
    assert_int_equal(facts.bytes, 4567);
    assert_int_equal(facts.part, 2);
    assert_true(facts.last_part);
    assert_string_equal(facts.last_id, "z\u00E9\"");
    assert_string_equal(facts.snapshot_at, "2026-01-15T10:30:00.000Z");
    assert_int_equal(strspn(facts.sha256, "f"), 64);
    memory_free(facts.last_id);
}

static bool is_manifest(const char *text)
{
    const struct export_format *format;
    cogmig_export_result facts = {.rows = 0};
    bool read = manifest_read(span_of(text), &format, &facts) == COGMIG_OK;
    memory_free(facts.last_id);
    return read;
}

/* Each is the manifest with one thing exchanged. */
static void what_lacks_something_is_no_manifest(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"rows\": 12", "\"rows\": -12"},        {"\"rows\": 12", "\"rows\": \"12\""},
        {"\"rows\": 12", "\"Rows\": 12"},         {"\"format\": \"csv\"", "\"format\": \"xls\""},
        {"\"bytes\": 4567", "\"bytes\": 4.5"},    {"\"last_part\": true", "\"last_part\": null"},
        {"\"left_out\": 3", "\"left_aut\": 3"},   {"\"sha256\": \"", "\"sha256\": \"f"},
        {"\"part\": 2", "\"part\": 99999999999"}, {"\"snapshot_at\"", "\"snapshot_on\""},
    };
    SCOPED(buffer_release) struct buffer text = buffer_with_max(MANIFEST_MAX_BYTES);
    write_one(&text);
    assert_true(is_manifest(text.bytes));
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        SCOPED(buffer_release) struct buffer changed = buffer_with_max(MANIFEST_MAX_BYTES);
        const char *found = strstr(text.bytes, changes[i][0]);
        assert_non_null(found);
        buffer_add(&changed, (struct span){text.bytes, (size_t)(found - text.bytes)});
        buffer_add_text(&changed, changes[i][1]);
        buffer_add_text(&changed, found + strlen(changes[i][0]));
        if (is_manifest(changed.bytes))
            fail_msg("taken: %s\n", changes[i][1]);
    }
    assert_false(is_manifest(""));
    assert_false(is_manifest("[]"));
    assert_false(is_manifest("{}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(what_lacks_something_is_no_manifest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
