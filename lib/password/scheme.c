/* SPDX-License-Identifier: Apache-2.0 */
#include "password/scheme.h"

#include "base/public.h"
#include "password/bcrypt_hash.h"
#include "password/password.h"

#include <cogmig/password.h>

/* The first that fits names the scheme. */
static const struct {
    const char *prefix;
    const char *name;
} prefixes[] = {
    {"$2x$", "bcrypt $2x$"},
    {"$2$", "bcrypt $2$"},
    {"$argon2id$", "argon2id"},
    {"$argon2i$", "argon2i"},
    {"$argon2d$", "argon2d"},
    {"argon2$", "argon2 (Django)"},
    {"$fbscrypt$", "scrypt (Firebase)"},
    {"$scrypt$", "scrypt"},
    {"$7$", "scrypt"},
    {"scrypt$", "scrypt (Django)"},
    {"scrypt:", "scrypt (Werkzeug)"},
    {"$y$", "yescrypt"},
    {"$gy$", "gost-yescrypt"},
    {"$pbkdf2", "pbkdf2"},
    {"pbkdf2_", "pbkdf2 (Django)"},
    {"pbkdf2:", "pbkdf2 (Werkzeug)"},
    {"bcrypt_sha256$", "bcrypt over SHA-256 (Django)"},
    {"bcrypt$", "bcrypt (Django)"},
    {"$bcrypt-sha256$", "bcrypt over SHA-256 (passlib)"},
    {"{bcrypt}", "bcrypt (Spring)"},
    {"{noop}", "plain text (Spring)"},
    {"{SSHA", "salted SHA (LDAP)"},
    {"{SHA", "SHA (LDAP)"},
    {"{SMD5", "salted MD5 (LDAP)"},
    {"{MD5", "MD5 (LDAP)"},
    {"{CRYPT}", "crypt (LDAP)"},
    {"{", "a scheme in braces"},
    {"$apr1$", "md5crypt (Apache)"},
    {"$1$", "md5crypt"},
    {"$5$", "sha256crypt"},
    {"$6$", "sha512crypt"},
    {"$P$", "phpass"},
    {"$H$", "phpass"},
    {"$S$", "sha512 (Drupal)"},
    {"sha1$", "SHA-1 (Django)"},
    {"md5$", "MD5 (Django)"},
};

static bool is_hex_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_hex(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_hex_digit(s.bytes[i]))
            return false;
    return s.len > 0;
}

/* Better Auth writes 16 bytes of salt and 64 of key, in hexadecimal with a colon between. */
static bool is_hex_salt_and_key(struct span s)
{
    return s.len == 32 + 1 + 128 && s.bytes[32] == ':' && is_hex((struct span){s.bytes, 32}) &&
           is_hex((struct span){s.bytes + 33, 128});
}

static const char *name_by_shape(struct span s)
{
    if (is_hex_salt_and_key(s))
        return "scrypt (Better Auth)";
    if (!is_hex(s))
        return "unknown";
    switch (s.len) {
    case 32:
        return "MD5 in hexadecimal";
    case 40:
        return "SHA-1 in hexadecimal";
    case 64:
        return "SHA-256 in hexadecimal";
    case 128:
        return "SHA-512 in hexadecimal";
    default:
        return "unknown";
    }
}

static const char *name_of_other(struct span s)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (span_starts_with(s, prefixes[i].prefix))
            return prefixes[i].name;
    return name_by_shape(s);
}

/* shadow(5) and Django lock with "!", crypt(3) fails with "*0", others write a word. */
static bool is_locked(struct span s)
{
    return s.bytes[0] == '!' || (s.bytes[0] == '*' && s.len <= 4) || span_equal_text(s, "x") ||
           span_equal_ascii_case(s, span_of("locked"));
}

struct span scheme_trim(const char *stored)
{
    struct span s = span_of(stored);
    while (s.len > 0 && s.bytes[s.len - 1] == ' ')
        s.len--;
    return s;
}

struct scheme scheme_of(struct span trimmed)
{
    if (trimmed.len == 0)
        return (struct scheme){SCHEME_NONE, "none"};
    if (is_locked(trimmed))
        return (struct scheme){SCHEME_LOCKED, "locked"};
    if (bcrypt_hash_claimed(trimmed))
        return (struct scheme){SCHEME_BCRYPT, "bcrypt"};
    return (struct scheme){SCHEME_UNSUPPORTED, name_of_other(trimmed)};
}

bool password_is_locked(const char *stored)
{
    return scheme_of(scheme_trim(stored)).kind == SCHEME_LOCKED;
}

COGMIG_PUBLIC const char *cogmig_password_scheme(const char *stored)
{
    return scheme_of(scheme_trim(stored)).name;
}
