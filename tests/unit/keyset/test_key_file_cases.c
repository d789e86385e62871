/* SPDX-License-Identifier: Apache-2.0
 * tests/data/key_files: each case is what a key file says; its README.md says how. */
#include "data_cases.h"
#include "keyset/keyset.h"
#include "keyset/saved_keys.h"
#include "status/error.h"
#include "vouched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_verdict(const char *path, cogmig_status status, const struct saved_keys *saved)
{
    struct buffer content = data_case_read(path, ".expected");
    struct span rest = {content.bytes, content.len}, line, word, kid;
    char expected[64];
    assert_true(next_line(&rest, &line));
    snprintf(expected, sizeof expected, "%.*s", (int)line.len, line.bytes);
    assert_string_equal(cogmig_status_name(status), expected);
    bool has_key = next_line(&rest, &line);
    assert_int_equal(saved->keyset != NULL, has_key);
    if (has_key) {
        split_line(line, &word, &kid);
        assert_true(span_equal_text(kid, cogmig_keyset_kid(saved->keyset, 0)));
    }
    buffer_release(&content);
}

/* What is behind the last byte would be seen by a sanitizer. */
static cogmig_status read_exactly(struct span bytes, struct saved_keys *ret_saved)
{
    static const struct saved_question question = {"u", SIGNATURE_RS256, 1700000000, 0};
    struct cogmig_error err = {.status = COGMIG_OK};
    char *exact = malloc(bytes.len);
    memcpy(exact, bytes.bytes, bytes.len);
    cogmig_status status =
        saved_keys_read((struct span){exact, bytes.len}, &question, ret_saved, &err);
    free(exact);
    assert_int_equal(err.status, status);
    return status;
}

static void judge_case(void **state)
{
    const char *path = *state;
    struct buffer json = data_case_read(path, ".case");
    struct buffer file = vouched((struct span){json.len == 0 ? "" : json.bytes, json.len});
    struct saved_keys saved;
    cogmig_status status = read_exactly((struct span){file.bytes, file.len}, &saved);
    check_verdict(path, status, &saved);
    keyset_release(&saved.keyset);
    buffer_release(&json);
    buffer_release(&file);
}

int main(void)
{
    return data_cases_run("key_files", judge_case, NULL, NULL);
}
