/* SPDX-License-Identifier: Apache-2.0
 * What both sides say about a user whom both have. */
#ifndef RECONCILE_ATTRIBUTES_H
#define RECONCILE_ATTRIBUTES_H

#include "reconcile/reconcile.h"

/* Tell of each attribute about which they do not agree.
 *
 * is_linked  the map says that the user is this row; there may be no map
 * ret_same   out: there is none */
cogmig_status attributes_compare(cogmig_reconcile *reconcile, const struct account *user,
                                 const struct account *row, bool is_linked, bool *ret_same,
                                 cogmig_error *err);

/* Does the user have the row's address, verified where the row's is? Anybody can sign up with an
 * address. */
bool attributes_prove(const struct account *user, const struct account *row);

#endif
