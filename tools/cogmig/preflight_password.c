/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight_password.h"

#include "preflight_json.h"

#include <cogmig/migration.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    const char *member; /* of PasswordPolicyType */
    int32_t bit;
} classes[] = {
    {"lower", "RequireLowercase", COGMIG_PASSWORD_LOWER},
    {"upper", "RequireUppercase", COGMIG_PASSWORD_UPPER},
    {"digit", "RequireNumbers", COGMIG_PASSWORD_DIGIT},
    {"symbol", "RequireSymbols", COGMIG_PASSWORD_SYMBOL},
};

enum {
    CLASSES = sizeof classes / sizeof classes[0],
    TEXT_SIZE = 96,
    USUAL_LENGTH = 8
};

/* ---- classes as text ---- */

static int32_t bit_of(const char *word, size_t len)
{
    for (size_t i = 0; i < CLASSES; i++)
        if (strlen(classes[i].word) == len && strncmp(classes[i].word, word, len) == 0)
            return classes[i].bit;
    return -1;
}

int32_t password_classes_of(const char *text)
{
    int32_t found = 0;
    if (strcmp(text, "none") == 0)
        return 0;
    do {
        text += strspn(text, " ");
        size_t len = strcspn(text, ", ");
        int32_t bit = bit_of(text, len);
        text += len + strspn(text + len, " ");
        if (bit < 0 || (*text != ',' && *text != '\0'))
            return -1;
        found |= bit;
    } while (*text != '\0' && *++text != '\0'); /* the library takes a comma at the end, too */
    return found;
}

/* "8 characters with lower,upper": what can be pasted into COGMIG_PASSWORD_CLASSES. */
static void tell_rule(struct password_rule rule, char out[TEXT_SIZE])
{
    int len = snprintf(out, TEXT_SIZE, "%d characters", (int)rule.min_length);
    const char *before = " with ";
    for (size_t i = 0; i < CLASSES; i++) {
        if ((rule.classes & classes[i].bit) == 0)
            continue;
        len += snprintf(out + len, TEXT_SIZE - (size_t)len, "%s%s", before, classes[i].word);
        before = ",";
    }
    if (rule.classes == 0)
        snprintf(out + len, TEXT_SIZE - (size_t)len, " of any class");
}

/* ---- rules side by side ---- */

static struct password_rule rule_of_pool(json_t *policy)
{
    json_int_t length = json_integer_value(value_at(policy, "MinimumLength"));
    struct password_rule rule = {.min_length = (int32_t)length};
    for (size_t i = 0; i < CLASSES; i++)
        if (json_is_true(value_at(policy, classes[i].member)))
            rule.classes |= classes[i].bit;
    return rule;
}

/* Is there a password that meets b and breaks a? */
static bool asks_for_more(struct password_rule a, struct password_rule b)
{
    return a.min_length > b.min_length || (a.classes & ~b.classes) != 0;
}

static void conclude_own_rule(const struct setup *setup, struct password_rule pool,
                              struct finding *finding)
{
    char asked[TEXT_SIZE], own[TEXT_SIZE];
    tell_rule(pool, asked);
    tell_rule(setup->own_passwords, own);
    if (asks_for_more(setup->own_passwords, pool))
        conclude(finding, VERDICT_WARNING,
                 "The pool asks for %s, the migration for %s: users have to replace passwords that "
                 "the pool would take.",
                 asked, own);
    else if (asks_for_more(pool, setup->own_passwords))
        conclude(finding, VERDICT_WARNING,
                 "The pool asks for %s, the migration only for %s: passwords in between are taken "
                 "over.",
                 asked, own);
    else
        conclude(finding, VERDICT_OK,
                 "Pool and migration ask for %s: who does not meet it is asked for a new password, "
                 "or keeps the old one where the address is not verified.",
                 asked);
}

/* What is not known of the old system counts as no less than the pool has. */
static struct password_rule legacy_rule(const struct setup *setup, struct password_rule pool)
{
    struct password_rule legacy = setup->legacy_passwords;
    if (legacy.min_length == 0)
        legacy.min_length = pool.min_length;
    if (legacy.classes == CLASSES_NOT_KNOWN)
        legacy.classes = pool.classes;
    return legacy;
}

static void conclude_legacy_rule(const struct setup *setup, struct password_rule pool,
                                 struct finding *finding)
{
    const struct password_rule *told = &setup->legacy_passwords;
    struct password_rule legacy = legacy_rule(setup, pool);
    char asked[TEXT_SIZE], before[TEXT_SIZE];
    tell_rule(pool, asked);
    tell_rule(legacy, before);
    if (asks_for_more(pool, legacy))
        conclude(finding, VERDICT_WARNING,
                 "The pool asks for %s, the old system for %s: old passwords that break the policy "
                 "are taken over as they are.",
                 asked, before);
    else if (told->min_length == 0 && told->classes == CLASSES_NOT_KNOWN)
        conclude(finding, VERDICT_OK,
                 "The pool asks for %s; a migrated password is taken over whether it has them or "
                 "not.",
                 asked);
    else if (told->classes == CLASSES_NOT_KNOWN && pool.classes != 0)
        conclude(finding, VERDICT_OK,
                 "The pool asks for %s, which is as long as before; whether the classes are new is "
                 "not told (--legacy-classes).",
                 asked);
    else
        conclude(finding, VERDICT_OK, "The pool asks for %s, and so did the old system.", asked);
}

void judge_password_policy(const struct setup *setup, struct finding *finding)
{
    json_t *policy = value_at(setup->pool, "Policies.PasswordPolicy");
    struct password_rule pool = rule_of_pool(policy);
    char asked[TEXT_SIZE];
    tell_rule(pool, asked);
    if (policy == NULL)
        conclude(finding, VERDICT_UNKNOWN, "The pool tells no password policy.");
    else if (pool.min_length < USUAL_LENGTH)
        conclude(finding, VERDICT_WARNING, "New passwords may be as short as %d characters.",
                 (int)pool.min_length);
    else if (setup->has_own_passwords)
        conclude_own_rule(setup, pool, finding);
    else
        conclude_legacy_rule(setup, pool, finding);
}
