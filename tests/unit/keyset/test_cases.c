/* SPDX-License-Identifier: Apache-2.0
 * tests/data/jwks: each case is a JWKS document; its README.md says how. */
#include "data_cases.h"
#include "keyset/keyset.h"

#include <cogmig/keyset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_TEXT = 1024 * 1024
};

static struct buffer make_document(const char *path)
{
    struct buffer raw = data_case_read(path, ".case");
    struct buffer plain = buffer_with_max(MAX_TEXT), document = buffer_with_max(MAX_TEXT);
    static const char n[] = "\"{{repeat 340 _}}_w\"", m[] = "\"{{repeat 339 _}}-_w\"";
    const struct replacement replacements[] = {
        {"{{n}}", {n, sizeof n - 1}},
        {"{{m}}", {m, sizeof m - 1}},
        {"{{rsa}}", span_of("\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\"")}};
    add_replaced(&plain, (struct span){raw.bytes, raw.len}, replacements, 3);
    add_expanded(&document, (struct span){plain.bytes, plain.len});
    buffer_add_text(&document, "");
    buffer_release(&raw);
    buffer_release(&plain);
    return document;
}

static void check_kids(const cogmig_keyset *keyset, struct span kids)
{
    size_t count = 0;
    for (; kids.len > 0; count++) {
        struct span kid;
        split_line(kids, &kid, &kids);
        const char *found = cogmig_keyset_kid(keyset, count);
        assert_non_null(found);
        assert_true(span_equal_text(kid, found));
    }
    assert_int_equal(cogmig_keyset_size(keyset), count);
    assert_null(cogmig_keyset_kid(keyset, count));
}

static void check_verdict(const char *path, cogmig_status status, const cogmig_keyset *keyset)
{
    struct buffer content = data_case_read(path, ".expected");
    struct span rest = {content.bytes, content.len}, line, word, kids = {"", 0};
    char expected[64];
    assert_true(next_line(&rest, &line));
    snprintf(expected, sizeof expected, "%.*s", (int)line.len, line.bytes);
    assert_string_equal(cogmig_status_name(status), expected);
    if (next_line(&rest, &line)) {
        split_line(line, &word, &kids);
        assert_true(span_equal_text(word, "kids"));
    }
    check_kids(keyset, kids);
    buffer_release(&content);
}

/* What was read is read again when it was written. */
static void check_written(const cogmig_keyset *keyset)
{
    struct buffer written = buffer_with_max(2 * JWKS_MAX_BYTES);
    cogmig_keyset *again = NULL;
    keyset_write(keyset, &written);
    struct span bytes = {written.bytes, written.len};
    assert_int_equal(keyset_parse(bytes, &again, NULL), COGMIG_OK);
    assert_int_equal(again->count, keyset->count);
    for (size_t i = 0; i < keyset->count; i++)
        assert_true(key_equal(&keyset->keys[i], &again->keys[i]));
    keyset_release(&again);
    buffer_release(&written);
}

static void judge_case(void **state)
{
    const char *path = *state;
    struct buffer document = make_document(path);
    cogmig_keyset *keyset = NULL;
    cogmig_error *err = NULL;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    char *exact = malloc(document.len + (document.len == 0));
    memcpy(exact, document.bytes, document.len);
    cogmig_status status = cogmig_keyset_parse(exact, document.len, &keyset, err);
    free(exact);
    check_verdict(path, status, keyset);
    assert_true((keyset != NULL) == (status == COGMIG_OK));
    if (keyset != NULL)
        check_written(keyset);
    assert_int_equal(cogmig_error_status(err), status);
    assert_true((strlen(cogmig_error_message(err)) > 0) == (status != COGMIG_OK));
    cogmig_keyset_free(&keyset);
    cogmig_error_free(&err);
    buffer_release(&document);
}

int main(void)
{
    return data_cases_run("jwks", judge_case, NULL, NULL);
}
