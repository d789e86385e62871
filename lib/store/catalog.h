/* SPDX-License-Identifier: Apache-2.0
 * What tables, columns and indexes a database has. */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include "store/backend.h"

struct catalog_entry {
    char *schema, *table;
    char *text; /* a column's name, or an index as SQL */
    bool is_index;
};

struct catalog {
    struct catalog_entry *entries;
    size_t count, capacity;
    bool is_sqlite;
    bool refused; /* memory, or there were too many */
};

/* A backend's describe() gives these one by one. */
void catalog_add(void *catalog, const char *schema, const char *table, const char *text,
                 bool is_index);
void catalog_release(struct catalog *catalog);

/* Once all are there: before columns can be found. */
void catalog_sort(struct catalog *catalog);

/* The catalog's own copy of the column's name, or NULL. */
const char *catalog_find_column(const struct catalog *catalog, const char *schema,
                                const char *table, const char *column);

#endif
