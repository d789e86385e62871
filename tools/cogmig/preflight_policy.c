/* SPDX-License-Identifier: Apache-2.0
 * IAM User Guide, "Policy evaluation logic", "IAM JSON policy elements reference". */
#include "preflight_policy.h"

#include "preflight_json.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* ---- patterns ---- */

/* * is any number of characters, ? is one. Where what follows the last * does not fit, that one
 * takes a character more. */
static bool fits_pattern(const char *pattern, size_t pattern_len, const char *text, size_t len)
{
    size_t at = 0, star = pattern_len, taken = 0;
    for (size_t i = 0; i < len;) {
        if (at < pattern_len && pattern[at] == '*') {
            star = at++;
            taken = i;
        } else if (at < pattern_len && (pattern[at] == '?' || pattern[at] == text[i])) {
            at++;
            i++;
        } else if (star < pattern_len) {
            at = star + 1;
            i = ++taken;
        } else {
            return false;
        }
    }
    while (at < pattern_len && pattern[at] == '*')
        at++;
    return at == pattern_len;
}

static bool fits_text(const char *pattern, const char *text)
{
    return fits_pattern(pattern, strlen(pattern), text, strlen(text));
}

/* Part by part: a * of one of the six does not reach into the next. */
static bool fits_arn(const char *pattern, const char *arn)
{
    for (int colons = 0; colons < 5; colons++) {
        size_t pattern_len = strcspn(pattern, ":"), len = strcspn(arn, ":");
        if (pattern[pattern_len] == '\0' || arn[len] == '\0' ||
            !fits_pattern(pattern, pattern_len, arn, len))
            return false;
        pattern += pattern_len + 1;
        arn += len + 1;
    }
    return fits_text(pattern, arn);
}

static bool is_same(const char *wanted, const char *text)
{
    return strcmp(wanted, text) == 0;
}

static bool is_same_word(const char *wanted, const char *text)
{
    return strcasecmp(wanted, text) == 0;
}

/* Names of actions are the same in any case. */
static bool fits_action(const char *pattern, const char *action)
{
    char lower[128];
    size_t len = strlen(pattern);
    if (len >= sizeof lower)
        return false;
    for (size_t i = 0; i <= len; i++)
        lower[i] = (char)(pattern[i] >= 'A' && pattern[i] <= 'Z' ? pattern[i] + 32 : pattern[i]);
    return fits_text(lower, action);
}

typedef bool (*fits_fn)(const char *pattern, const char *text);

/* value is a text, or several of which one is enough. */
static bool fits_any(fits_fn fits, json_t *value, const char *text)
{
    size_t i;
    json_t *each;
    if (json_is_string(value))
        return fits(json_string_value(value), text);
    json_array_foreach(value, i, each)
    {
        if (json_is_string(each) && fits(json_string_value(each), text))
            return true;
    }
    return false;
}

/* ---- who and what ---- */

/* "*" is everybody, AWS's services too, and {"AWS": "*"} is the same. */
static bool is_principal(json_t *principal)
{
    return fits_any(is_same, principal, "*") ||
           fits_any(is_same, json_object_get(principal, "AWS"), "*") ||
           fits_any(fits_text, json_object_get(principal, "Service"), "cognito-idp.amazonaws.com");
}

static bool is_about_cognito(json_t *statement)
{
    json_t *principal = value_at(statement, "Principal");
    json_t *all_but = value_at(statement, "NotPrincipal");
    return all_but != NULL ? !is_principal(all_but) : is_principal(principal);
}

static bool is_about_invoking(json_t *statement)
{
    static const char invoke[] = "lambda:invokefunction";
    json_t *all_but = value_at(statement, "NotAction");
    return all_but != NULL ? !fits_any(fits_action, all_but, invoke)
                           : fits_any(fits_action, value_at(statement, "Action"), invoke);
}

/* ---- conditions ---- */

enum answer {
    ANSWER_NO,
    ANSWER_UNKNOWN,
    ANSWER_YES
};

static const struct {
    const char *name;
    fits_fn fits;
    bool is_negated;
} operators[] = {
    {"StringEquals", is_same, false},
    {"StringNotEquals", is_same, true},
    {"StringEqualsIgnoreCase", is_same_word, false},
    {"StringNotEqualsIgnoreCase", is_same_word, true},
    {"StringLike", fits_text, false},
    {"StringNotLike", fits_text, true},
    {"ArnEquals", fits_arn, false},
    {"ArnLike", fits_arn, false},
    {"ArnNotEquals", fits_arn, true},
    {"ArnNotLike", fits_arn, true},
    {"Bool", is_same_word, false},
};

