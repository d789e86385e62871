/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight.h"

#include "preflight_client.h"
#include "preflight_json.h"
#include "preflight_password.h"
#include "preflight_pool.h"
#include "preflight_trigger.h"

#include <stdio.h>
#include <string.h>

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {"ok", "warning", "problem", "unknown"};
    return names[verdict];
}

/* What a client allows that lists nothing. */
#define DEFAULT_FLOWS                                                                              \
    "(.ExplicitAuthFlows // [\"ALLOW_REFRESH_TOKEN_AUTH\", \"ALLOW_USER_SRP_AUTH\", "              \
    "\"ALLOW_CUSTOM_AUTH\"])"

/* A client that lists none reads and writes these, and the two flags it reads as well (API
 * reference, UserPoolClientType). */
#define STANDARD_ATTRIBUTES                                                                        \
    "\"address\", \"birthdate\", \"email\", \"family_name\", \"gender\", \"given_name\", "         \
    "\"locale\", "                                                                                 \
    "\"middle_name\", \"name\", \"nickname\", \"phone_number\", \"picture\", "                     \
    "\"preferred_username\", \"profile\", \"updated_at\", \"website\", \"zoneinfo\""

/* The oldest name does not go with ALLOW_*, which it has to be instead, and rotation not with the
 * refresh flow. */
static const char allow_passwords[] =
    ".ExplicitAuthFlows = (" DEFAULT_FLOWS
    " | map(if . == \"CUSTOM_AUTH_FLOW_ONLY\" then \"ALLOW_CUSTOM_AUTH\", "
    "\"ALLOW_REFRESH_TOKEN_AUTH\" else . end) | . + [\"ALLOW_USER_PASSWORD_AUTH\"] | unique) | if "
    ".RefreshTokenRotation.Feature == \"ENABLED\" then .ExplicitAuthFlows -= "
    "[\"ALLOW_REFRESH_TOKEN_AUTH\"] else . end";

/* Where the deprecated member is there, it has to name the same function. */
static const char one_token_trigger[] =
    "(if .UserPoolTier == \"LITE\" then .UserPoolTier = \"ESSENTIALS\" else . end) | (if "
    ".LambdaConfig.PreTokenGeneration and .LambdaConfig.PreTokenGenerationConfig then "
    ".LambdaConfig.PreTokenGeneration = .LambdaConfig.PreTokenGenerationConfig.LambdaArn else . "
    "end)";

/* Users with a telephone number keep that way; where nothing is set, they have it. What an
 * administrator alone may do goes with no other way. */
static const char recover_by_mail[] =
    ".AccountRecoverySetting.RecoveryMechanisms = ([{Priority: 1, Name: \"verified_email\"}] + "
    "((.AccountRecoverySetting.RecoveryMechanisms // [{Name: \"verified_phone_number\"}]) | "
    "map(select(.Name == \"verified_phone_number\") | .Priority = 2)))";

