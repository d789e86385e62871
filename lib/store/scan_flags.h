/* SPDX-License-Identifier: Apache-2.0
 * What the columns of a scan say of a user. */
#ifndef STORE_SCAN_FLAGS_H
#define STORE_SCAN_FLAGS_H

#include "store/scan.h"

/* As the store's look-ups decide it: a value that is neither a clear yes nor a clear no disables.
 */
bool user_is_disabled(const struct scan_columns *columns, const struct scan_value *values,
                      int64_t now_unix_ms);

/* Is it a row that stands for nobody? */
bool user_is_skipped(const struct scan_columns *columns, const struct scan_value *values);

/* As the store's look-ups decide it: verified_by_text(), and any integer but 0. */
bool value_is_verified(const struct scan_value *value);

#endif
