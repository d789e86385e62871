/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight_pool.h"

#include "preflight_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- attributes ---- */

void judge_legacy_id(const struct setup *setup, struct finding *finding)
{
    json_t *attribute = schema_attribute(setup->pool, setup->legacy_id);
    const char *type = text_at(attribute, "AttributeDataType");
    char of_developers[64];
    snprintf(of_developers, sizeof of_developers, "dev:%s", setup->legacy_id);
    if (schema_attribute(setup->pool, of_developers) != NULL)
        conclude(finding, VERDICT_PROBLEM, "It is a developer-only attribute, %s.", of_developers);
    else if (json_is_true(value_at(attribute, "DeveloperOnlyAttribute")))
        conclude(finding, VERDICT_PROBLEM, "%s is a developer-only attribute: no token carries it.",
                 setup->legacy_id);
    else if (attribute == NULL)
        conclude(finding, VERDICT_PROBLEM, "The pool has no attribute %s.", setup->legacy_id);
    else if (type == NULL || strcmp(type, "String") != 0)
        conclude(finding, VERDICT_PROBLEM, "%s is a %s, not a String.", setup->legacy_id,
                 type == NULL ? "thing without type" : type);
    else
        conclude(finding, VERDICT_OK, "%s is there, a String.", setup->legacy_id);
}

/* Constraints come as text; -1: one that is no number. */
static json_int_t constraint(json_t *attribute, const char *name, json_int_t otherwise)
{
    json_t *value = value_at(value_at(attribute, "StringAttributeConstraints"), name);
    if (value == NULL)
        return otherwise;
    if (json_is_integer(value))
        return json_integer_value(value);
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    bool is_number = *text != '\0' && text[strspn(text, "0123456789")] == '\0';
    return is_number ? strtoll(text, NULL, 10) : -1;
}

void judge_legacy_id_length(const struct setup *setup, struct finding *finding)
{
    enum {
        LONGEST = 2048,
        UUID_LENGTH = 36
    };
    json_t *attribute = schema_attribute(setup->pool, setup->legacy_id);
    json_int_t longest = constraint(attribute, "MaxLength", LONGEST);
    json_int_t shortest = constraint(attribute, "MinLength", 0);
    json_int_t needed = setup->legacy_id_length == 0 ? UUID_LENGTH : setup->legacy_id_length;
    if (attribute == NULL)
        conclude(finding, VERDICT_UNKNOWN, "There is no %s.", setup->legacy_id);
    else if (longest < 0 || shortest < 0)
        conclude(finding, VERDICT_UNKNOWN, "The constraints of %s are no numbers.",
                 setup->legacy_id);
    else if (longest < needed)
        conclude(finding, VERDICT_PROBLEM, "%s takes %lld characters; ids have up to %lld.",
                 setup->legacy_id, (long long)longest, (long long)needed);
    else if (shortest > 1)
        conclude(finding, VERDICT_WARNING,
                 "%s wants at least %lld characters; shorter ids are refused.", setup->legacy_id,
                 (long long)shortest);
    else
        conclude(finding, VERDICT_OK, "%s takes %lld characters; %lld are needed.",
                 setup->legacy_id, (long long)longest, (long long)needed);
}

void judge_legacy_id_mutable(const struct setup *setup, struct finding *finding)
{
    json_t *attribute = schema_attribute(setup->pool, setup->legacy_id);
    if (attribute == NULL)
        conclude(finding, VERDICT_UNKNOWN, "There is no %s.", setup->legacy_id);
    else if (json_is_true(value_at(attribute, "Mutable")))
        conclude(finding, VERDICT_OK, "%s can be filled in later.", setup->legacy_id);
    else
        conclude(finding, VERDICT_WARNING, "%s is immutable.", setup->legacy_id);
}

static void add_name(char *names, size_t size, const char *name)
{
    size_t len = strlen(names);
    snprintf(names + len, size - len, "%s%s", len == 0 ? "" : ", ", name);
}

void judge_required_attributes(const struct setup *setup, struct finding *finding)
{
    char names[200] = "";
    size_t i;
    json_t *attribute;
    json_array_foreach(value_at(setup->pool, "SchemaAttributes"), i, attribute)
    {
        const char *name = text_at(attribute, "Name");
        if (name != NULL && json_is_true(value_at(attribute, "Required")) &&
            strcmp(name, "sub") != 0 && strcmp(name, "email") != 0)
            add_name(names, sizeof names, name);
    }
    if (names[0] != '\0')
        conclude(finding, VERDICT_WARNING, "The pool requires %s.", names);
    else
        conclude(finding, VERDICT_OK, "The pool requires nothing that legacy rows might lack.");
}

/* ---- who a user is ---- */

void judge_email_sign_in(const struct setup *setup, struct finding *finding)
{
    if (has_element(value_at(setup->pool, "UsernameAttributes"), "email"))
        conclude(finding, VERDICT_OK, "Users sign in with their e-mail address.");
    else if (has_element(value_at(setup->pool, "AliasAttributes"), "email"))
        conclude(finding, VERDICT_WARNING,
                 "The e-mail address is an alias beside a user name; such pools refuse user names "
                 "that look like addresses.");
    else
        conclude(finding, VERDICT_PROBLEM,
                 "Neither UsernameAttributes nor AliasAttributes has \"email\".");
}

void judge_case(const struct setup *setup, struct finding *finding)
{
    json_t *sensitive = value_at(setup->pool, "UsernameConfiguration.CaseSensitive");
    if (json_is_false(sensitive))
        conclude(finding, VERDICT_OK, "User names and addresses are taken in any case.");
    else
        conclude(finding, VERDICT_PROBLEM, "The pool is case sensitive%s.",
                 sensitive == NULL ? " (UsernameConfiguration is not set)" : "");
}