/* In the order in which they are told. */
const struct check preflight_checks[] = {
    /* the app client */
    {"client-of-pool", OF_CLIENT, judge_client_of_pool,
     "Every sign-in fails, or users land in another pool.", MEND_NOT,
     "Give the id of an app client of this pool (COGNITO_CLIENT_ID)."},
    {"password-flow", OF_CLIENT, judge_password_flow,
     "With SRP or passwordless sign-in Cognito never sees the password, so the User Migration "
     "trigger is never called and nobody migrates.",
     MEND_CLIENT, allow_passwords},
    {"rotation", OF_CLIENT, judge_rotation,
     "Cognito refuses REFRESH_TOKEN_AUTH where refresh tokens rotate: sessions end with the first "
     "access token.",
     MEND_CLIENT, ".ExplicitAuthFlows = " DEFAULT_FLOWS " - [\"ALLOW_REFRESH_TOKEN_AUTH\"]"},
    {"user-existence-errors", OF_CLIENT, judge_user_existence,
     "Anybody can try addresses and learn which of them have an account.", MEND_CLIENT,
     ".PreventUserExistenceErrors = \"ENABLED\""},
    {"client-secret", OF_CLIENT, judge_client_secret,
     "Cognito refuses each call as NotAuthorizedException, which looks like a wrong password.",
     MEND_NOT, "Set COGNITO_CLIENT_SECRET as the app client has it, or unset it."},
    {"access-token-lifetime", OF_CLIENT, judge_access_lifetime,
     "Whoever validates tokens offline accepts those of a disabled or signed-out user for that "
     "long.",
     MEND_CLIENT,
     ".AccessTokenValidity = 60 | .IdTokenValidity = 60 | .TokenValidityUnits.AccessToken = "
     "\"minutes\" | .TokenValidityUnits.IdToken = \"minutes\""},
    {"refresh-token-lifetime", OF_CLIENT, judge_refresh_lifetime,
     "Too short: users are signed out all the time. Too long: a stolen one is good for years.",
     MEND_CLIENT, ".RefreshTokenValidity = 30 | .TokenValidityUnits.RefreshToken = \"days\""},
    {"revocation", OF_CLIENT, judge_revocation,
     "RevokeToken fails, so a sign-out ends nothing, and tokens carry no origin_jti.", MEND_CLIENT,
     ".EnableTokenRevocation = true"},
    {"legacy-id-readable", OF_CLIENT, judge_legacy_id_readable,
     "ID tokens come without custom:legacy_id, so nobody finds the legacy row by them.",
     MEND_CLIENT,
     ".ReadAttributes = ((.ReadAttributes // [" STANDARD_ATTRIBUTES
     ", \"email_verified\", \"phone_number_verified\"]) + [\"custom:legacy_id\"] | unique)"},
    {"legacy-id-protected", OF_CLIENT, judge_legacy_id_protected,
     "A user can set the own custom:legacy_id to another user's id and act as that user.",
     MEND_CLIENT,
     ".WriteAttributes = ((.WriteAttributes // [" STANDARD_ATTRIBUTES
     "]) - [\"custom:legacy_id\"])"},
    /* attributes */
    {"legacy-id", OF_POOL, judge_legacy_id,
     "Cognito refuses every migrated user: \"Attributes did not conform to the schema\".",
     MEND_ATTRIBUTE,
     "Name=legacy_id,AttributeDataType=String,Mutable=true,"
     "StringAttributeConstraints={MinLength=1,MaxLength=2048}"},
    {"legacy-id-length", OF_POOL, judge_legacy_id_length,
     "Users whose id does not fit are refused by Cognito, after their password was accepted.",
     MEND_NOT,
     "It cannot be changed once it is there: make another attribute with the right length, and "
     "name "
     "it with --legacy-id-attribute."},
    {"legacy-id-mutable", OF_POOL, judge_legacy_id_mutable,
     "Users who sign up in Cognito can never be given a legacy id, and a wrong one can never be "
     "mended.",
     MEND_NOT,
     "It cannot be changed once it is there. Fine if every user comes through the migration."},
    {"required-attributes", OF_POOL, judge_required_attributes,
     "Rows without them are filled with defaults or refused, and a sign-up has to ask for them.",
     MEND_NOT, "Return them (cogmig migrate --attribute), or make a pool that does not."},
    /* who signs in */
    {"email-sign-in", OF_POOL, judge_email_sign_in,
     "The address that the user types is not found, or is refused as a user name.", MEND_NOT,
     "It is fixed when a pool is made: make one with UsernameAttributes=[\"email\"]."},
    {"case", OF_POOL, judge_case,
     "Ann@example.com and ann@example.com become two users; who types another case than before "
     "migrates a second time.",
     MEND_NOT,
     "It is fixed when a pool is made: make one with UsernameConfiguration={CaseSensitive=false}."},
    {"password-policy", OF_POOL, judge_password_policy,
     "Cognito takes a migrated password whatever the policy says, and the user keeps it. The "
     "policy "
     "holds where a password is chosen (sign-up, change, reset): a form that checks it at sign-in "
     "as well locks users out.",
     MEND_NOT,
     "Do not check the policy in your sign-in form. To have old passwords replaced that break it, "
     "give the migration the pool's rule: COGMIG_PASSWORD_MIN_LENGTH, COGMIG_PASSWORD_CLASSES. "
     "Users with a verified address then have to choose a new one; the others keep theirs."},
    {"first-factor", OF_POOL, judge_first_factor,
     "Nobody can sign in with a password, so nobody migrates.", MEND_POOL,
     ".Policies.SignInPolicy.AllowedFirstAuthFactors += [\"PASSWORD\"]"},
    {"mfa", OF_POOL, judge_mfa,
     "A migrated user without a telephone number or authenticator is made, and then cannot sign "
     "in.",
     MEND_POOL, ".MfaConfiguration = \"OPTIONAL\""},
    {"issuer", OF_POOL, judge_issuer,
     "Services that expect the other issuer (issuer-cognito-idp against cognito-idp) refuse every "
     "token; API Gateway and load balancers may not know the new one.",
     MEND_NOT,
     "cogmig and verifiers of a pool accept both. Tell the same issuer to whatever else checks "
     "tokens."},
    /* triggers */
    {"migration-trigger", OF_POOL, judge_migration_trigger,
     "Nobody migrates: unknown users are refused.", MEND_POOL,
     ".LambdaConfig.UserMigration = \"<function-arn>\""},
    {"trigger-permission", OF_POOL, judge_trigger_permission,
     "Where Cognito cannot call the function, every first sign-in fails with \"Exception migrating "
     "user\", or what else the trigger is for. Where any pool can, a stranger's pool tries "
     "passwords against your store.",
     MEND_PERMISSION, ""},
    {"sign-up-guard", OF_POOL, judge_sign_up_guard,
     "A stranger can sign up with the address of a user who has not migrated yet, and occupies the "
     "account: the migration trigger is not called for a user who exists.",
     MEND_POOL, ".LambdaConfig.PreSignUp = \"<function-arn>\""},
    {"link-trigger", OF_POOL, judge_link_trigger,
     "Nothing records sub and legacy id together, so an access token, which has no "
     "custom:legacy_id, leads to no row.",
     MEND_POOL, ".LambdaConfig.PostAuthentication = \"<function-arn>\""},
    {"token-trigger", OF_POOL, judge_token_trigger,
     "Version 2 and 3 of PreTokenGeneration, which can put legacy_id into access tokens, need the "
     "tier ESSENTIALS or PLUS.",
     MEND_POOL, one_token_trigger},
    /* mail */
    {"recovery", OF_POOL, judge_recovery,
     "Who forgot the password before migrating cannot get back in: migrated users have no "
     "telephone "
     "number.",
     MEND_POOL, recover_by_mail},
    {"auto-verified", OF_POOL, judge_auto_verified,
     "New users never prove their address, so forgot-password has nowhere to send a code.",
     MEND_POOL,
     ".AutoVerifiedAttributes = ((.AutoVerifiedAttributes // []) + [\"email\"] | unique)"},
    {"email-sender", OF_POOL, judge_email_sender,
     "50 mails a day for all users together: the first wave of forgotten passwords ends there.",
     MEND_POOL,
     ".EmailConfiguration += {EmailSendingAccount: \"DEVELOPER\", SourceArn: "
     "\"<ses-identity-arn>\"}"},
    /* the pool itself */
    {"deletion-protection", OF_POOL, judge_deletion_protection,
     "One call deletes the pool with every user in it.", MEND_POOL,
     ".DeletionProtection = \"ACTIVE\""},
    {"size", OF_POOL, judge_size, "How far the migration is cannot be estimated.", MEND_NOT,
     "Ask aws cognito-idp describe-user-pool for EstimatedNumberOfUsers."},
};

