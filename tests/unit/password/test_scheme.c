/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "password/password.h"

#include <cogmig/password.h>

#define DIGEST "$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
#define HEX31 "f4dcc3b5aa765d61d8327deb882cf99"
#define HEX32 "5" HEX31

static void every_scheme_is_named_by_its_form(void **state)
{
    (void)state;
    static const struct {
        const char *stored;
        const char *name;
    } cases[] = {
        {"$2a" DIGEST, "bcrypt"},
        {"$2b" DIGEST, "bcrypt"},
        {"$2y" DIGEST, "bcrypt"},
        {"$2b" DIGEST "    ", "bcrypt"},
        {"$2A" DIGEST, "bcrypt"},
        {"$2x" DIGEST, "bcrypt $2x$"},
        {"$2" DIGEST, "bcrypt $2$"},
        {"$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA", "argon2id"},
        {"$argon2i$v=19$m=16,t=2,p=1$c2FsdA$aGFzaA", "argon2i"},
        {"$argon2d$v=19$m=16,t=2,p=1$c2FsdA$aGFzaA", "argon2d"},
        {"argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA", "argon2 (Django)"},
        {"$scrypt$ln=16,r=8,p=1$c2FsdA$aGFzaA", "scrypt"},
        {"$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oL",
         "scrypt (Firebase)"},
        {"scrypt:32768:8:1$salt$abcdef", "scrypt (Werkzeug)"},
        {HEX32 ":" HEX32 HEX32 HEX32 HEX32, "scrypt (Better Auth)"},
        {"$y$j9T$abc$def", "yescrypt"},
        {"pbkdf2_sha256$600000$salt$aGFzaA=", "pbkdf2 (Django)"},
        {"$pbkdf2-sha256$29000$c2FsdA$aGFzaA", "pbkdf2"},
        {"bcrypt_sha256$$2b$12$VADBCPlCt0wMa2zjUgaXl.jnrvoNt/kgjtRY7i./fo0V2IEp1l6f2",
         "bcrypt over SHA-256 (Django)"},
        {"bcrypt$$2b" DIGEST, "bcrypt (Django)"},
        {"{bcrypt}$2a" DIGEST, "bcrypt (Spring)"},
        {"{SSHA}c2FsdA==", "salted SHA (LDAP)"},
        {"{weird}abc", "a scheme in braces"},
        {"{argon2}$argon2id$v=19$m=16384,t=2,p=1$c2FsdA$aGFzaA", "argon2 (Spring)"},
        {"{argon2@SpringSecurity_v5_8}$argon2id$v=19$c2FsdA$aGFzaA", "argon2 (Spring)"},
        {"{scrypt}$e0801$c2FsdA$aGFzaA", "scrypt (Spring)"},
        {"{pbkdf2}5d923b44", "pbkdf2 (Spring)"},
        {"{sha256}97cde38028ad898e", "SHA-256 (Spring)"},
        {"{ARGON2}$argon2id$v=19$c2FsdA$aGFzaA", "argon2 (LDAP)"},
        {"{PBKDF2-SHA256}10000$c2FsdA$aGFzaA", "pbkdf2 (LDAP)"},
        {"{BLF-CRYPT}$2y" DIGEST, "bcrypt (Dovecot)"},
        {"$bcrypt$$2b" DIGEST, "bcrypt behind $bcrypt$"},
        {"$sha1$40000$salt$hash", "sha1crypt"},
        {"SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy", "SCRAM-SHA-256 (PostgreSQL)"},
        {"*" HEX32 "aaaaAAAA", "SHA-1 (MySQL)"},
        {"*" HEX32 "aaaaAAA", "unknown"},
        {"*" HEX32 "aaaaAAAg", "unknown"},
        {"+" HEX32 "aaaaAAAA", "unknown"},
        {"$apr1$salt$hash", "md5crypt (Apache)"},
        {"$1$salt$hash", "md5crypt"},
        {"$5$salt$hash", "sha256crypt"},
        {"$6$salt$hash", "sha512crypt"},
        {"$P$BsaltsaltHash", "phpass"},
        {HEX32, "MD5 in hexadecimal"},
        {HEX32 "aaaaAAAA", "SHA-1 in hexadecimal"},
        {HEX32 HEX32, "SHA-256 in hexadecimal"},
        {HEX32 HEX32 HEX32 HEX32, "SHA-512 in hexadecimal"},
        {HEX32 ";" HEX32 HEX32 HEX32 HEX32, "unknown"},
        {HEX32 ":" HEX32 HEX32 HEX32 "g" HEX31, "unknown"},
        {"g" HEX31 ":" HEX32 HEX32 HEX32 HEX32, "unknown"},
        {"hunter2", "unknown"},
        {"abc", "unknown"},
        {NULL, "none"},
        {"", "none"},
        {"   ", "none"},
        {"!", "locked"},
        {"!$2b" DIGEST, "locked"},
        {"*", "locked"},
        {"*0", "locked"},
        {"*1", "locked"},
        {"*LK*", "locked"},
        {"x", "locked"},
        {"LOCKED", "locked"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(cogmig_password_scheme(cases[i].stored), cases[i].name);
}

static void the_cost_is_that_of_a_good_hash_and_0_of_anything_else(void **state)
{
    (void)state;
    assert_int_equal(cogmig_password_cost("$2b" DIGEST), 10);
    assert_int_equal(cogmig_password_cost("$2b" DIGEST "  "), 10);
    assert_int_equal(cogmig_password_cost("bcrypt_sha256$$2b" DIGEST), 10);
    assert_int_equal(cogmig_password_cost("bcrypt$$2b" DIGEST), 10);
    assert_int_equal(cogmig_password_cost("{bcrypt}$2a" DIGEST), 10);
    assert_int_equal(cogmig_password_cost("{BCRYPT}$2a" DIGEST), 0);
    assert_int_equal(cogmig_password_cost("{bcrypt}{bcrypt}$2a" DIGEST), 0);
    assert_int_equal(cogmig_password_cost("$2x" DIGEST), 0);
    assert_int_equal(cogmig_password_cost("$2b$10$short"), 0);
    assert_int_equal(cogmig_password_cost(""), 0);
    assert_int_equal(cogmig_password_cost(NULL), 0);
}

static void only_a_marker_is_locked_and_a_missing_password_is_not(void **state)
{
    (void)state;
    assert_true(password_is_locked("!"));
    assert_true(password_is_locked("*0  "));
    assert_false(password_is_locked(NULL));
    assert_false(password_is_locked(""));
    assert_false(password_is_locked("$2b" DIGEST));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_scheme_is_named_by_its_form),
        cmocka_unit_test(the_cost_is_that_of_a_good_hash_and_0_of_anything_else),
        cmocka_unit_test(only_a_marker_is_locked_and_a_missing_password_is_not),
    };
    return cmocka_run_group_tests_name("scheme", tests, NULL, NULL);
}
