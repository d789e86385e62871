/* SPDX-License-Identifier: Apache-2.0
 * Who is disabled in the store, by the columns that its model names. */
#ifndef EXPORT_DISABLED_H
#define EXPORT_DISABLED_H

#include "export/columns.h"

/* As the store's look-ups decide it: a value that is neither a clear yes nor a clear no disables.
 */
bool user_is_disabled(const struct export_columns *columns, const struct export_value *values,
                      int64_t now_unix_ms);

/* Is it a row that stands for nobody? */
bool user_is_skipped(const struct export_columns *columns, const struct export_value *values);

#endif
