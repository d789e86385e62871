/* SPDX-License-Identifier: Apache-2.0
 * The half of the set-up that is here: settings, database, keys. */
#ifndef COGMIG_TOOL_DOCTOR_LOCAL_H
#define COGMIG_TOOL_DOCTOR_LOCAL_H

#include "preflight.h"

/* Judged without a setup; what mends it is a text. */
extern const struct check local_checks[];
extern const size_t local_check_count;

#endif
