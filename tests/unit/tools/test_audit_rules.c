/* SPDX-License-Identifier: Apache-2.0 */
#include "audit_rules.h"
#include "cmocka_all.h"

#include <string.h>

static void addresses_that_cognito_will_not_take(void **state)
{
    static const char *const refused[] = {
        NULL,        "",          "nobody",          "@example.com", "a@",        "a@b@example.com",
        "a@example", "a @ex.com", "a@example.com\n", "a@.com",       "a@ex.com.", "a@ex..com",
        " a@ex.com"};
    static const char *const taken[] = {"a@example.com", "A.b+c@Example.co.uk",
                                        "\xC3\xBC@ex\xC3\xA4mple.com"};
    char longest[129 + 1];
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_non_null(email_fault(refused[i]));
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        assert_null(email_fault(taken[i]));
    memset(longest, 'a', sizeof longest);
    memcpy(longest + sizeof longest - 1 - 12, "@example.com", sizeof "@example.com");
    assert_non_null(email_fault(longest));
    assert_null(email_fault(longest + 1));
}

static void telephone_numbers_are_plus_and_2_to_15_digits(void **state)
{
    (void)state;
    assert_true(is_e164("+4915112345678"));
    assert_true(is_e164("+12"));
    assert_true(is_e164("+123456789012345"));
    assert_false(is_e164("+1234567890123456"));
    assert_false(is_e164("+1"));
    assert_false(is_e164("+0123"));
    assert_false(is_e164("004915112345678"));
    assert_false(is_e164("+49 151 12345678"));
    assert_false(is_e164("+49(151)1"));
    assert_false(is_e164(""));
    assert_false(is_e164("+"));
}

static void lengths_are_those_of_characters(void **state)
{
    (void)state;
    assert_false(is_longer_than("\xC3\xA4\xC3\xB6", 2));
    assert_true(is_longer_than("\xC3\xA4\xC3\xB6", 1));
}

static struct hash_rules rules = {.max_cost = 15};

static void expect(const char *kind, int64_t length, enum hash_worth worth, int32_t cost)
{
    struct hash_reading reading = read_hash(kind, length, &rules);
    assert_int_equal(reading.worth, worth);
    assert_int_equal(reading.cost, cost);
}

static void a_hash_is_judged_by_its_beginning_and_length(void **state)
{
    (void)state;
    expect(NULL, 0, HASH_NONE, 0);
    expect("", 0, HASH_NONE, 0);
    expect("$2b$10$", 60, HASH_USABLE, 10);
    expect("$2y$15$", 60, HASH_USABLE, 15);
    expect("$2a$16$", 60, HASH_TOO_COSTLY, 16);
    expect("$2b$10$", 59, HASH_DAMAGED, 10);
    expect("$2b$10$", 61, HASH_DAMAGED, 10);
    expect("$2b$03$", 60, HASH_DAMAGED, 3);
    expect("$2b$1x$", 60, HASH_DAMAGED, 0);
    expect("$2b$", 60, HASH_DAMAGED, 0);
    expect("bcrypt_sha256$$2b$12$", 74, HASH_BEHIND_PREFIX, 12);
    expect("bcrypt$$2b$12$abcdefg", 67, HASH_BEHIND_PREFIX, 12);
    expect("{bcrypt}$2a$10$abcdef", 68, HASH_BEHIND_PREFIX, 10);
    expect("bcrypt_sha256$$2b$12$", 73, HASH_DAMAGED, 12);
    expect("bcrypt$$2b$16$abcdefg", 67, HASH_TOO_COSTLY, 16);
    expect("$argon2id$v=19$", 97, HASH_UNSUPPORTED, 0);
    expect("pbkdf2_", 88, HASH_UNSUPPORTED, 0);
    expect("5f4dcc3", 32, HASH_UNSUPPORTED, 0);
    expect("!", 1, HASH_LOCKED, 0);
}

static void old_revisions_count_where_the_migration_takes_them(void **state)
{
    (void)state;
    expect("$2x$10$", 60, HASH_UNSUPPORTED, 0);
    expect("$2$10$a", 59, HASH_UNSUPPORTED, 0);
    rules = (struct hash_rules){.max_cost = 12, .allow_2x = true};
    expect("$2x$10$", 60, HASH_USABLE, 10);
    expect("$2x$10$", 59, HASH_DAMAGED, 10);
    expect("$2x$13$", 60, HASH_TOO_COSTLY, 13);
    expect("$2x$", 60, HASH_DAMAGED, 0);
    expect("$2$10$a", 59, HASH_UNSUPPORTED, 0);
    rules = (struct hash_rules){.max_cost = 12, .allow_2 = true};
    expect("$2$10$a", 59, HASH_USABLE, 10);
    expect("$2$10$a", 60, HASH_DAMAGED, 10);
    expect("$2$", 59, HASH_DAMAGED, 0);
    expect("$2x$10$", 60, HASH_UNSUPPORTED, 0);
    rules = (struct hash_rules){.max_cost = 15};
}

static void a_user_name_has_1_to_128_characters_without_blanks(void **state)
{
    char name[COGNITO_MAX_NAME_CHARACTERS + 2] = "";
    (void)state;
    assert_true(is_user_name("7"));
    assert_true(is_user_name("\xC3\xBC"));
    assert_false(is_user_name(""));
    assert_false(is_user_name("a b"));
    assert_false(is_user_name("a\x7F"));
    memset(name, 'x', COGNITO_MAX_NAME_CHARACTERS);
    assert_true(is_user_name(name));
    name[COGNITO_MAX_NAME_CHARACTERS] = 'x';
    assert_false(is_user_name(name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_cognito_will_not_take),
        cmocka_unit_test(telephone_numbers_are_plus_and_2_to_15_digits),
        cmocka_unit_test(lengths_are_those_of_characters),
        cmocka_unit_test(a_hash_is_judged_by_its_beginning_and_length),
        cmocka_unit_test(a_user_name_has_1_to_128_characters_without_blanks),
        cmocka_unit_test(old_revisions_count_where_the_migration_takes_them),
    };
    return cmocka_run_group_tests_name("tools: audit rules", tests, NULL, NULL);
}
