/* SPDX-License-Identifier: Apache-2.0
 * The hashes are published examples and the documented forms of each product, or filled with one
 * letter where only the form counts. */
#include "cmocka_all.h"
#include "export/tripwire.h"

#include <stdio.h>
#include <string.h>

#define X22 "xxxxxxxxxxxxxxxxxxxxxx"
#define X43 X22 "xxxxxxxxxxxxxxxxxxxxx"
#define X86 X43 X43
#define HEX64 "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"

static const char *const hashes[] = {
    "$2b$12$VADBCPlCt0wMa2zjUgaXl.jnrvoNt/kgjtRY7i./fo0V2IEp1l6f2",
    "$2a$10$" X22 X22 "xxxxxxxxx",
    "$2y$10$" X22 X22 "xxxxxxxxx",
    "$2x$10$" X22 X22 "xxxxxxxxx",
    "$2$10$" X22 X22 "xxxxxxxxx",
    "bcrypt_sha256$$2b$12$VADBCPlCt0wMa2zjUgaXl.jnrvoNt/kgjtRY7i./fo0V2IEp1l6f2",
    "bcrypt$$2b$12$VADBCPlCt0wMa2zjUgaXl.jnrvoNt/kgjtRY7i./fo0V2IEp1l6f2",
    "pbkdf2_sha256$600000$salt$" X43 "=",
    "pbkdf2_sha1$600000$salt$" X22 "=",
    "argon2$argon2id$v=19$m=102400,t=2,p=8$salt$" X22,
    "scrypt$salt$16384$8$5$" X86 "==",
    "sha1$salt$0123456789abcdef0123456789abcdef01234567",
    "md5$salt$0123456789abcdef0123456789abcdef",
    "crypt$$saltxxxxxxxxxxxxxxxxx",
    "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$" X43,
    "$argon2i$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$" X43,
    "$argon2d$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$" X43,
    "$scrypt$ln=16,r=8,p=1$c2FsdHNhbHQ$" X43,
    "$7$C6..../....SodiumChloride$" X43,
    "$y$j9T$" X22 "$" X43,
    "$gy$j9T$" X22 "$" X43,
    "$pbkdf2-sha256$29000$salt$" X43,
    "$pbkdf2$29000$salt$" X22,
    "$bcrypt-sha256$v=2,t=2b,r=12$" X22 "$" X22,
    "$1$saltsalt$" X22,
    "$5$rounds=5000$saltsalt$" X43,
    "$6$saltsalt$" X86,
    "$apr1$saltsalt$" X22,
    "$P$Bxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "$H$9xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "$S$Dxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "$sha1$40000$saltsalt$" X22,
    "$md5,rounds=904$saltsalt$$" X22,
    "$fbscrypt$v=1,n=14,r=8,p=1$" X43,
    "$firescrypt$v=1$" X43,
    "pbkdf2:sha256:600000$salt$" HEX64,
    "scrypt:32768:8:1$salt$" HEX64 HEX64,
    "{bcrypt}$2a$10$x",
    "{BCRYPT}x",
    "{noop}password",
    "{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr",
    "{ssha512}x",
    "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
    "{SHA256}x",
    "{CRYPT}$1$x",
    "{MD5}x",
    "0123456789abcdef0123456789abcdef:" HEX64 HEX64,
    "SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0$" X43 "=:" X43 "=",
    "pbkdf2-sha256:27500:" X43,
    "grub.pbkdf2.sha512.10000." HEX64,
    "md50123456789abcdef0123456789abcdef",
    "*0123456789ABCDEF0123456789ABCDEF01234567",
    "AQAAAAEAACcQAAAAE" X22 X22 X22 "x",
    "$3$$0123456789abcdef0123456789abcdef",
    "\\x243262243132245641444243506c437430774d61327a6a556761586c2e6a6e72766f4e742f6b676a74525937692"
    "e2f666f305632494570316c366632",
    "\\x" HEX64,
    "\\x" HEX64 HEX64,
    HEX64,
    HEX64 "0123456789abcdef0123456789abcdef",
    HEX64 HEX64,
};

