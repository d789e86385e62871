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

static const char default_flows[] =
    ".ExplicitAuthFlows = ((.ExplicitAuthFlows // [\"ALLOW_REFRESH_TOKEN_AUTH\", "
    "\"ALLOW_USER_SRP_AUTH\", \"ALLOW_CUSTOM_AUTH\"]) + [\"ALLOW_USER_PASSWORD_AUTH\"] | unique)";

/* In the order in which they are told. */
const struct check preflight_checks[] = {
    /* the app client */
    {"client-of-pool", OF_CLIENT, judge_client_of_pool,
     "Every sign-in fails, or users land in another pool.", MEND_NOT,
     "Give the id of an app client of this pool (COGNITO_CLIENT_ID)."},
    {"password-flow", OF_CLIENT, judge_password_flow,
     "With SRP or passwordless sign-in Cognito never sees the password, so the User Migration "
     "trigger is never called and nobody migrates.",
     MEND_CLIENT, default_flows},
    {"rotation", OF_CLIENT, judge_rotation,
     "Cognito refuses REFRESH_TOKEN_AUTH where refresh tokens rotate: sessions end with the first "
     "access token.",
     MEND_CLIENT, ".ExplicitAuthFlows -= [\"ALLOW_REFRESH_TOKEN_AUTH\"]"},
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
     ".ReadAttributes = ((.ReadAttributes // [\"email\", \"email_verified\"]) + "
     "[\"custom:legacy_id\"] | unique)"},
    {"legacy-id-protected", OF_CLIENT, judge_legacy_id_protected,
     "A user can set the own custom:legacy_id to another user's id and act as that user.",
     MEND_CLIENT,
     ".WriteAttributes = ((.WriteAttributes // [\"email\", \"name\"]) - [\"custom:legacy_id\"])"},
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
     "Cognito cannot call the function: every first sign-in fails with \"Exception migrating "
     "user\", or what else the trigger is for.",
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
     MEND_POOL, ".UserPoolTier = \"ESSENTIALS\""},
    /* mail */
    {"recovery", OF_POOL, judge_recovery,
     "Who forgot the password before migrating cannot get back in: migrated users have no "
     "telephone "
     "number.",
     MEND_POOL,
     ".AccountRecoverySetting.RecoveryMechanisms = [{Priority: 1, Name: \"verified_email\"}]"},
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

struct names {
    const char *pool;
    const char *client;
    char region[64];
    const char *function;
    const char *pool_arn;
};

static const char *or_placeholder(const char *text, const char *placeholder)
{
    return text == NULL ? placeholder : text;
}

static struct names names_of(const struct setup *setup)
{
    struct names names = {
        .pool = or_placeholder(text_at(setup->pool, "Id"), "<pool-id>"),
        .client = or_placeholder(text_at(setup->client, "ClientId"), "<client-id>"),
        .function = or_placeholder(function_to_permit(setup), "<function-arn>"),
        .pool_arn = or_placeholder(text_at(setup->pool, "Arn"), "<pool-arn>"),
    };
    size_t region = strcspn(names.pool, "_");
    snprintf(names.region, sizeof names.region, "%.*s", (int)region,
             names.pool[region] == '_' ? names.pool : "<region>");
    return names;
}

/* UpdateUserPoolClient and UpdateUserPool replace everything: what is not sent is reset. So all of
 * it is read, changed and sent back. */
static void write_client_edit(const struct names *names, const char *edit, char out[MEND_SIZE])
{
    snprintf(out, MEND_SIZE,
             "aws cognito-idp describe-user-pool-client --region %s --user-pool-id %s --client-id "
             "%s --query UserPoolClient | jq 'del(.ClientSecret, .ClientType, .CreationDate, "
             ".LastModifiedDate) | %s' > client.json && aws cognito-idp update-user-pool-client "
             "--region %s --cli-input-json file://client.json",
             names->region, names->pool, names->client, edit, names->region);
}

static void write_pool_edit(const struct names *names, const char *edit, char out[MEND_SIZE])
{
    snprintf(
        out, MEND_SIZE,
        "aws cognito-idp describe-user-pool --region %s --user-pool-id %s --query UserPool | jq "
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
    char mend[CONSEQUENCE_SIZE];
    name_attribute(check->mend, setup->legacy_id, mend, sizeof mend);
    switch (check->mend_kind) {
    case MEND_CLIENT:
        write_client_edit(&names, mend, out);
        break;
    case MEND_POOL:
        write_pool_edit(&names, mend, out);
        break;
    case MEND_ATTRIBUTE:
        snprintf(out, MEND_SIZE,
                 "aws cognito-idp add-custom-attributes --region %s --user-pool-id %s "
                 "--custom-attributes '%s'",
                 names.region, names.pool, mend);
        break;
    case MEND_PERMISSION:
        snprintf(out, MEND_SIZE,
                 "aws lambda add-permission --region %s --function-name %s --statement-id cognito "
                 "--action lambda:InvokeFunction --principal cognito-idp.amazonaws.com "
                 "--source-arn %s",
                 names.region, names.function, names.pool_arn);
        break;
    default:
        snprintf(out, MEND_SIZE, "%s", mend);
    }
}
