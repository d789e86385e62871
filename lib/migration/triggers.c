/* SPDX-License-Identifier: Apache-2.0
 * Every trigger of a user pool, and what is done for it. */
#include "migration/triggers.h"

/* The first that fits counts. What a family may get in addition one day is treated like the rest of
 * it; a new way to migrate alone is not, since passing it through is a no. */
static const struct handling table[] = {
    /* clang-format off */
    /* source                        what it is               asked of the databases  answer */
    {"UserMigration_Authentication", TRIGGER_AUTHENTICATION,  user_look_up,           user_answer},
    {"UserMigration_ForgotPassword", TRIGGER_FORGOT_PASSWORD, user_look_up,           user_answer},
    {"UserMigration_",               TRIGGER_PASSED,          NULL,                   NULL},
    {"PreSignUp_",                   TRIGGER_OTHER,           sign_up_check,          NULL},
    {"PostAuthentication_",          TRIGGER_OTHER,           signed_in_link,         NULL},
    {"PostConfirmation_",            TRIGGER_OTHER,           signed_in_link,         NULL},
    {"TokenGeneration_",             TRIGGER_OTHER,           token_find_legacy_id,   token_answer},
    {"PreAuthentication_",           TRIGGER_PASSED,          NULL,                   NULL},
    {"CustomMessage_",               TRIGGER_PASSED,          NULL,                   NULL},
    {"DefineAuthChallenge_",         TRIGGER_PASSED,          NULL,                   NULL},
    {"CreateAuthChallenge_",         TRIGGER_PASSED,          NULL,                   NULL},
    {"VerifyAuthChallengeResponse_", TRIGGER_PASSED,          NULL,                   NULL},
    {"CustomEmailSender_",           TRIGGER_PASSED,          NULL,                   NULL},
    {"CustomSMSSender_",             TRIGGER_PASSED,          NULL,                   NULL},
    {"InboundFederation_",           TRIGGER_PASSED,          NULL,                   NULL},
    /* clang-format on */
};

static bool fits(struct span source, struct span known)
{
    return known.bytes[known.len - 1] == '_' ? span_starts_with(source, known.bytes)
                                             : span_equal(source, known);
}

const struct handling *handling_of(const char *source)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (fits(span_of(source), span_of(table[i].source)))
            return &table[i];
    return NULL;
}
