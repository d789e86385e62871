/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_KEYSET_VOUCHED_H
#define TESTS_KEYSET_VOUCHED_H

#include "base/buffer.h"

/* A key file that says this: with a first line that vouches for it. */
struct buffer vouched(struct span json);

#endif
