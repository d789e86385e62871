/* SPDX-License-Identifier: Apache-2.0 */
#include "export/tripwire.h"

#include <string.h>

enum {
    SHORTEST_HASH = 20, /* characters behind the mark of its scheme */
    SHORTEST_SALT = 16, /* digits of hexadecimal */
    SHORTEST_KEY = 64,
    WINDOW = 512, /* bytes of a bytea that are looked at together */
    LONGEST_MARK = 128
};

/* crypt(3), PHC strings, phpass, Firebase. */
static const char *const dollar_marks[] = {
    "$2$",    "$2a$",      "$2b$",       "$2x$",         "$2y$", "$1$",     "$5$",
    "$6$",    "$7$",       "$y$",        "$gy$",         "$P$",  "$H$",     "$S$",
    "$apr1$", "$argon2d$", "$argon2i$",  "$argon2id$",   "$md5", "$pbkdf2", "$bcrypt",
    "$sha1$", "$scrypt$",  "$fbscrypt$", "$firescrypt$", "$3$",
};

/* Django: the word before a dollar. */
static const char *const words[] = {
    "pbkdf2_sha256", "pbkdf2_sha1", "argon2", "bcrypt", "bcrypt_sha256",
    "scrypt",        "sha1",        "md5",    "crypt",  "unsalted_sha1",
};

/* Werkzeug; PostgreSQL's own and other servers'; GRUB; LDAP and Spring. At the beginning alone, and
 * in any case. */
static const char *const openings[] = {
    "pbkdf2:",  "scrypt:",  "pbkdf2-",  "scram-sha-", "grub.pbkdf2.", "{bcrypt}",
    "{pbkdf2}", "{scrypt}", "{argon2}", "{sha256}",   "{noop}",       "{crypt}",
    "{ssha",    "{sha",     "{smd5}",   "{md5}",
};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The backslash is JSON's before a slash. */
static bool is_of_hash(char c)
{
    return is_alphanumeric(c) || (c != '\0' && strchr("./+=,$_:-\\", c) != NULL);
}

static bool is_long_enough(struct span s)
{
    size_t len = 0;
    while (len < s.len && is_of_hash(s.bytes[len]))
        len++;
    return len >= SHORTEST_HASH;
}

static struct span behind(struct span s, size_t count)
{
    return (struct span){s.bytes + count, s.len - count};
}

static bool has_mark_at(struct span text, size_t at)
{
    struct span rest = behind(text, at);
    for (size_t i = 0; i < COUNT(dollar_marks); i++)
        if (span_starts_with(rest, dollar_marks[i]))
            return is_long_enough(behind(rest, strlen(dollar_marks[i])));
    return false;
}

static bool has_word_before(struct span text, size_t at)
{
    size_t start = at;
    while (start > 0 && (is_alphanumeric(text.bytes[start - 1]) || text.bytes[start - 1] == '_'))
        start--;
    struct span word = {text.bytes + start, at - start};
    for (size_t i = 0; i < COUNT(words); i++)
        if (span_equal_text(word, words[i]))
            return is_long_enough(behind(text, at));
    return false;
}

static bool has_dollar_form(struct span text)
{
    const char *end = text.bytes + text.len;
    const char *dollar = text.bytes;
    while ((dollar = memchr(dollar, '$', (size_t)(end - dollar))) != NULL) {
        size_t at = (size_t)(dollar - text.bytes);
        if (has_mark_at(text, at) || has_word_before(text, at))
            return true;
        dollar++;
    }
    return false;
}

static bool has_opening(struct span text)
{
    if (strchr("gpsGPS{", text.bytes[0]) == NULL)
        return false;
    for (size_t i = 0; i < COUNT(openings); i++) {
        struct span opening = span_of(openings[i]);
        if (text.len > opening.len &&
            span_equal_ascii_case((struct span){text.bytes, opening.len}, opening))
            return opening.bytes[0] == '{' || is_long_enough(behind(text, opening.len));
    }
    return false;
}

static bool is_hex_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t count_hex_digits(struct span s)
{
    size_t count = 0;
    while (count < s.len && is_hex_digit(s.bytes[count]))
        count++;
    return count;
}

/* SHA-256, SHA-384, SHA-512. Shorter ones are ids and checksums of pictures too often. */
static bool is_hex_digest(struct span text)
{
    return (text.len == 64 || text.len == 96 || text.len == 128) &&
           count_hex_digits(text) == text.len;
}

/* Better Auth: salt, colon, key. */
static bool is_hex_salt_and_key(struct span text)
{
    const char *colon = memchr(text.bytes, ':', text.len);
    if (colon == NULL)
        return false;
    struct span salt = {text.bytes, (size_t)(colon - text.bytes)};
    struct span key = behind(text, salt.len + 1);
    return salt.len >= SHORTEST_SALT && key.len >= SHORTEST_KEY &&
           count_hex_digits(salt) == salt.len && count_hex_digits(key) == key.len;
}

static size_t count_base64_characters(struct span s)
{
    size_t count = 0;
    while (count < s.len && (is_alphanumeric(s.bytes[count]) || s.bytes[count] == '+' ||
                             s.bytes[count] == '/' || s.bytes[count] == '='))
        count++;
    return count;
}

/* What a server keeps of its own users, PostgreSQL (md5…) and MySQL (*…); ASP.NET's Identity. */
static bool is_of_whole_value(struct span text)
{
    if (text.len == 35 && span_starts_with(text, "md5"))
        return count_hex_digits(behind(text, 3)) == 32;
    if (text.len == 41 && text.bytes[0] == '*')
        return count_hex_digits(behind(text, 1)) == 40;
    return text.len == 84 && span_starts_with(text, "AQAAAA") &&
           count_base64_characters(text) == text.len;
}

static bool finds_hash_in_text(struct span text, bool is_id)
{
    if (text.len < SHORTEST_HASH)
        return text.len > 0 && text.bytes[0] == '{' && has_opening(text);
    return has_dollar_form(text) || has_opening(text) || is_hex_salt_and_key(text) ||
           is_of_whole_value(text) || (!is_id && is_hex_digest(text));
}

static int hex_value(char c)
{
    return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* The bytes of a bytea, as far as they fit. */
static struct span decode(struct span digits, char out[WINDOW])
{
    size_t len = 0;
    for (; len < WINDOW && 2 * len + 1 < digits.len; len++)
        out[len] =
            (char)(hex_value(digits.bytes[2 * len]) * 16 + hex_value(digits.bytes[2 * len + 1]));
    return (struct span){out, len};
}

/* A hash that was kept as bytes. What stands where two windows meet is in both. */
static bool finds_hash_in_bytes(struct span digits, bool is_id)
{
    char bytes[WINDOW];
    bool found = !is_id && is_hex_digest(digits);
    found = found || finds_hash_in_text(decode(digits, bytes), is_id);
    for (size_t step = 2 * (WINDOW - LONGEST_MARK); !found && digits.len > step;) {
        digits = behind(digits, step);
        found = has_dollar_form(decode(digits, bytes));
    }
    return found;
}

static bool is_bytea(struct span text)
{
    return span_starts_with(text, "\\x") && text.len > 2 && text.len % 2 == 0 &&
           count_hex_digits(behind(text, 2)) == text.len - 2;
}

bool tripwire_finds_hash(struct span text, bool is_id)
{
    text = span_trim(text);
    return is_bytea(text) ? finds_hash_in_bytes(behind(text, 2), is_id)
                          : finds_hash_in_text(text, is_id);
}
