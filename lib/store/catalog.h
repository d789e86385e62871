/* SPDX-License-Identifier: Apache-2.0
 * What tables, columns and indexes a database has. */
#ifndef STORE_CATALOG_H
#define STORE_CATALOG_H

#include "store/backend.h"

struct catalog_entry {
    char *schema, *table;
    char *text; /* a column's name, or an index as SQL, or one of the words below */
    bool is_index;
};

/* In place of an index: what cannot have one, and what cannot have one made concurrently. */
#define CATALOG_VIEW "VIEW"
#define CATALOG_PARTITIONED "PARTITIONED"

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

/* Is this said of the table in place of an index? */
bool catalog_says(const struct catalog *catalog, const char *schema, const char *table,
                  const char *word);

/* The catalog's own copy of the column's name, or NULL. */
const char *catalog_find_column(const struct catalog *catalog, const char *schema,
                                const char *table, const char *column);

#endif
