/* SPDX-License-Identifier: Apache-2.0
 * Numbers of the command line. */
#ifndef COGMIG_TOOL_NUMBER_H
#define COGMIG_TOOL_NUMBER_H

#include <stdint.h>

/* The text as a whole number, or -1, which no setting allows: the library then says what does. */
int32_t number_or_minus_1(const char *text);

#endif
