/* SPDX-License-Identifier: Apache-2.0 */
#include "migration/decide.h"

enum condition {
    ANY,
    YES,
    NO
};

enum which_trigger {
    EITHER,
    SIGN_IN,
    FORGOT
};

enum why {
    NONE,
    LOOKUP,
    DISABLED,
    PASSWORD,
    RESET,
    EMAIL_NOT_VERIFIED
};

/* The first row that fits decides. Whatever fits none is a no.
 *
 * Where no code can be sent, a password that was cut is a no, since more than one fits the hash and
 * this need not be the user; a weak one is the user's own, and a no would lock him out. */
static const struct {
    enum which_trigger trigger;
    enum condition found;
    enum condition disabled;
    enum condition matches;
    enum condition locked;
    enum condition cut;
    enum condition weak;
    enum condition verified;
    enum answer answer;
    enum why why;
} table[] = {
    /* clang-format off */
    /* trigger  found  disabled  matches  locked  cut  weak  verified  answer          why */
    {EITHER,    NO,    ANY,      ANY,     ANY,    ANY, ANY,  ANY,      ANSWER_NO,      LOOKUP},
    {EITHER,    YES,   YES,      ANY,     ANY,    ANY, ANY,  ANY,      ANSWER_NO,      DISABLED},
    {SIGN_IN,   YES,   NO,       YES,     NO,     NO,  NO,   ANY,      ANSWER_CONFIRM, NONE},
    {SIGN_IN,   YES,   NO,       YES,     NO,     YES, ANY,  NO,       ANSWER_NO,      EMAIL_NOT_VERIFIED},
    {SIGN_IN,   YES,   NO,       YES,     NO,     NO,  YES,  NO,       ANSWER_CONFIRM, NONE},
    {SIGN_IN,   YES,   NO,       YES,     NO,     ANY, ANY,  YES,      ANSWER_RESET,   RESET},
    {SIGN_IN,   YES,   NO,       NO,      ANY,    ANY, ANY,  ANY,      ANSWER_NO,      PASSWORD},
    {FORGOT,    YES,   NO,       ANY,     YES,    ANY, ANY,  ANY,      ANSWER_NO,      PASSWORD},
    {FORGOT,    YES,   NO,       ANY,     NO,     ANY, ANY,  NO,       ANSWER_NO,      EMAIL_NOT_VERIFIED},
    {FORGOT,    YES,   NO,       ANY,     NO,     ANY, ANY,  YES,      ANSWER_RESET,   NONE},
    /* clang-format on */
};

static bool fits(enum condition condition, bool fact)
{
    return condition == ANY || (condition == YES) == fact;
}

static bool fits_trigger(enum which_trigger which, enum trigger trigger)
{
    return which == EITHER || (which == SIGN_IN) == (trigger == TRIGGER_AUTHENTICATION);
}

static cogmig_status reason_of(enum why why, const struct facts *facts)
{
    switch (why) {
    case NONE:
        return COGMIG_OK;
    case LOOKUP:
        return facts->lookup;
    case DISABLED:
        return COGMIG_USER_DISABLED;
    case PASSWORD:
        return facts->password;
    case RESET:
        return facts->reset;
    case EMAIL_NOT_VERIFIED:
        return COGMIG_EMAIL_NOT_VERIFIED;
    }
    return COGMIG_INTERNAL_ERROR;
}

struct decision decide(const struct facts *facts)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (fits_trigger(table[i].trigger, facts->trigger) &&
            fits(table[i].found, facts->lookup == COGMIG_OK) &&
            fits(table[i].disabled, facts->disabled) &&
            fits(table[i].matches, facts->password == COGMIG_OK) &&
            fits(table[i].locked, facts->password == COGMIG_PASSWORD_LOCKED) &&
            fits(table[i].cut, facts->reset == COGMIG_PASSWORD_TOO_LONG) &&
            fits(table[i].weak, facts->reset == COGMIG_PASSWORD_TOO_WEAK) &&
            fits(table[i].verified, facts->email_verified))
            return (struct decision){table[i].answer, reason_of(table[i].why, facts)};
    }
    return (struct decision){ANSWER_NO, COGMIG_INTERNAL_ERROR};
}
