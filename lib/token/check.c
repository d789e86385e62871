/* SPDX-License-Identifier: Apache-2.0 */
#include "token/check.h"

#include "status/error.h"

/* An outage stays one: a list of revoked tokens that cannot be read says nothing about this one. */
static cogmig_status outcome(cogmig_status said)
{
    switch (cogmig_status_kind(said)) {
    case COGMIG_KIND_UNAVAILABLE:
        return said;
    case COGMIG_KIND_DENIED:
        return COGMIG_TOKEN_CHECK_REFUSED;
    default:
        return COGMIG_STOPPED_BY_CALLBACK;
    }
}

cogmig_status check_run(const struct check *check, const cogmig_claims *claims, cogmig_error *err)
{
    if (check->ask == NULL)
        return COGMIG_OK;
    struct cogmig_error detail = {.status = COGMIG_OK};
    cogmig_status said = check->ask(check->user_data, claims, &detail);
    if (said == COGMIG_OK)
        return COGMIG_OK;
    const char *why = detail.message[0] == '\0' ? cogmig_status_sentence(said) : detail.message;
    fail(err, outcome(said), "The check given to the verifier returned %s: %.300s",
         cogmig_status_name(said), why);
    fail_upstream_number(err, COGMIG_UPSTREAM_CALLBACK, said);
    return outcome(said);
}
