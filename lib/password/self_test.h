/* SPDX-License-Identifier: Apache-2.0
 * Known answers before first use: a build whose bcrypt is wrong must not decide about anybody. */
#ifndef PASSWORD_SELF_TEST_H
#define PASSWORD_SELF_TEST_H

#include "password/lanes.h"

/* Computes published vectors in every lane, once in a process; later calls return what it found.
 * It works in `lanes`, which nothing else may use meanwhile. */
bool self_test_passed(struct lanes *lanes);

#endif
