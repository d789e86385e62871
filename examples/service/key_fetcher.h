/* SPDX-License-Identifier: Apache-2.0
 * Gets keys over HTTPS in a thread of its own, so that the event loop never waits for them. */
#ifndef KEY_FETCHER_H
#define KEY_FETCHER_H

#include <cogmig/cogmig.h>
#include <stdbool.h>

/* A file descriptor that is readable when a fetch is over; -1 when it cannot be had. */
int key_fetcher_open(void);

/* Hand a fetch over. False, and then it is still yours, when no thread can be had. */
bool key_fetcher_start(cogmig_key_fetch *fetch);

/* A fetch that is over, and what came of it; NULL when there is none. */
cogmig_key_fetch *key_fetcher_take(cogmig_status *ret_outcome);

#endif
