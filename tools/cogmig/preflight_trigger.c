/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight_trigger.h"

#include "preflight_json.h"

#include <string.h>

static const char *migration_arn(const struct setup *setup)
{
    return text_at(setup->pool, "LambdaConfig.UserMigration");
}

/* ---- wired ---- */

/* arn:aws:lambda:eu-central-1:… against eu-central-1_AbC; an emulator has no ARNs. */
static bool is_in_region_of(const char *arn, const char *pool_id)
{
    for (int colons = 0; colons < 3; colons++) {
        arn = strchr(arn, ':');
        if (arn == NULL)
            return true;
        arn++;
    }
    size_t region = strcspn(arn, ":");
    return strncmp(arn, pool_id, region) == 0 && pool_id[region] == '_';
}

void judge_migration_trigger(const struct setup *setup, struct finding *finding)
{
    const char *arn = migration_arn(setup), *pool_id = text_at(setup->pool, "Id");
    if (arn == NULL)
        conclude(finding, VERDICT_PROBLEM, "LambdaConfig has no UserMigration.");
    else if (pool_id != NULL && !is_in_region_of(arn, pool_id))
        conclude(finding, VERDICT_PROBLEM, "The function %.200s is in another region.", arn);
    else
        conclude(finding, VERDICT_OK, "UserMigration is %.200s.", arn);
}

/* ---- permitted ---- */

static bool is_one_of(json_t *value, const char *text)
{
    return json_is_array(value)
               ? has_element(value, text)
               : json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

static bool is_cognito(json_t *statement)
{
    return is_text_at(statement, "Principal", "*") ||
           is_one_of(value_at(statement, "Principal.Service"), "cognito-idp.amazonaws.com");
}

static bool allows_invocation(json_t *statement)
{
    json_t *action = value_at(statement, "Action");
    return is_text_at(statement, "Effect", "Allow") && is_cognito(statement) &&
           (is_one_of(action, "lambda:InvokeFunction") || is_one_of(action, "lambda:*"));
}

/* IAM User Guide, "IAM JSON policy elements: Condition operators": * is any number of characters, ?
 * is one. Where what follows the last * does not fit, that one takes a character more. */
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
    return fits_pattern(pattern, strlen(pattern), arn, strlen(arn));
}

static bool fits(const char *operator_name, const char *wanted, const char *arn)
{
    if (strcasestr(operator_name, "StringLike") != NULL)
        return fits_pattern(wanted, strlen(wanted), arn, strlen(arn));
    if (strcasestr(operator_name, "Arn") != NULL)
        return fits_arn(wanted, arn);
    return strcmp(wanted, arn) == 0;
}

static bool fits_any(const char *operator_name, json_t *wanted, const char *arn)
{
    size_t i;
    json_t *each;
    if (json_is_string(wanted))
        return fits(operator_name, json_string_value(wanted), arn);
    json_array_foreach(wanted, i, each)
    {
        if (json_is_string(each) && fits(operator_name, json_string_value(each), arn))
            return true;
    }
    return false;
}

enum source {
    SOURCE_ANY, /* there is no such condition */
    SOURCE_THIS_POOL,
    SOURCE_OTHERS
};

/* Conditions are written in any case (AWS:SourceArn, aws:SourceArn). */
static enum source source_of(json_t *statement, const char *pool_arn)
{
    const char *operator_name, *key;
    json_t *keys, *value;
    json_object_foreach(value_at(statement, "Condition"), operator_name, keys)
    {
        json_object_foreach(keys, key, value)
        {
            if (strcasecmp(key, "aws:SourceArn") == 0)
                return pool_arn == NULL || fits_any(operator_name, value, pool_arn)
                           ? SOURCE_THIS_POOL
                           : SOURCE_OTHERS;
        }
    }
    return SOURCE_ANY;
}