const size_t preflight_check_count = sizeof preflight_checks / sizeof preflight_checks[0];

void preflight_judge(const struct check *check, const struct setup *setup,
                     struct finding *ret_finding)
{
    if (check->subject == OF_POOL && setup->pool == NULL)
        conclude(ret_finding, VERDICT_UNKNOWN, "The user pool was not given (--pool FILE).");
    else if (check->subject == OF_CLIENT && setup->client == NULL)
        conclude(ret_finding, VERDICT_UNKNOWN, "The app client was not given (--client FILE).");
    else
        check->judge(setup, ret_finding);
}

/* ---- commands ---- */

enum {
    NAME_SIZE = 320
};

struct names {
    char pool[NAME_SIZE], client[NAME_SIZE], region[NAME_SIZE], function[NAME_SIZE],
        pool_arn[NAME_SIZE];
};

/* The shell has to take it as one word, and a file could steer the terminal. */
static void quote(const char *text, size_t len, const char *placeholder, char out[NAME_SIZE])
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:@+=,";
    size_t used = 0;
    if (text == NULL || len == 0 || strspn(text, plain) >= len) {
        snprintf(out, NAME_SIZE, "%.*s", text == NULL || len == 0 ? NAME_SIZE - 1 : (int)len,
                 text == NULL || len == 0 ? placeholder : text);
        return;
    }
    out[used++] = '\'';
    for (size_t i = 0; i < len && used + 6 < NAME_SIZE; i++) {
        bool control = (unsigned char)text[i] < ' ' || text[i] == 0x7F;
        used += (size_t)snprintf(out + used, NAME_SIZE - used, text[i] == '\'' ? "'\\''" : "%c",
                                 control ? '?' : text[i]);
    }
    snprintf(out + used, NAME_SIZE - used, "'");
}

static void quote_member(json_t *object, const char *member, const char *placeholder,
                         char out[NAME_SIZE])
{
    const char *text = text_at(object, member);
    quote(text, text == NULL ? 0 : strlen(text), placeholder, out);
}

