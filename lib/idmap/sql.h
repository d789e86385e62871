/* SPDX-License-Identifier: Apache-2.0
 * The map's statements, for PostgreSQL and SQLite. */
#ifndef IDMAP_SQL_H
#define IDMAP_SQL_H

#include "idmap/backend.h"
#include "store/url.h"

struct idmap_table {
    const char *schema; /* NULL: that of the search path */
    const char *name;
    enum store_url_kind kind;
};

/* NULL: no memory. */
char *idmap_sql(const struct idmap_table *table, enum idmap_statement statement);
char *idmap_sql_install(const struct idmap_table *table);

#endif