/* The best that a statement says: one that fits is enough. */
static void judge_policy(const struct setup *setup, json_t *policy, struct finding *finding)
{
    bool allowed[SOURCE_OTHERS + 1] = {false};
    size_t i;
    json_t *statement;
    json_array_foreach(value_at(policy, "Statement"), i, statement)
    {
        if (allows_invocation(statement))
            allowed[source_of(statement, text_at(setup->pool, "Arn"))] = true;
    }
    if (allowed[SOURCE_THIS_POOL])
        conclude(finding, VERDICT_OK, "This pool may invoke the function.");
    else if (allowed[SOURCE_ANY])
        conclude(finding, VERDICT_WARNING, "Any user pool of any account may invoke the function.");
    else if (allowed[SOURCE_OTHERS])
        conclude(finding, VERDICT_PROBLEM, "Another pool may invoke the function, not this one.");
    else
        conclude(finding, VERDICT_PROBLEM, "The function's policy does not let Cognito invoke it.");
}

/* aws lambda get-policy, and Lambda itself, give the document as a text within JSON. */
static void judge_answer(const struct setup *setup, json_t *answer, struct finding *finding)
{
    const char *text = text_at(answer, "Policy");
    json_t *within = text == NULL ? NULL : json_loads(text, 0, NULL);
    judge_policy(setup, within != NULL ? within : answer, finding);
    json_decref(within);
}

/* LambdaConfig has texts, objects with a version beside LambdaArn, and a key's ARN. */
void for_each_trigger(json_t *pool, trigger_fn take, void *user_data)
{
    const char *trigger;
    json_t *value;
    json_object_foreach(value_at(pool, "LambdaConfig"), trigger, value)
    {
        const char *arn =
            json_is_object(value) ? text_at(value, "LambdaArn") : json_string_value(value);
        bool is_function = arn != NULL && strstr(arn, ":lambda:") != NULL;
        if (is_function && !take(user_data, trigger, arn))
            return;
    }
}

static void judge_function(const struct setup *setup, const char *arn, struct finding *finding)
{
    json_t *said = json_object_get(setup->function_policies, arn);
    if (said == NULL)
        conclude(finding, VERDICT_UNKNOWN, "Lambda was not asked.");
    else if (json_is_null(said))
        conclude(finding, VERDICT_PROBLEM, "There is no such function, or nobody may invoke it.");
    else if (json_is_string(said))
        conclude(finding, VERDICT_UNKNOWN, "%.300s", json_string_value(said));
    else
        judge_answer(setup, said, finding);
}

/* The worst of all. */
struct judgement {
    const struct setup *setup;
    struct finding *finding;
    const char *arn;
};

static bool is_worse(enum verdict verdict, enum verdict than)
{
    static const int order[] = {
        [VERDICT_OK] = 0, [VERDICT_WARNING] = 1, [VERDICT_UNKNOWN] = 2, [VERDICT_PROBLEM] = 3};
    return order[verdict] > order[than];
}

static bool judge_one(void *user_data, const char *trigger, const char *arn)
{
    struct judgement *worst = user_data;
    struct finding one;
    judge_function(worst->setup, arn, &one);
    if (!is_worse(one.verdict, worst->finding->verdict))
        return true;
    conclude(worst->finding, one.verdict, "%.60s: %.400s", trigger, one.reason);
    worst->arn = arn;
    return true;
}

static const char *judge_functions(const struct setup *setup, struct finding *finding)
{
    struct judgement worst = {.setup = setup, .finding = finding};
    conclude(finding, VERDICT_OK, "This pool may invoke the function of each trigger.");
    for_each_trigger(setup->pool, judge_one, &worst);
    return worst.arn;
}

const char *function_to_permit(const struct setup *setup)
{
    struct finding finding;
    const char *arn = setup->function_policies == NULL ? NULL : judge_functions(setup, &finding);
    return arn == NULL ? migration_arn(setup) : arn;
}

