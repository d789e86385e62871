/* SPDX-License-Identifier: Apache-2.0
 * Failing through the error box's public API. */
#ifndef TESTING_REFUSE_H
#define TESTING_REFUSE_H

#include <cogmig/error.h>

/* The status, with a message; NULL for the sentence of the status. */
cogmig_status refuse(cogmig_error *err, cogmig_status status, const char *message);

#endif
