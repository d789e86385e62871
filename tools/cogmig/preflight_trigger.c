/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight_trigger.h"

#include "preflight_json.h"
#include "preflight_policy.h"

#include <stdio.h>
#include <string.h>

static const char *migration_arn(const struct setup *setup)
{
    return text_at(setup->pool, "LambdaConfig.UserMigration");
}

/* ---- wired ---- */

static bool is_function(const char *arn)
{
    return strstr(arn, ":lambda:") != NULL;
}

/* eu-central-1_AbC, not an emulator's local_AbC. */
static bool is_of_aws(const char *pool_id)
{
    return memchr(pool_id, '-', strcspn(pool_id, "_")) != NULL;
}

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
    if (arn == NULL || *arn == '\0')
        conclude(finding, VERDICT_PROBLEM, "LambdaConfig has no UserMigration.");
    else if (!is_function(arn) && pool_id != NULL && is_of_aws(pool_id))
        conclude(finding, VERDICT_PROBLEM, "UserMigration is no function's ARN: %.200s.", arn);
    else if (pool_id != NULL && !is_in_region_of(arn, pool_id))
        conclude(finding, VERDICT_PROBLEM, "The function %.200s is in another region.", arn);
    else
        conclude(finding, VERDICT_OK, "UserMigration is %.200s.", arn);
}

/* ---- permitted ---- */

/* arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID */
enum {
    ARN_SIZE = 256,
    ACCOUNT_SIZE = 32
};

/* What stands behind so many colons; NULL: there are fewer. */
static const char *behind_colons(const char *arn, int count)
{
    for (int i = 0; i < count && arn != NULL; i++) {
        arn = strchr(arn, ':');
        arn = arn == NULL ? NULL : arn + 1;
    }
    return arn;
}

static struct caller caller_of_pool(const struct setup *setup, char account[ACCOUNT_SIZE])
{
    const char *arn = text_at(setup->pool, "Arn"), *begin = behind_colons(arn, 4);
    snprintf(account, ACCOUNT_SIZE, "%.*s", begin == NULL ? 0 : (int)strcspn(begin, ":"),
             begin == NULL ? "" : begin);
    return (struct caller){arn, account};
}

/* A pool of somebody else in the same region: may it, then every pool may. */
static struct caller stranger(const struct setup *setup, char arn[ARN_SIZE])
{
    static const char account[] = "000000000000";
    const char *pool_arn = text_at(setup->pool, "Arn");
    if (behind_colons(pool_arn, 4) == NULL)
        pool_arn = "arn:aws:cognito-idp:us-east-1:";
    const char *region = behind_colons(pool_arn, 3);
    int region_len = (int)strcspn(region, ":");
    snprintf(arn, ARN_SIZE, "%.*s%.*s:%s:userpool/%.*s_000000000", (int)(region - pool_arn),
             pool_arn, region_len, region, account, region_len, region);
    return (struct caller){arn, account};
}

static void judge_policy(const struct setup *setup, json_t *policy, struct finding *finding)
{
    char account[ACCOUNT_SIZE], other_arn[ARN_SIZE];
    const char *key = NULL, *ignored = NULL;
    struct caller pool = caller_of_pool(setup, account), other = stranger(setup, other_arn);
    enum permission permission = policy_permission(policy, &pool, &key);
    bool is_open = policy_permission(policy, &other, &ignored) == PERMISSION_GIVEN;
    if (value_at(policy, "Statement") == NULL)
        conclude(finding, VERDICT_UNKNOWN, "What was given as the function's policy is none.");
    else if (permission == PERMISSION_DENIED)
        conclude(finding, VERDICT_PROBLEM,
                 "A statement with the effect Deny keeps this pool from invoking the function.");
    else if (permission == PERMISSION_UNKNOWN)
        conclude(finding, VERDICT_UNKNOWN,
                 "Whether this pool may invoke the function depends on %.100s.", key);
    else if (permission == PERMISSION_OTHERS)
        conclude(finding, VERDICT_PROBLEM, "Another pool may invoke the function, not this one.");
    else if (permission == PERMISSION_NONE)
        conclude(finding, VERDICT_PROBLEM, "The function's policy does not let Cognito invoke it.");
    else if (is_open)
        conclude(finding, VERDICT_WARNING, "Any user pool of any account may invoke the function.");
    else
        conclude(finding, VERDICT_OK, "This pool may invoke the function.");
}

