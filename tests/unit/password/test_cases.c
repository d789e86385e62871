/* SPDX-License-Identifier: Apache-2.0
 * tests/data/passwords: each case is passwords and stored values; its README.md says how. */
#include "data_cases.h"
#include "password/bcrypt_hash.h"
#include "password/password.h"

#include <cogmig/password.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_VALUES = 64,
    MAX_VALUE = 4096
};

/* ---- NAME.case ---- */

/* Blocks of their exact size, so that a byte read too far is seen by a sanitizer. */
struct values {
    char *at[MAX_VALUES];
    size_t lens[MAX_VALUES];
    size_t count;
};

struct passwords_case {
    cogmig_password_rules *rules;
    struct values passwords;
    struct values stored; /* at[0] is NULL when there is none */
};

static void add_value(struct values *values, struct span text, size_t room_behind)
{
    assert_true(values->count < MAX_VALUES);
    struct buffer value = buffer_with_max(MAX_VALUE);
    add_expanded(&value, text);
    assert_int_equal(value.state, BUFFER_GOOD);
    char *exact = calloc(1, value.len + room_behind);
    if (value.len > 0)
        memcpy(exact, value.bytes, value.len);
    values->lens[values->count] = value.len;
    values->at[values->count++] = exact;
    buffer_release(&value);
}

static void set_pepper(cogmig_password_rules *rules, struct span text)
{
    struct values pepper = {.count = 0};
    add_value(&pepper, text, 1);
    assert_int_equal(cogmig_password_rules_set_pepper(rules, pepper.at[0], pepper.lens[0], NULL),
                     COGMIG_OK);
    free(pepper.at[0]);
}

static void read_line(struct passwords_case *c, struct span line)
{
    struct span word, rest;
    split_line(line, &word, &rest);
    if (span_equal_text(word, "password"))
        add_value(&c->passwords, rest, rest.len == 0);
    else if (span_equal_text(word, "stored"))
        add_value(&c->stored, rest, 1);
    else if (span_equal_text(word, "strict-length"))
        assert_int_equal(cogmig_password_rules_set_strict_length(c->rules, true, NULL), COGMIG_OK);
    else if (span_equal_text(word, "allow-2x"))
        assert_int_equal(cogmig_password_rules_allow_2x(c->rules, NULL), COGMIG_OK);
    else if (span_equal_text(word, "allow-2"))
        assert_int_equal(cogmig_password_rules_allow_2(c->rules, NULL), COGMIG_OK);
    else if (span_equal_text(word, "max-cost"))
        assert_int_equal(cogmig_password_rules_set_max_cost(
                             c->rules, (int32_t)strtol(rest.bytes, NULL, 10), NULL),
                         COGMIG_OK);
    else if (span_equal_text(word, "pepper"))
        set_pepper(c->rules, rest);
    else
        fail_msg("A case has no line \"%.*s\".", (int)line.len, line.bytes);
}

static void read_case(const char *path, struct passwords_case *c)
{
    struct buffer content = data_case_read(path, ".case");
    struct span rest = {content.bytes, content.len}, line;
    assert_int_equal(cogmig_password_rules_new(&c->rules, NULL), COGMIG_OK);
    while (next_line(&rest, &line))
        read_line(c, line);
    if (c->stored.count == 0)
        c->stored.count = 1;
    assert_true(c->passwords.count > 0);
    buffer_release(&content);
}

static void release_values(struct values *values)
{
    for (size_t i = 0; i < values->count; i++)
        free(values->at[i]);
}

static void release_case(struct passwords_case *c)
{
    cogmig_password_rules_free(&c->rules);
    release_values(&c->passwords);
    release_values(&c->stored);
}

/* ---- NAME.expected ---- */

struct expected {
    char status[64];
    bool cut;
    char says[64];
};

static struct expected read_expected(const char *path)
{
    struct expected expected = {.cut = false};
    struct buffer content = data_case_read(path, ".expected");
    struct span rest = {content.bytes, content.len}, line, word, text;
    assert_true(next_line(&rest, &line));
    snprintf(expected.status, sizeof expected.status, "%.*s", (int)line.len, line.bytes);
    while (next_line(&rest, &line)) {
        split_line(line, &word, &text);
        if (span_equal_text(word, "cut"))
            expected.cut = true;
        else if (span_equal_text(word, "says"))
            snprintf(expected.says, sizeof expected.says, "%.*s", (int)text.len, text.bytes);
        else
            fail_msg("No \"%.*s\" is expected.", (int)line.len, line.bytes);
    }
    buffer_release(&content);
    return expected;
}

/* ---- one after the other, then side by side ---- */

static void judge_pair(const struct passwords_case *c, size_t p, size_t s,
                       const struct expected *expected)
{
    bool cut = false;
    cogmig_error *err = NULL;
    assert_int_equal(cogmig_error_new(&err), COGMIG_OK);
    struct span password = {c->passwords.at[p], c->passwords.lens[p]};
    cogmig_status status = password_verify(c->rules, password, c->stored.at[s], BCRYPT_MIN_COST,
                                           &cut, err); /* a cheap stand-in */
    assert_string_equal(cogmig_status_name(status), expected->status);
    assert_int_equal(cut, expected->cut);
    assert_int_equal(cogmig_error_status(err), status);
    assert_non_null(strstr(cogmig_error_message(err), expected->says));
    cogmig_error_free(&err);
}

static bool is_quick(const struct passwords_case *c, size_t s)
{
    return cogmig_password_cost(c->stored.at[s]) != 0;
}

/* Only where there is a hash to compare with: a stand-in of cost 10 for every damaged one would
 * take seconds. */
static void judge_side_by_side(const struct passwords_case *c, const struct expected *expected)
{
    static const char *passwords[MAX_VALUES * MAX_VALUES], *stored[MAX_VALUES * MAX_VALUES];
    static size_t lens[MAX_VALUES * MAX_VALUES];
    static cogmig_status statuses[MAX_VALUES * MAX_VALUES];
    static bool cut[MAX_VALUES * MAX_VALUES];
    size_t count = 0;
    for (size_t p = 0; p < c->passwords.count; p++) {
        for (size_t s = 0; s < c->stored.count; s++) {
            passwords[count] = c->passwords.at[p];
            lens[count] = c->passwords.lens[p];
            stored[count] = c->stored.at[s];
            count += is_quick(c, s);
        }
    }
    assert_int_equal(cogmig_password_rules_verify_many(c->rules, passwords, lens, stored, count,
                                                       statuses, cut, NULL),
                     COGMIG_OK);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(cogmig_status_name(statuses[i]), expected->status);
        assert_int_equal(cut[i], expected->cut);
    }
}

static void judge_case(void **state)
{
    struct passwords_case c = {.rules = NULL};
    read_case(*state, &c);
    struct expected expected = read_expected(*state);
    for (size_t p = 0; p < c.passwords.count; p++)
        for (size_t s = 0; s < c.stored.count; s++)
            judge_pair(&c, p, s, &expected);
    judge_side_by_side(&c, &expected);
    release_case(&c);
}

int main(void)
{
    return data_cases_run("passwords", judge_case, NULL, NULL);
}
