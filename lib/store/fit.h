/* SPDX-License-Identifier: Apache-2.0
 * How well a preset fits a database, with the names that stand for those of the preset there. */
#ifndef STORE_FIT_H
#define STORE_FIT_H

#include "store/catalog.h"

struct fit_flag {
    const char *column;
    int32_t when;
};

/* A preset on one table. All names are static or the catalog's. */
struct fit {
    const char *preset; /* NULL: none fits */
    const char *schema, *table;
    const char *columns[COLUMN_COUNT]; /* NULL: there is no such column */
    const char *password_table;        /* NULL: the hash is in the user's table */
    const char *user_column, *provider_column;
    struct fit_flag flags[MODEL_MAX_FLAGS];
    size_t flag_count;
    bool more_flags;   /* than the preset's */
    bool lacks_hashes; /* all else is there, but no column that hashes could be in */
    int score;
};

/* Judge the preset on the table that an entry of the catalog is of; false: it does not fit, or it
 * lacks what nobody can sign in without. */
bool fit_judge(const struct catalog *catalog, const char *preset, const struct store_model *model,
               const struct catalog_entry *entry, struct fit *ret_fit);

#endif
