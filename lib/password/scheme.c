/* SPDX-License-Identifier: Apache-2.0 */
#include "password/scheme.h"

#include "base/public.h"
#include "password/bcrypt_hash.h"
#include "password/password.h"

#include <cogmig/password.h>
#include <string.h>

/* The first that fits names the scheme. Behind a prefix with a key stands a bcrypt hash that is
 * verified. */
static const struct {
    const char *prefix;
    const char *name;
    enum recipe_key key; /* RECIPE_KEY_BY_RULES: it is only named */
} prefixes[] = {
    {"$2x$", "bcrypt $2x$", RECIPE_KEY_BY_RULES},
    {"$2$", "bcrypt $2$", RECIPE_KEY_BY_RULES},
    {"$argon2id$", "argon2id", RECIPE_KEY_BY_RULES},
    {"$argon2i$", "argon2i", RECIPE_KEY_BY_RULES},
    {"$argon2d$", "argon2d", RECIPE_KEY_BY_RULES},
    {"argon2$", "argon2 (Django)", RECIPE_KEY_BY_RULES},
    {"$fbscrypt$", "scrypt (Firebase)", RECIPE_KEY_BY_RULES},
    {"$scrypt$", "scrypt", RECIPE_KEY_BY_RULES},
    {"$7$", "scrypt", RECIPE_KEY_BY_RULES},
    {"scrypt$", "scrypt (Django)", RECIPE_KEY_BY_RULES},
    {"scrypt:", "scrypt (Werkzeug)", RECIPE_KEY_BY_RULES},
    {"$y$", "yescrypt", RECIPE_KEY_BY_RULES},
    {"$gy$", "gost-yescrypt", RECIPE_KEY_BY_RULES},
    {"$pbkdf2", "pbkdf2", RECIPE_KEY_BY_RULES},
    {"pbkdf2_", "pbkdf2 (Django)", RECIPE_KEY_BY_RULES},
    {"pbkdf2:", "pbkdf2 (Werkzeug)", RECIPE_KEY_BY_RULES},
    {"bcrypt_sha256$", "bcrypt over SHA-256 (Django)", RECIPE_KEY_SHA256_HEX},
    {"bcrypt$", "bcrypt (Django)", RECIPE_KEY_PLAIN},
    {"$bcrypt-sha256$", "bcrypt over SHA-256 (passlib)", RECIPE_KEY_BY_RULES},
    {"$bcrypt$", "bcrypt behind $bcrypt$", RECIPE_KEY_BY_RULES},
    {"{bcrypt}", "bcrypt (Spring)", RECIPE_KEY_PLAIN},
    {"{argon2", "argon2 (Spring)", RECIPE_KEY_BY_RULES},
    {"{scrypt", "scrypt (Spring)", RECIPE_KEY_BY_RULES},
    {"{pbkdf2", "pbkdf2 (Spring)", RECIPE_KEY_BY_RULES},
    {"{sha256}", "SHA-256 (Spring)", RECIPE_KEY_BY_RULES},
    {"{noop}", "plain text (Spring)", RECIPE_KEY_BY_RULES},
    {"{ARGON2", "argon2 (LDAP)", RECIPE_KEY_BY_RULES},
    {"{PBKDF2", "pbkdf2 (LDAP)", RECIPE_KEY_BY_RULES},
    {"{BLF-CRYPT}", "bcrypt (Dovecot)", RECIPE_KEY_BY_RULES},
    {"{SSHA", "salted SHA (LDAP)", RECIPE_KEY_BY_RULES},
    {"{SHA", "SHA (LDAP)", RECIPE_KEY_BY_RULES},
    {"{SMD5", "salted MD5 (LDAP)", RECIPE_KEY_BY_RULES},
    {"{MD5", "MD5 (LDAP)", RECIPE_KEY_BY_RULES},
    {"{CRYPT}", "crypt (LDAP)", RECIPE_KEY_BY_RULES},
    {"{", "a scheme in braces", RECIPE_KEY_BY_RULES},
    {"$apr1$", "md5crypt (Apache)", RECIPE_KEY_BY_RULES},
    {"$1$", "md5crypt", RECIPE_KEY_BY_RULES},
    {"$5$", "sha256crypt", RECIPE_KEY_BY_RULES},
    {"$6$", "sha512crypt", RECIPE_KEY_BY_RULES},
    {"$P$", "phpass", RECIPE_KEY_BY_RULES},
    {"$H$", "phpass", RECIPE_KEY_BY_RULES},
    {"$S$", "sha512 (Drupal)", RECIPE_KEY_BY_RULES},
    {"sha1$", "SHA-1 (Django)", RECIPE_KEY_BY_RULES},
    {"md5$", "MD5 (Django)", RECIPE_KEY_BY_RULES},
    {"$sha1$", "sha1crypt", RECIPE_KEY_BY_RULES},
    {"SCRAM-SHA-256$", "SCRAM-SHA-256 (PostgreSQL)", RECIPE_KEY_BY_RULES},
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

/* MySQL's PASSWORD(): a star and SHA-1 of SHA-1. */
static bool is_starred_sha1(struct span s)
{
    return s.len == 1 + 40 && s.bytes[0] == '*' && is_hex((struct span){s.bytes + 1, 40});
}

static const char *name_by_shape(struct span s)
{
    if (is_hex_salt_and_key(s))
        return "scrypt (Better Auth)";
    if (is_starred_sha1(s))
        return "SHA-1 (MySQL)";
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

enum {
    PREFIXES = sizeof prefixes / sizeof prefixes[0]
};

static size_t find_prefix(struct span s)
{
    size_t i = 0;
    while (i < PREFIXES && !span_starts_with(s, prefixes[i].prefix))
        i++;
    return i;
}

static const char *name_of_other(struct span s)
{
    size_t i = find_prefix(s);
    return i < PREFIXES ? prefixes[i].name : name_by_shape(s);
}

struct span scheme_unwrap(struct span trimmed, enum recipe_key *ret_key)
{
    size_t i = find_prefix(trimmed);
    *ret_key = i < PREFIXES ? prefixes[i].key : RECIPE_KEY_BY_RULES;
    if (*ret_key == RECIPE_KEY_BY_RULES)
        return trimmed;
    size_t len = strlen(prefixes[i].prefix);
    return (struct span){trimmed.bytes + len, trimmed.len - len};
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
