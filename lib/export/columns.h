/* SPDX-License-Identifier: Apache-2.0
 * Which columns of the database are read, and what they are called in the export. */
#ifndef EXPORT_COLUMNS_H
#define EXPORT_COLUMNS_H

#include "export/config.h"

/* Names are borrowed from configuration and model. */
struct export_columns {
    size_t count;
    const char *names[SCAN_MAX_COLUMNS];
    size_t sources[SCAN_MAX_COLUMNS]; /* which column of the scan it is */
    struct scan_columns scan;         /* with what disables a user for Cognito's import alone */
};

/* Errors: CONFIG_INVALID: a column that the model lacks, the password's. */
cogmig_status columns_resolve(const cogmig_export_config *config, const struct store_model *model,
                              struct export_columns *columns, cogmig_error *err);

#endif