void judge_trigger_permission(const struct setup *setup, struct finding *finding)
{
    if (setup->lambda_policy != NULL)
        judge_answer(setup, setup->lambda_policy, finding);
    else if (setup->function_policies != NULL)
        judge_functions(setup, finding);
    else
        conclude(finding, VERDICT_UNKNOWN,
                 "The function's resource policy was not given (--lambda-policy FILE, from "
                 "aws lambda get-policy --function-name %.200s).",
                 migration_arn(setup) == NULL ? "<function>" : migration_arn(setup));
}

/* ---- the other triggers ---- */

void judge_sign_up_guard(const struct setup *setup, struct finding *finding)
{
    if (json_is_true(value_at(setup->pool, "AdminCreateUserConfig.AllowAdminCreateUserOnly")))
        conclude(finding, VERDICT_OK, "Nobody can sign up by himself.");
    else if (text_at(setup->pool, "LambdaConfig.PreSignUp") != NULL)
        conclude(finding, VERDICT_OK, "PreSignUp is %.200s.",
                 text_at(setup->pool, "LambdaConfig.PreSignUp"));
    else
        conclude(finding, VERDICT_PROBLEM, "Everybody can sign up, and there is no PreSignUp.");
}

static const char *token_trigger(const struct setup *setup)
{
    const char *arn = text_at(setup->pool, "LambdaConfig.PreTokenGenerationConfig.LambdaArn");
    return arn != NULL ? arn : text_at(setup->pool, "LambdaConfig.PreTokenGeneration");
}

/* NULL: it is not used. */
static const char *token_trigger_version(const struct setup *setup)
{
    const char *version =
        text_at(setup->pool, "LambdaConfig.PreTokenGenerationConfig.LambdaVersion");
    bool is_old = text_at(setup->pool, "LambdaConfig.PreTokenGeneration") != NULL;
    return version == NULL && is_old ? "V1_0" : version;
}

/* Version 1 knows ID tokens alone (Developer Guide, "Pre token generation Lambda trigger"). */
void judge_link_trigger(const struct setup *setup, struct finding *finding)
{
    const char *version = token_trigger_version(setup);
    const char *authentication = text_at(setup->pool, "LambdaConfig.PostAuthentication");
    if (authentication != NULL)
        conclude(finding, VERDICT_OK, "PostAuthentication is %.200s.", authentication);
    else if (token_trigger(setup) != NULL && version != NULL && strcmp(version, "V1_0") == 0)
        conclude(finding, VERDICT_WARNING,
                 "There is no PostAuthentication, and PreTokenGeneration is V1_0, which puts the "
                 "claim into ID tokens alone.");
    else if (token_trigger(setup) != NULL)
        conclude(finding, VERDICT_OK, "PreTokenGeneration is %.200s.", token_trigger(setup));
    else
        conclude(finding, VERDICT_WARNING,
                 "There is neither PostAuthentication nor PreTokenGeneration.");
}

void judge_token_trigger(const struct setup *setup, struct finding *finding)
{
    const char *version = token_trigger_version(setup);
    const char *arn = text_at(setup->pool, "LambdaConfig.PreTokenGenerationConfig.LambdaArn");
    const char *old_arn = text_at(setup->pool, "LambdaConfig.PreTokenGeneration");
    const char *tier = text_at(setup->pool, "UserPoolTier");
    bool of_access_tokens = version != NULL && strcmp(version, "V1_0") != 0;
    if (arn != NULL && old_arn != NULL && strcmp(arn, old_arn) != 0)
        conclude(finding, VERDICT_PROBLEM,
                 "PreTokenGeneration and PreTokenGenerationConfig name different functions.");
    else if (of_access_tokens && tier == NULL)
        conclude(finding, VERDICT_UNKNOWN, "PreTokenGeneration is %s; the pool's tier is not told.",
                 version);
    else if (of_access_tokens && strcmp(tier, "LITE") == 0)
        conclude(finding, VERDICT_PROBLEM, "PreTokenGeneration is %s, and the tier is LITE.",
                 version);
    else
        conclude(finding, VERDICT_OK, "PreTokenGeneration is %s, the tier %s.",
                 version != NULL ? version : "not used", tier == NULL ? "not told" : tier);
}