/* aws lambda get-policy, and Lambda itself, give the document as a text within JSON. To be
 * released. */
static json_t *policy_within(json_t *answer)
{
    const char *text = text_at(answer, "Policy");
    json_t *within = text == NULL ? NULL : json_loads(text, 0, NULL);
    return within != NULL ? within : json_incref(answer);
}

static void judge_answer(const struct setup *setup, json_t *answer, struct finding *finding)
{
    json_t *policy = policy_within(answer);
    judge_policy(setup, policy, finding);
    json_decref(policy);
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
        if (arn != NULL && is_function(arn) && !take(user_data, trigger, arn))
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

/* ---- how the permission is given ---- */

/* Commands, one after the other. */
struct commands {
    const struct permission_names *names;
    char *out;
    size_t size;
};

static void add_command(struct commands *commands, const char *verb, const char *sid,
                        const char *rest)
{
    const struct permission_names *names = commands->names;
    size_t len = strlen(commands->out);
    snprintf(commands->out + len, commands->size - len,
             "%saws lambda %s --region %s --function-name %s --statement-id %s%s",
             len == 0 ? "" : " && ", verb, names->region, names->function, sid, rest);
}

static bool has_sid(json_t *statements, const char *sid)
{
    size_t i;
    json_t *statement;
    json_array_foreach(statements, i, statement)
    {
        if (is_text_at(statement, "Sid", sid))
            return true;
    }
    return false;
}

static void add_permission(struct commands *commands, json_t *statements)
{
    char sid[128] = "cognito", rest[512];
    for (int number = 2; has_sid(statements, sid); number++)
        snprintf(sid, sizeof sid, "cognito-%d", number);
    snprintf(
        rest, sizeof rest,
        " --action lambda:InvokeFunction --principal cognito-idp.amazonaws.com --source-arn %s",
        commands->names->pool_arn);
    add_command(commands, "add-permission", sid, rest);
}

/* Lambda takes letters, digits, - and _; anything else cannot be one of its own. */
static const char *sid_of(json_t *statement)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const char *sid = text_at(statement, "Sid");
    return sid != NULL && *sid != '\0' && sid[strspn(sid, allowed)] == '\0' ? sid : NULL;
}

/* First what is missing, then what is too much: nobody is kept out in between. */
static void write_commands(const struct setup *setup, json_t *policy, struct commands *commands)
{
    char account[ACCOUNT_SIZE], other_arn[ARN_SIZE];
    struct caller pool = caller_of_pool(setup, account), other = stranger(setup, other_arn);
    json_t *statements = value_at(policy, "Statement"), *statement;
    bool is_given = false;
    size_t i;
    json_array_foreach(statements, i, statement)
    {
        is_given = is_given || (policy_statement_says(statement, &pool, PERMISSION_GIVEN) &&
                                !policy_statement_says(statement, &other, PERMISSION_GIVEN));
    }
    if (!is_given)
        add_permission(commands, statements);
    json_array_foreach(statements, i, statement)
    {
        if (sid_of(statement) != NULL &&
            (policy_statement_says(statement, &pool, PERMISSION_DENIED) ||
             policy_statement_says(statement, &other, PERMISSION_GIVEN)))
            add_command(commands, "remove-permission", sid_of(statement), "");
    }
    if (commands->out[0] == '\0')
        snprintf(commands->out, commands->size,
                 "Look at the statements of the function's policy: aws lambda get-policy --region "
                 "%s --function-name %s",
                 commands->names->region, commands->names->function);
}

void mend_permission(const struct setup *setup, const struct permission_names *names, char *out,
                     size_t size)
{
    struct commands commands = {names, out, size};
    const char *arn = function_to_permit(setup);
    json_t *answer = setup->lambda_policy;
    if (answer == NULL && arn != NULL)
        answer = json_object_get(setup->function_policies, arn);
    json_t *policy = policy_within(answer);
    out[0] = '\0';
    write_commands(setup, policy, &commands);
    json_decref(policy);
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
