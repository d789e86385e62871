/* SPDX-License-Identifier: Apache-2.0
 * Settings that list names, with commas and blanks between them. */
#ifndef COGMIG_TOOL_LISTED_H
#define COGMIG_TOOL_LISTED_H

#include <stdbool.h>

bool is_listed(const char *list, const char *name);

#endif
