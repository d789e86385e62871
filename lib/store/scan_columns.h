/* SPDX-License-Identifier: Apache-2.0
 * Which columns a scan reads, each once, and by which of them a user is disabled. */
#ifndef STORE_SCAN_COLUMNS_H
#define STORE_SCAN_COLUMNS_H

#include "store/backend.h"

enum {
    /* That of the id, and those by which a user is disabled or skipped, are read unasked. */
    SCAN_MAX_UNASKED = 1 + 2 * MODEL_MAX_FLAGS + 1,
    SCAN_MAX_COLUMNS = 72,
    NO_COLUMN = SCAN_MAX_COLUMNS
};

/* As struct store_flag, with columns of the scan. */
struct scan_flag {
    size_t column;
    int32_t when;
    size_t until; /* NO_COLUMN: for good */
};

/* Names are borrowed. */
struct scan_columns {
    size_t count;
    const char *names[SCAN_MAX_COLUMNS];         /* the first is that of the id */
    bool optional[SCAN_MAX_COLUMNS];             /* may it be missing? */
    bool as_text[SCAN_MAX_COLUMNS];              /* VALUE_TEXT, whatever its type */
    struct scan_flag flags[MODEL_MAX_FLAGS + 1]; /* those of the model, and one more */
    size_t flag_count;
    size_t skipped; /* or NO_COLUMN, see struct store_model */
};

/* The id alone. */
void scan_columns_begin(struct scan_columns *columns, const struct store_model *model);

/* Which of the columns it is; one that is there already is not read twice. */
size_t scan_columns_add(struct scan_columns *columns, const char *name, bool optional);

/* One that a look-up reads as text, as it does those of attributes; it is read beside one that is
 * there already. */
size_t scan_columns_add_text(struct scan_columns *columns, const char *name);

/* That of the model, or NO_COLUMN where it has none. */
size_t scan_columns_add_of_model(struct scan_columns *columns, const struct store_model *model,
                                 enum store_column column);

/* What tells that a user is disabled, or that a row stands for nobody. */
void scan_columns_add_flags(struct scan_columns *columns, const struct store_model *model);

/* One more column that disables a user, COGMIG_DISABLED_WHEN_TRUE. */
void scan_columns_add_flag(struct scan_columns *columns, const char *name);

#endif
