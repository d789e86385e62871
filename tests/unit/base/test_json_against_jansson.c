/* SPDX-License-Identifier: Apache-2.0
 * The scanner against jansson, on documents and on what becomes of them when they are damaged.
 *
 * Where the two may differ:
 * - numbers beyond 64 bits or a double: jansson refuses them, the scanner leaves them to
 * json_integer()
 * - U+0000 in a member's name: jansson cannot keep it, the scanner can
 * - nesting beyond 32 and more than 256 members: refused by the scanner alone
 * - a NUL byte right behind a number: jansson 2.14 skips it, the scanner never takes a NUL byte */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "bounded.h"
#include "cmocka_all.h"
#include "jansson_oracle.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    MUTATIONS_OF_EACH = 4000,
    ROOM = 512
};

static const char *const documents[] = {
    "{\"sub\":\"1754aa68-d041-7034\",\"iss\":\"https:\\/\\/x\\/y\",\"exp\":1690319579}",
    "{\"keys\":[{\"alg\":\"RS256\",\"e\":\"AQAB\",\"kid\":\"a+/"
    "=\"},{\"n\":\"x\",\"use\":\"sig\"}]}",
    "[1,-1,0,-0,1.5,-2.5e10,3E-2,0e0,9223372036854775807,-9223372036854775808]",
    "\"\\u0041\\ud83d\\ude00\\n\\\"\\\\\\/"
    "\\b\\f\\r\\t\\u0000\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"",
    "{\"a\":{\"b\":{\"c\":[[],{},[{}],null,true,false]}},\"d\":\"\",\"\":0}",
    "{\"a\":1,\"b\":2,\"\\u0063\":3,\"d\":{\"a\":1,\"b\":[\"a\",\"a\"]}}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    " [ true , false , null ] ",
    "{\"cognito:groups\":[\"admins\",\"users\"],\"email_verified\":true,\"x\":1e-5}",
};

/* The same sequence at every run. */
static uint32_t random_below(uint32_t bound)
{
    static uint64_t seed = 20260101;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % bound;
}

static char interesting_byte(void)
{
    static const char bytes[] =
        "{}[]\",:\\/u0189aAbdDeEfntr+-. \t\n\x01\x7F\x80\xBF\xC0\xC3\xE2\xED"
        "\xF0\xF4\xFF";
    return random_below(8) == 0 ? (char)random_below(256)
                                : bytes[random_below(sizeof bytes)]; /* its NUL as well */
}

struct draft {
    char bytes[ROOM];
    size_t len;
};

static void insert(struct draft *d, size_t at, const char *bytes, size_t len)
{
    if (d->len + len > ROOM)
        return;
    memmove(d->bytes + at + len, d->bytes + at, d->len - at);
    memmove(d->bytes + at, bytes, len);
    d->len += len;
}

static void cut_out(struct draft *d, size_t at, size_t len)
{
    memmove(d->bytes + at, d->bytes + at + len, d->len - at - len);
    d->len -= len;
}

static void mutate(struct draft *d)
{
    if (d->len == 0)
        return;
    size_t at = random_below((uint32_t)d->len);
    size_t run = 1 + random_below((uint32_t)(d->len - at < 12 ? d->len - at : 12));
    char byte = interesting_byte(), copy[12];
    switch (random_below(5)) {
    case 0:
        d->bytes[at] = byte;
        break;
    case 1:
        insert(d, at, &byte, 1);
        break;
    case 2:
        cut_out(d, at, 1);
        break;
    case 3:
        cut_out(d, at, run);
        break;
    default:
        memcpy(copy, d->bytes + at, run);
        insert(d, random_below((uint32_t)d->len), copy, run);
    }
}

/* ---- the scanner's view, in the oracle's form ---- */

static void write_text(struct buffer *values, struct json_value string, bool with_length)
{
    char *decoded = malloc(string.text.len), start[32];
    size_t len = json_string_decode_into(string, decoded);
    snprintf(start, sizeof start, "s%zu:", len);
    if (with_length)
        buffer_add_text(values, start);
    buffer_add(values, (struct span){decoded, len});
    assert_true(json_string_equals(string, (struct span){decoded, len}));
    free(decoded);
}