/* "ForAnyValue:StringLikeIfExists" is StringLike where there is one value, and it is there. */
static bool is_operator(const char *written, const char *name)
{
    const char *colon = strchr(written, ':');
    const char *bare = colon == NULL ? written : colon + 1;
    size_t len = strlen(name);
    return strncasecmp(bare, name, len) == 0 &&
           (bare[len] == '\0' || strcasecmp(bare + len, "IfExists") == 0);
}

/* What a call of Cognito has there. NULL: that is not known. */
static const char *value_of_key(const char *key, const struct caller *caller)
{
    if (strcasecmp(key, "aws:SourceArn") == 0)
        return caller->pool_arn;
    if (strcasecmp(key, "aws:SourceAccount") == 0)
        return caller->account;
    return strcasecmp(key, "aws:SecureTransport") == 0 ? "true" : NULL;
}

/* An emulator's pool has no ARN: it is taken for the one that is meant. */
static bool is_of_unknown_pool(const char *key, const struct caller *caller)
{
    return caller->pool_arn == NULL &&
           (strcasecmp(key, "aws:SourceArn") == 0 || strcasecmp(key, "aws:SourceAccount") == 0);
}

static enum answer holds(const char *operator_name, const char *key, json_t *wanted,
                         const struct caller *caller)
{
    const char *value = value_of_key(key, caller);
    if (is_of_unknown_pool(key, caller))
        return ANSWER_YES;
    for (size_t i = 0; value != NULL && i < sizeof operators / sizeof operators[0]; i++)
        if (is_operator(operator_name, operators[i].name))
            return fits_any(operators[i].fits, wanted, value) != operators[i].is_negated
                       ? ANSWER_YES
                       : ANSWER_NO;
    return ANSWER_UNKNOWN;
}

/* All must hold. */
static enum answer conditions_hold(json_t *statement, const struct caller *caller,
                                   const char **ret_key)
{
    enum answer worst = ANSWER_YES;
    const char *operator_name, *key;
    json_t *keys, *wanted;
    json_object_foreach(value_at(statement, "Condition"), operator_name, keys)
    {
        json_object_foreach(keys, key, wanted)
        {
            enum answer answer = holds(operator_name, key, wanted, caller);
            if (answer == ANSWER_UNKNOWN && ret_key != NULL)
                *ret_key = key;
            worst = answer < worst ? answer : worst;
        }
    }
    return worst;
}

/* ---- all statements ---- */

static bool is_effect(json_t *statement, const char *effect)
{
    return is_text_at(statement, "Effect", effect) && is_about_cognito(statement) &&
           is_about_invoking(statement);
}

bool policy_statement_says(json_t *statement, const struct caller *caller,
                           enum permission permission)
{
    const char *effect = permission == PERMISSION_DENIED ? "Deny" : "Allow";
    return is_effect(statement, effect) && conditions_hold(statement, caller, NULL) == ANSWER_YES;
}

struct tally {
    bool denied, perhaps_denied, allowed, perhaps_allowed, others;
    const char *key;
};

static void count_statement(json_t *statement, const struct caller *caller, struct tally *tally)
{
    bool denies = is_effect(statement, "Deny");
    if (!denies && !is_effect(statement, "Allow"))
        return;
    enum answer answer = conditions_hold(statement, caller, &tally->key);
    tally->denied |= denies && answer == ANSWER_YES;
    tally->perhaps_denied |= denies && answer == ANSWER_UNKNOWN;
    tally->allowed |= !denies && answer == ANSWER_YES;
    tally->perhaps_allowed |= !denies && answer == ANSWER_UNKNOWN;
    tally->others |= !denies && answer == ANSWER_NO;
}

/* One statement may stand there without a list. */
static struct tally count(json_t *policy, const struct caller *caller)
{
    struct tally tally = {.key = NULL};
    json_t *statements = value_at(policy, "Statement"), *statement;
    size_t i;
    if (json_is_object(statements))
        count_statement(statements, caller, &tally);
    json_array_foreach(statements, i, statement)
    {
        count_statement(statement, caller, &tally);
    }
    return tally;
}

enum permission policy_permission(json_t *policy, const struct caller *caller, const char **ret_key)
{
    struct tally tally = count(policy, caller);
    *ret_key = tally.key;
    if (tally.denied)
        return PERMISSION_DENIED;
    if (tally.perhaps_denied && (tally.allowed || tally.perhaps_allowed))
        return PERMISSION_UNKNOWN;
    if (tally.allowed)
        return PERMISSION_GIVEN;
    if (tally.perhaps_allowed)
        return PERMISSION_UNKNOWN;
    return tally.others ? PERMISSION_OTHERS : PERMISSION_NONE;
}