static struct names names_of(const struct setup *setup)
{
    struct names names = {.pool = ""};
    const char *pool = text_at(setup->pool, "Id"), *function = function_to_permit(setup);
    if (pool == NULL) /* the client says of which it is */
        pool = text_at(setup->client, "UserPoolId");
    size_t region = pool == NULL ? 0 : strcspn(pool, "_");
    quote(pool, pool == NULL ? 0 : strlen(pool), "<pool-id>", names.pool);
    quote_member(setup->pool, "Arn", "<pool-arn>", names.pool_arn);
    quote_member(setup->client, "ClientId", "<client-id>", names.client);
    quote(function, function == NULL ? 0 : strlen(function), "<function-arn>", names.function);
    quote(pool == NULL || pool[region] != '_' ? NULL : pool, region, "<region>", names.region);
    return names;
}

/* UpdateUserPoolClient and UpdateUserPool replace everything: what is not sent is reset. So all of
 * it is read, changed and sent back. */
static void write_client_edit(const struct names *names, const char *edit, char out[MEND_SIZE])
{
    snprintf(out, MEND_SIZE,
             "aws cognito-idp describe-user-pool-client --region %s --user-pool-id %s --client-id "
             "%s --query UserPoolClient --output json | jq 'del(.ClientSecret, .ClientType, "
             ".CreationDate, "
             ".LastModifiedDate) | %s' > client.json && aws cognito-idp update-user-pool-client "
             "--region %s --cli-input-json file://client.json",
             names->region, names->pool, names->client, edit, names->region);
}

static void write_pool_edit(const struct names *names, const char *edit, char out[MEND_SIZE])
{
    snprintf(out, MEND_SIZE,
             "aws cognito-idp describe-user-pool --region %s --user-pool-id %s --query UserPool "
             "--output json | jq "
             "'{UserPoolId: .Id, PoolName: .Name} + del(.Id, .Name, .Arn, .Status, .CreationDate, "
             ".LastModifiedDate, .SchemaAttributes, .AliasAttributes, .UsernameAttributes, "
             ".UsernameConfiguration, .Domain, .CustomDomain, .EstimatedNumberOfUsers, "
             ".SmsConfigurationFailure, .EmailConfigurationFailure, "
             ".AdminCreateUserConfig.UnusedAccountValidityDays) | %s' > pool.json && aws "
             "cognito-idp update-user-pool --region %s --cli-input-json file://pool.json",
             names->region, names->pool, edit, names->region);
}

/* The texts speak of custom:legacy_id: with the name that it has here. */
static void name_attribute(const char *text, const char *attribute, char *out, size_t size)
{
    static const char whole[] = "custom:legacy_id", bare[] = "Name=legacy_id";
    size_t len = 0;
    out[0] = '\0';
    while (*text != '\0' && len + 1 < size) {
        bool is_whole = strncmp(text, whole, sizeof whole - 1) == 0;
        bool is_bare = strncmp(text, bare, sizeof bare - 1) == 0;
        int added = is_whole  ? snprintf(out + len, size - len, "%s", attribute)
                    : is_bare ? snprintf(out + len, size - len, "Name=%s", attribute + 7)
                              : snprintf(out + len, size - len, "%c", *text);
        len += (size_t)added;
        text += is_whole ? sizeof whole - 1 : is_bare ? sizeof bare - 1 : 1;
    }
}

void preflight_consequence(const struct check *check, const struct setup *setup,
                           char out[CONSEQUENCE_SIZE])
{
    name_attribute(check->consequence, setup->legacy_id, out, CONSEQUENCE_SIZE);
}

void preflight_mend(const struct check *check, const struct setup *setup, char out[MEND_SIZE])
{
    struct names names = names_of(setup);
    char mend[EDIT_SIZE];
    name_attribute(check->mend, setup->legacy_id, mend, sizeof mend);
    switch (check->mend_kind) {
    case MEND_CLIENT:
        write_client_edit(&names, mend, out);
        break;
    case MEND_POOL:
        write_pool_edit(&names, mend, out);
        break;
    case MEND_ATTRIBUTE:
        if (schema_attribute(setup->pool, setup->legacy_id) != NULL) {
            snprintf(out, MEND_SIZE,
                     "It cannot be changed once it is there: make another attribute, and name it "
                     "with --legacy-id-attribute.");
            break;
        }
        snprintf(out, MEND_SIZE,
                 "aws cognito-idp add-custom-attributes --region %s --user-pool-id %s "
                 "--custom-attributes '%s'",
                 names.region, names.pool, mend);
        break;
    case MEND_PERMISSION:
        mend_permission(
            setup, &(const struct permission_names){names.region, names.function, names.pool_arn},
            out, MEND_SIZE);
        break;
    default:
        snprintf(out, MEND_SIZE, "%s", mend);
    }
}
