/* SPDX-License-Identifier: Apache-2.0 */
#include "testing/refuse.h"

cogmig_status refuse(cogmig_error *err, cogmig_status status, const char *message)
{
    cogmig_error_set(err, status, message);
    return status;
}
