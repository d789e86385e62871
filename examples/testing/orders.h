/* SPDX-License-Identifier: Apache-2.0
 * A service of yours, as small as can be. */
#ifndef ORDERS_H
#define ORDERS_H

#include <cogmig/cogmig.h>

/* The HTTP status for who asks for the orders with this token. */
int orders_status(cogmig_verifier *verifier, const char *token);

#endif
