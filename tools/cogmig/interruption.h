/* SPDX-License-Identifier: Apache-2.0
 * The signals that end a long run in good order. */
#ifndef COGMIG_TOOL_INTERRUPTION_H
#define COGMIG_TOOL_INTERRUPTION_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP are noted: whoever runs long looks, and ends. */
void interruption_catch_signals(void);
bool interruption_came(void);

#endif
