/* SPDX-License-Identifier: Apache-2.0 */
#include "orders.h"

#include <string.h>

/* region: service */
int orders_status(cogmig_verifier *verifier, const char *token)
{
    cogmig_claims *claims = NULL;
    cogmig_status status = cogmig_verifier_verify(verifier, token, strlen(token), &claims, NULL);
    if (status != COGMIG_OK)
        return cogmig_status_kind(status) == COGMIG_KIND_DENIED ? 401 : 503;
    bool may = cogmig_claims_has_scope(claims, "orders/read");
    cogmig_claims_free(&claims);
    return may ? 200 : 403;
}
/* end region */
