/* SPDX-License-Identifier: Apache-2.0
 * Which columns of the database are read, and what they are called in the export. */
#ifndef EXPORT_COLUMNS_H
#define EXPORT_COLUMNS_H

#include "export/config.h"

enum {
    NO_COLUMN = EXPORT_MAX_COLUMNS
};

/* As struct store_flag, with columns of the source. */
struct export_flag {
    size_t column;
    int32_t when;
    size_t until; /* NO_COLUMN: for good */
};

/* Names are borrowed from configuration and model. */
struct export_columns {
    size_t count;
    const char *names[EXPORT_MAX_COLUMNS];
    size_t sources[EXPORT_MAX_COLUMNS]; /* which column of the source it is */
    size_t source_count;
    const char *source_names[EXPORT_MAX_COLUMNS]; /* the first is that of the id */
    bool optional[EXPORT_MAX_COLUMNS];
    struct export_flag flags[MODEL_MAX_FLAGS]; /* for Cognito's import alone */
    size_t flag_count;
    size_t skipped;
};

/* Errors: CONFIG_INVALID: a column that the model lacks, the password's. */
cogmig_status columns_resolve(const cogmig_export_config *config, const struct store_model *model,
                              struct export_columns *columns, cogmig_error *err);

/* The columns id, email, emailVerified and name as far as the model has them, and what tells that a
 * user is disabled. */
void columns_of_a_person(const struct store_model *model, struct export_columns *columns);

#endif
