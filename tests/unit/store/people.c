/* SPDX-License-Identifier: Apache-2.0 */
#include "people.h"

#include <cogmig/password.h>
#include <string.h>

#define PASSWORD "correct horse battery staple"

#define UUID(digit) "00000000-0000-4000-8000-00000000000" digit
#define DRIZZLE(digit) digit "f9619ff-8b86-d011-b42d-00cf4fc964ff"

const struct person people[] = {
    {"authjs-prisma", "ann@example.com", "cm1", true, false, COGMIG_OK},
    {"authjs-prisma", "Bob@Example.com", "cm2", false, false, COGMIG_OK},
    {"authjs-prisma", "oauth@example.com", "cm3", true, false, COGMIG_PASSWORD_NOT_SET},
    {"authjs-pg", "ann@example.com", "1", true, false, COGMIG_OK},
    {"authjs-pg", "bob@example.com", "2", false, false, COGMIG_OK},
    {"authjs-pg", "oauth@example.com", "3", true, false, COGMIG_PASSWORD_NOT_SET},
    {"authjs-drizzle", "ann@example.com", DRIZZLE("6"), true, false, COGMIG_OK},
    {"authjs-drizzle", "bob@example.com", DRIZZLE("7"), false, false, COGMIG_OK},
    {"authjs-drizzle", "oauth@example.com", DRIZZLE("8"), true, false, COGMIG_PASSWORD_NOT_SET},
    {"better-auth", "ann@example.com", "u1", true, false, COGMIG_OK},
    {"better-auth", "BOB@example.com", "u2", false, false, COGMIG_OK},
    {"better-auth", "oauth@example.com", "u3", true, false, COGMIG_PASSWORD_NOT_SET},
    {"better-auth", "scrypt@example.com", "u4", true, false, COGMIG_HASH_UNSUPPORTED},
    {"better-auth", "banned@example.com", "u5", true, true, COGMIG_OK},
    {"better-auth", "banned-until-3000@example.com", "u6", true, true, COGMIG_OK},
    {"better-auth", "ban-expired@example.com", "u7", true, false, COGMIG_OK},
    {"supabase", "ann@example.com", UUID("1"), true, false, COGMIG_OK},
    {"supabase", "bob@example.com", UUID("2"), false, false, COGMIG_OK},
    {"supabase", "oauth@example.com", UUID("3"), true, false, COGMIG_PASSWORD_NOT_SET},
    {"supabase", "banned-until-3000@example.com", UUID("4"), true, true, COGMIG_OK},
    {"supabase", "ban-expired@example.com", UUID("5"), true, false, COGMIG_OK},
    {"supabase", "deleted@example.com", UUID("6"), true, true, COGMIG_OK},
    {"supabase", "banned-for-good@example.com", UUID("9"), true, true, COGMIG_OK},
    {"devise", "ann@example.com", "1", true, false, COGMIG_OK},
    {"devise", "bob@example.com", "2", false, false, COGMIG_OK},
    {"devise", "oauth@example.com", "3", true, false, COGMIG_PASSWORD_NOT_SET},
    {"devise", "locked@example.com", "4", true, true, COGMIG_OK},
    {"devise", "no-pepper@example.com", "5", true, false, COGMIG_PASSWORD_MISMATCH},
    {"laravel", "ann@example.com", "1", true, false, COGMIG_OK},
    {"laravel", "bob@example.com", "2", false, false, COGMIG_OK},
    {"laravel", "deleted@example.com", "3", true, true, COGMIG_OK},
    {"django", "ann@example.com", "1", false, false, COGMIG_OK},
    {"django", "plain@example.com", "2", false, false, COGMIG_OK},
    {"django", "oauth@example.com", "3", false, false, COGMIG_PASSWORD_LOCKED},
    {"django", "inactive@example.com", "4", false, true, COGMIG_OK},
};

const size_t people_count = sizeof people / sizeof people[0];

cogmig_status check_password(const cogmig_user *user, const char *pepper)
{
    cogmig_password_rules *rules = NULL;
    assert_int_equal(cogmig_password_rules_new(&rules, NULL), COGMIG_OK);
    if (pepper != NULL)
        assert_int_equal(cogmig_password_rules_set_pepper(rules, pepper, strlen(pepper), NULL),
                         COGMIG_OK);
    cogmig_status status = cogmig_password_rules_verify(
        rules, PASSWORD, strlen(PASSWORD), cogmig_user_password_hash(user), NULL, NULL);
    cogmig_password_rules_free(&rules);
    return status;
}

static void compare(const cogmig_user *user, const struct person *expected)
{
    bool devise = strcmp(expected->preset, "devise") == 0;
    cogmig_status password = check_password(user, devise ? "a-pepper" : NULL);
    if (strcmp(cogmig_user_id(user), expected->id) != 0 ||
        cogmig_user_email_verified(user) != expected->verified ||
        cogmig_user_disabled(user) != expected->disabled || password != expected->password)
        fail_msg("%s of %s: id %s, verified %d, disabled %d, password %s\n", expected->email,
                 expected->preset, cogmig_user_id(user), cogmig_user_email_verified(user),
                 cogmig_user_disabled(user), cogmig_status_name(password));
}

void assert_person(cogmig_store *store, const struct person *expected)
{
    cogmig_user *by_email = found_by_email(store, expected->email);
    compare(by_email, expected);
    cogmig_user *by_id = found_by_id(store, expected->id);
    compare(by_id, expected);
    assert_string_equal(cogmig_user_email(by_id), cogmig_user_email(by_email));
    cogmig_user_free(&by_email);
    cogmig_user_free(&by_id);
}