/* ---- how a user signs in ---- */

void judge_first_factor(const struct setup *setup, struct finding *finding)
{
    json_t *factors = value_at(setup->pool, "Policies.SignInPolicy.AllowedFirstAuthFactors");
    if (factors == NULL || has_element(factors, "PASSWORD"))
        conclude(finding, VERDICT_OK, "A password may be the first factor.");
    else
        conclude(finding, VERDICT_PROBLEM, "AllowedFirstAuthFactors does not have PASSWORD.");
}

void judge_mfa(const struct setup *setup, struct finding *finding)
{
    const char *mfa = text_at(setup->pool, "MfaConfiguration");
    if (mfa != NULL && strcmp(mfa, "ON") == 0)
        conclude(finding, VERDICT_WARNING, "A second factor is demanded from everybody.");
    else
        conclude(finding, VERDICT_OK, "A second factor is %s.",
                 mfa == NULL || strcmp(mfa, "OFF") == 0 ? "off" : "optional");
}

/* ---- issuer ---- */

/* The host that the issuer's type means, with what stands behind it. */
static bool fits_type(const char *issuer, const char *type)
{
    bool updated = type != NULL && strcmp(type, "UPDATED") == 0;
    return strncmp(issuer, updated ? "https://issuer-cognito-idp." : "https://cognito-idp.",
                   updated ? 27 : 20) == 0;
}

static bool ends_in_pool(const char *issuer, const char *pool_id)
{
    size_t len = strlen(issuer), id = strlen(pool_id);
    return len > id && issuer[len - id - 1] == '/' && strcmp(issuer + len - id, pool_id) == 0;
}

/* eu-central-1_AbC; of an emulator's local_AbC the issuer is the emulator's. */
static bool is_of_aws(const char *pool_id)
{
    return pool_id == NULL || memchr(pool_id, '-', strcspn(pool_id, "_")) != NULL;
}

void judge_issuer(const struct setup *setup, struct finding *finding)
{
    const char *type = text_at(setup->pool, "IssuerConfiguration.Type");
    const char *pool_id = text_at(setup->pool, "Id");
    const char *shown = type == NULL ? "ORIGINAL" : type;
    if (setup->issuer != NULL && pool_id != NULL && !ends_in_pool(setup->issuer, pool_id))
        conclude(finding, VERDICT_PROBLEM, "COGNITO_ISSUER is not of pool %.60s.", pool_id);
    else if (setup->issuer != NULL && is_of_aws(pool_id) && !fits_type(setup->issuer, type))
        conclude(finding, VERDICT_PROBLEM,
                 "The pool issues as its type %s says, COGNITO_ISSUER says otherwise.", shown);
    else if (strcmp(shown, "ORIGINAL") != 0)
        conclude(finding, VERDICT_WARNING, "The issuer's type is %s.", shown);
    else
        conclude(finding, VERDICT_OK, "The issuer is the original one, cognito-idp.");
}

/* ---- mail ---- */

void judge_recovery(const struct setup *setup, struct finding *finding)
{
    json_t *mechanisms = value_at(setup->pool, "AccountRecoverySetting.RecoveryMechanisms");
    size_t i;
    json_t *mechanism;
    if (mechanisms == NULL) {
        conclude(finding, VERDICT_WARNING,
                 "AccountRecoverySetting is not set: Cognito prefers a verified telephone number.");
        return;
    }
    json_array_foreach(mechanisms, i, mechanism)
    {
        if (is_text_at(mechanism, "Name", "verified_email")) {
            conclude(finding, VERDICT_OK, "A forgotten password is recovered by e-mail.");
            return;
        }
    }
    conclude(finding, VERDICT_PROBLEM, "RecoveryMechanisms does not have verified_email.");
}

void judge_auto_verified(const struct setup *setup, struct finding *finding)
{
    if (has_element(value_at(setup->pool, "AutoVerifiedAttributes"), "email"))
        conclude(finding, VERDICT_OK, "Addresses of new users are verified.");
    else
        conclude(finding, VERDICT_WARNING, "AutoVerifiedAttributes does not have email.");
}

/* With a sender of your own Cognito sends no mail itself (Developer Guide, "Custom email sender
 * Lambda trigger"). */
void judge_email_sender(const struct setup *setup, struct finding *finding)
{
    const char *sender = text_at(setup->pool, "LambdaConfig.CustomEmailSender.LambdaArn");
    if (is_text_at(setup->pool, "EmailConfiguration.EmailSendingAccount", "DEVELOPER"))
        conclude(finding, VERDICT_OK, "Mail is sent by your own SES identity.");
    else if (sender != NULL)
        conclude(finding, VERDICT_OK, "Mail is sent by your own function, %.200s.", sender);
    else
        conclude(finding, VERDICT_PROBLEM, "Mail is sent by Cognito's own account.");
}

/* ---- the rest ---- */

void judge_deletion_protection(const struct setup *setup, struct finding *finding)
{
    if (is_text_at(setup->pool, "DeletionProtection", "ACTIVE"))
        conclude(finding, VERDICT_OK, "The pool cannot be deleted by mistake.");
    else
        conclude(finding, VERDICT_WARNING, "DeletionProtection is not ACTIVE.");
}

void judge_size(const struct setup *setup, struct finding *finding)
{
    json_t *users = value_at(setup->pool, "EstimatedNumberOfUsers");
    if (json_is_integer(users))
        conclude(finding, VERDICT_OK, "The pool has about %lld users.",
                 (long long)json_integer_value(users));
    else
        conclude(finding, VERDICT_UNKNOWN, "The pool does not tell how many users it has.");
}