static const char *const harmless[] = {
    "",
    "$",
    "Ann",
    "Ke$ha",
    "A$AP Rocky and Ke$1$ha and the $6$million man",
    "$2a$10$short",
    "costs $5$ or $6$ at most, and so on and so forth",
    "sha1$short",
    "a bcrypt hash begins with $2b$ and a cost",
    "{sha",
    "{}",
    "{sunny}",
    "{\"theme\": \"dark\", \"scrypt\": true}",
    "scrypt: the password-based function of Colin Percival",
    "ann+list@example.com",
    "0123456789abcdef0123456789abcdef",         /* UUID without hyphens, MD5 of a picture */
    "0123456789abcdef0123456789abcdef01234567", /* a commit */
    "550e8400-e29b-41d4-a716-446655440000",
    "https://example.com/a?price=$1$2$3",
    "2001:db8:85a3::8a2e:370:7334",
    HEX64 "0",
    "\\x0123456789abcdef0123456789abcdef",
    "\\x" HEX64 "00",
    "\\xhello, what a long text without a hash",
    "md5 of the picture, but not the digits itself",
    "pbkdf2-based, says somebody",
    "grub.pbkdf2. is a prefix",
    "AQAAAAEAACcQAAAAE",
    "*of all the stars there are in the night sky*",
    "cl9ebqhxk00003b600tymydho",
};

/* promise 11 */
static void forms_of_hashes_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++)
        if (!tripwire_finds_hash(span_of(hashes[i]), false))
            fail_msg("not found: %s\n", hashes[i]);
}

static void other_texts_are_let_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        if (tripwire_finds_hash(span_of(harmless[i]), false))
            fail_msg("taken for a hash: %s\n", harmless[i]);
}

static void hashes_within_other_text_are_found(void **state)
{
    (void)state;
    static const char *const around[][2] = {
        {"{\"password\": \"", "\"}"}, {" ", " "}, {"my hash: ", ", keep it"}, {"\u263A", ""}};
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = 0; j < sizeof around / sizeof around[0]; j++) {
            char text[300];
            snprintf(text, sizeof text, "%s%s%s", around[j][0], hashes[i], around[j][1]);
            if (!tripwire_finds_hash(span_of(text), false))
                fail_msg("not found: %s\n", text);
        }
    }
}

/* Behind a picture's bytes of every length, so that it comes to stand where windows meet, too. */
static void hashes_that_were_kept_as_bytes_are_found(void **state)
{
    (void)state;
    for (int before = 0; before < 1200; before++) {
        static char text[4096];
        int len = snprintf(text, sizeof text, "\\x");
        for (int i = 0; i < before; i++)
            len += snprintf(text + len, sizeof text - (size_t)len, "ff");
        for (const char *c = hashes[0]; *c != '\0'; c++)
            len += snprintf(text + len, sizeof text - (size_t)len, "%02x", (unsigned int)*c);
        if (!tripwire_finds_hash(span_of(text), false))
            fail_msg("not found behind %d bytes\n", before);
        text[len - 80] = '\0'; /* what is left of the hash is too short for one */
        assert_false(tripwire_finds_hash(span_of(text), true));
    }
}

static void an_id_may_be_of_hexadecimal_digits_but_no_hash(void **state)
{
    (void)state;
    assert_false(tripwire_finds_hash(span_of(HEX64), true));
    assert_false(tripwire_finds_hash(span_of("\\x" HEX64), true));
    assert_true(tripwire_finds_hash(span_of(hashes[0]), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_hashes_are_found),
        cmocka_unit_test(other_texts_are_let_through),
        cmocka_unit_test(hashes_within_other_text_are_found),
        cmocka_unit_test(hashes_that_were_kept_as_bytes_are_found),
        cmocka_unit_test(an_id_may_be_of_hexadecimal_digits_but_no_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
