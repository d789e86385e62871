/* SPDX-License-Identifier: Apache-2.0
 * The scanner against jansson, on documents and on what becomes of them when they are damaged. */
#include "cmocka_all.h"
#include "jansson_comparison.h"

#include <string.h>

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

/* ---- the two beside each other ---- */

struct tally {
    size_t of[DIFFERENT];
};

static void compare(struct span document, struct tally *tally)
{
    enum comparison comparison = compare_with_jansson(document);
    if (comparison == DIFFERENT)
        fail_msg("judged otherwise by jansson: %.*s\n", (int)document.len, document.bytes);
    tally->of[comparison]++;
}

static void both_read_the_same_in_whole_documents(void **state)
{
    (void)state;
    struct tally tally = {0};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
        compare(span_of(documents[i]), &tally);
    assert_int_equal(tally.of[BOTH_ACCEPT], sizeof documents / sizeof documents[0]);
}

/* promise 23 */
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
    assert_true(tally.of[BOTH_ACCEPT] > MUTATIONS_OF_EACH);
    assert_true(tally.of[BOTH_REFUSE] > 4 * MUTATIONS_OF_EACH);
    assert_true(tally.of[MAY_DIFFER] < MUTATIONS_OF_EACH / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_read_the_same_in_whole_documents),
        cmocka_unit_test(both_judge_damaged_documents_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
