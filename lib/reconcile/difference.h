/* SPDX-License-Identifier: Apache-2.0
 * One difference, and who is told of it. */
#ifndef RECONCILE_DIFFERENCE_H
#define RECONCILE_DIFFERENCE_H

#include "base/span.h"

#include <cogmig/reconcile.h>

enum difference_text {
    DIFFERENCE_LEGACY_ID,
    DIFFERENCE_SUB,
    DIFFERENCE_OTHER_SUB,
    DIFFERENCE_OTHER_LEGACY_ID,
    DIFFERENCE_ATTRIBUTE,
    DIFFERENCE_COGNITO_VALUE,
    DIFFERENCE_STORE_VALUE,
    DIFFERENCE_TEXT_COUNT
};

enum {
    DIFFERENCE_KIND_COUNT = COGMIG_DIFFERENCE_ATTRIBUTE + 1
};

/* As found: a text without bytes (NULL) is not there. */
struct finding {
    int32_t kind;
    bool is_linked;
    struct span texts[DIFFERENCE_TEXT_COUNT];
};

cogmig_status difference_tell(const struct finding *finding, cogmig_difference_fn tell,
                              void *user_data, cogmig_error *err);

#endif
