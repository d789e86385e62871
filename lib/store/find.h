/* SPDX-License-Identifier: Apache-2.0
 * Which of the rows that a store found is the user: one rule for all stores. */
#ifndef STORE_FIND_H
#define STORE_FIND_H

#include "base/span.h"
#include "store/answer.h"

/* One row that equals the key to the byte, else one row that the store itself took for equal (an
 * e-mail column that knows no case). Several are USER_AMBIGUOUS. With no row at all OK and NULL. */
cogmig_status find_pick(cogmig_store_answer *answer, int32_t question, struct span key,
                        cogmig_user **ret_user, cogmig_error *err);

#endif
