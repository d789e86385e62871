/* SPDX-License-Identifier: Apache-2.0 */
#include "audit_rules.h"

#include <cogmig/password.h>
#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* UTF-8: bytes that begin a character. */
bool is_longer_than(const char *text, int64_t characters)
{
    int64_t count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count > characters;
}

static bool has_blank_or_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7F)
            return true;
    return false;
}

bool is_user_name(const char *id)
{
    return id[0] != '\0' && !has_blank_or_control(id) &&
           !is_longer_than(id, COGNITO_MAX_NAME_CHARACTERS);
}

static bool is_domain(const char *domain)
{
    size_t len = strlen(domain);
    return len > 0 && domain[0] != '.' && domain[len - 1] != '.' && strchr(domain, '.') != NULL &&
           strstr(domain, "..") == NULL;
}

const char *email_fault(const char *email)
{
    const char *at = email == NULL ? NULL : strrchr(email, '@');
    if (email == NULL || email[0] == '\0')
        return "missing";
    if (has_blank_or_control(email))
        return "blanks in it";
    if (at == NULL || at == email || strchr(email, '@') != at)
        return "not one @ with something before it";
    if (!is_domain(at + 1))
        return "no domain with a dot";
    if (is_longer_than(email, COGNITO_MAX_NAME_CHARACTERS))
        return "longer than 128 characters";
    return NULL;
}

bool is_e164(const char *phone)
{
    enum {
        FEWEST_DIGITS = 2,
        MOST_DIGITS = 15
    };
    if (phone[0] != '+' || phone[1] < '1' || phone[1] > '9')
        return false;
    size_t digits = strspn(phone + 1, "0123456789");
    return phone[1 + digits] == '\0' && digits >= FEWEST_DIGITS && digits <= MOST_DIGITS;
}

/* ---- hashes ---- */

enum {
    BCRYPT_LENGTH = 60
};

/* "10$": 0 when it is not so. */
static int32_t cost_at(const char *digits)
{
    if (!isdigit((unsigned char)digits[0]) || !isdigit((unsigned char)digits[1]) ||
        digits[2] != '$')
        return 0;
    return (digits[0] - '0') * 10 + (digits[1] - '0');
}

static struct hash_reading judge_bcrypt(const char *scheme, int32_t cost, bool is_whole,
                                        const struct hash_rules *rules)
{
    struct hash_reading reading = {HASH_USABLE, scheme, cost};
    if (!is_whole || cost < 4 || cost > 31)
        reading.worth = HASH_DAMAGED;
    else if (cost > rules->max_cost)
        reading.worth = HASH_TOO_COSTLY;
    return reading;
}

/* Of the hash behind a prefix (Django's, Spring's) only the beginning is known; what the library
 * would verify, it says of one that goes on with any salt and digest. 0: it would not. */
static int32_t cost_behind_prefix(const char *kind)
{
    static const char any[] = "....................................................." /* 53 */;
    char whole[128];
    const char *inner = strstr(kind, "$2");
    if (inner == NULL || strlen(inner) < strlen("$2b$10$"))
        return 0;
    snprintf(whole, sizeof whole, "%.*s%.7s%s", (int)(inner - kind), kind, inner, any);
    return cogmig_password_cost(whole);
}

static struct hash_reading read_prefixed(const char *scheme, const char *kind, int64_t length,
                                         int32_t cost, const struct hash_rules *rules)
{
    bool is_whole = length == (strstr(kind, "$2") - kind) + BCRYPT_LENGTH;
    struct hash_reading reading = judge_bcrypt(scheme, cost, is_whole, rules);
    if (reading.worth == HASH_USABLE)
        reading.worth = HASH_BEHIND_PREFIX;
    return reading;
}

/* Where the migration is told to take them. False: it is none of them. */
static bool read_old_revision(const char *scheme, const char *kind, int64_t length,
                              const struct hash_rules *rules, struct hash_reading *ret_reading)
{
    if (rules->allow_2x && strncmp(kind, "$2x$", 4) == 0)
        *ret_reading = judge_bcrypt(scheme, cost_at(kind + 4), length == BCRYPT_LENGTH, rules);
    else if (rules->allow_2 && strncmp(kind, "$2$", 3) == 0)
        *ret_reading = judge_bcrypt(scheme, cost_at(kind + 3), length == BCRYPT_LENGTH - 1, rules);
    else
        return false;
    return true;
}

/* Hashes in hexadecimal have no mark: what begins so and is as long as one is taken for one. Better
 * Auth has a colon behind the salt. Static storage. */
static const char *scheme_by_shape(const char *kind, int64_t length)
{
    enum {
        SALT = 32,
        WITH_KEY = SALT + 1 + 128
    };
    char shape[WITH_KEY + 1];
    size_t known = strlen(kind);
    if (length > WITH_KEY || known > (size_t)length)
        return "unknown";
    memset(shape, '0', (size_t)length);
    memcpy(shape, kind, known);
    shape[length] = '\0';
    if (length == WITH_KEY)
        shape[SALT] = ':';
    return cogmig_password_scheme(shape);
}

struct hash_reading read_hash(const char *kind, int64_t length, const struct hash_rules *rules)
{
    struct hash_reading reading;
    if (kind == NULL || length == 0)
        return (struct hash_reading){HASH_NONE, "none", 0};
    const char *scheme = cogmig_password_scheme(kind);
    if (strcmp(scheme, "locked") == 0)
        return (struct hash_reading){HASH_LOCKED, scheme, 0};
    if (strcmp(scheme, "bcrypt") == 0)
        return judge_bcrypt(scheme, strlen(kind) < 7 ? 0 : cost_at(kind + 4),
                            length == BCRYPT_LENGTH, rules);
    if (read_old_revision(scheme, kind, length, rules, &reading))
        return reading;
    int32_t cost = cost_behind_prefix(kind);
    if (cost > 0)
        return read_prefixed(scheme, kind, length, cost, rules);
    if (strcmp(scheme, "unknown") == 0)
        scheme = scheme_by_shape(kind, length);
    return (struct hash_reading){HASH_UNSUPPORTED, scheme, 0};
}