static void write_number(struct buffer *values, struct json_value number)
{
    int64_t integer;
    char text[32] = "r";
    if (json_integer(number, &integer))
        snprintf(text, sizeof text, "i%" PRId64, integer);
    buffer_add_text(values, text);
}

static void write_value(struct buffer *values, struct json_value value);

static void write_object(struct buffer *values, struct json_value object)
{
    struct json_cursor cursor = json_enter(object);
    struct json_value name, member;
    buffer_add_byte(values, '{');
    while (json_next_member(&cursor, &name, &member)) {
        write_text(values, name, false);
        buffer_add_byte(values, '=');
        write_value(values, member);
    }
    buffer_add_byte(values, '}');
}

static void write_array(struct buffer *values, struct json_value array)
{
    struct json_cursor cursor = json_enter(array);
    struct json_value element;
    buffer_add_byte(values, '[');
    while (json_next_element(&cursor, &element))
        write_value(values, element);
    buffer_add_byte(values, ']');
}

static void write_value(struct buffer *values, struct json_value value)
{
    static const char literals[] = {[JSON_NULL] = 'n', [JSON_TRUE] = 't', [JSON_FALSE] = 'f'};
    switch (value.type) {
    case JSON_OBJECT:
        write_object(values, value);
        break;
    case JSON_ARRAY:
        write_array(values, value);
        break;
    case JSON_STRING:
        write_text(values, value, true);
        break;
    case JSON_NUMBER:
        write_number(values, value);
        break;
    default:
        buffer_add_byte(values, literals[value.type]);
    }
}

/* ---- the two beside each other ---- */

struct tally {
    size_t accepted;
    size_t refused;
    size_t excused;
};

static bool refused_by_the_scanner_alone(const struct json_fault *fault)
{
    return strcmp(fault->reason, "nested too deep") == 0 ||
           strcmp(fault->reason, "too many members in one object") == 0;
}

static void assert_refused_for_its_nul(bool accepted, struct tally *tally)
{
    assert_false(accepted);
    tally->refused++;
}

static void compare(struct span document, struct tally *tally)
{
    SCOPED(bounded_release) struct span copy = bounded_copy(document);
    SCOPED(buffer_release) struct buffer ours = buffer_with_max(1 << 16);
    SCOPED(buffer_release) struct buffer theirs = buffer_with_max(1 << 16);
    struct json_value root;
    struct json_fault fault;
    bool accepted = json_check(copy, &root, &fault);
    if (span_contains_nul(copy)) {
        assert_refused_for_its_nul(accepted, tally);
        return;
    }
    enum oracle oracle = oracle_read(copy, &theirs);
    if (accepted)
        write_value(&ours, root);
    if (oracle == ORACLE_CANNOT_SAY || (!accepted && refused_by_the_scanner_alone(&fault))) {
        tally->excused++;
        return;
    }
    if (accepted != (oracle == ORACLE_ACCEPTS) ||
        !span_equal((struct span){ours.bytes, ours.len}, (struct span){theirs.bytes, theirs.len}))
        fail_msg("%s, but not by jansson: %.*s\n", accepted ? "accepted" : "refused",
                 (int)document.len, document.bytes);
    *(accepted ? &tally->accepted : &tally->refused) += 1;
}

static void both_read_the_same_in_whole_documents(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
        compare(span_of(documents[i]), &tally);
    assert_int_equal(tally.accepted, sizeof documents / sizeof documents[0]);
}

static void both_judge_damaged_documents_alike(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        for (size_t round = 0; round < MUTATIONS_OF_EACH; round++) {
            struct draft draft = {.len = strlen(documents[i])};
            memcpy(draft.bytes, documents[i], draft.len);
            for (uint32_t times = 1 + random_below(3); times > 0; times--)
                mutate(&draft);
            compare((struct span){draft.bytes, draft.len}, &tally);
        }
    }
    assert_true(tally.accepted > MUTATIONS_OF_EACH);
    assert_true(tally.refused > 4 * MUTATIONS_OF_EACH);
    assert_true(tally.excused < MUTATIONS_OF_EACH / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_read_the_same_in_whole_documents),
        cmocka_unit_test(both_judge_damaged_documents_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
