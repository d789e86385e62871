/* SPDX-License-Identifier: Apache-2.0 */
#include "idmap/sql.h"

#include "base/cleanup.h"
#include "store/backend.h"

enum {
    MAX_SQL = 16 * 1024
};

/* The table stands between the two. SQLite numbers $1, $2, $3 as they come up, so in what it runs
 * they come up in order. */
struct template
{
    const char *before;
    const char *after;
};

static const struct template templates[IDMAP_STATEMENT_COUNT] = {
    [IDMAP_FIND_SUB] = {"SELECT sub FROM ", " WHERE pool_id = $1 AND legacy_id = $2"},
    [IDMAP_FIND_LEGACY_ID] = {"SELECT legacy_id FROM ", " WHERE pool_id = $1 AND sub = $2"},
    [IDMAP_FIND_PAIRS] = {"SELECT legacy_id, sub FROM ",
                          " WHERE pool_id = $1 AND (legacy_id = $2 OR sub = $3)"},
    [IDMAP_LINK] = {"INSERT INTO ", " (pool_id, legacy_id, sub) VALUES ($1, $2, $3)"
                                    " ON CONFLICT DO NOTHING"},
    [IDMAP_UNLINK] = {"DELETE FROM ", " WHERE pool_id = $1 AND legacy_id = $2 AND sub = $3"},
    [IDMAP_PROVE_LEGACY_ID] = {"EXPLAIN INSERT INTO ",
                               " (pool_id, legacy_id, sub) VALUES ('', '', '')"
                               " ON CONFLICT (pool_id, legacy_id) DO NOTHING"},
    [IDMAP_PROVE_SUB] = {"EXPLAIN INSERT INTO ", " (pool_id, legacy_id, sub) VALUES ('', '', '')"
                                                 " ON CONFLICT (pool_id, sub) DO NOTHING"},
    [IDMAP_LIST_LINKS] = {"SELECT legacy_id, sub FROM ",
                          " WHERE pool_id = $1 AND legacy_id > $2 ORDER BY legacy_id LIMIT 1000"},
    [IDMAP_COUNT_DAYS] = {"SELECT to_char(linked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), count(*)"
                          " FROM ",
                          " WHERE pool_id = $1 GROUP BY 1 ORDER BY 1"},
    [IDMAP_FIND_SUBS] = {"SELECT t.sub, t.legacy_id FROM unnest($2::text[])"
                         " WITH ORDINALITY AS k(id, n) LEFT JOIN ",
                         " AS t ON t.pool_id = $1 AND t.legacy_id = k.id ORDER BY k.n"},
    [IDMAP_FIND_LEGACY_IDS] = {"SELECT t.legacy_id, t.sub FROM unnest($2::text[])"
                               " WITH ORDINALITY AS k(id, n) LEFT JOIN ",
                               " AS t ON t.pool_id = $1 AND t.sub = k.id ORDER BY k.n"},
};

/* Where a table of one's own may take two ids for one, and no type tells, the key comes along. */
static const struct template in_sqlite[IDMAP_STATEMENT_COUNT] = {
    [IDMAP_FIND_SUB] = {"SELECT sub, legacy_id FROM ", " WHERE pool_id = $1 AND legacy_id = $2"},
    [IDMAP_FIND_LEGACY_ID] = {"SELECT legacy_id, sub FROM ", " WHERE pool_id = $1 AND sub = $2"},
    [IDMAP_COUNT_DAYS] = {"SELECT substr(linked_at, 1, 10), count(*) FROM ",
                          " WHERE pool_id = $1 GROUP BY 1 ORDER BY 1"},
};

/* Compared byte for byte, whatever the database's locale. */
static const char *const columns[] = {
    [STORE_URL_POSTGRESQL] = " (\n"
                             "  pool_id text COLLATE \"C\" NOT NULL,\n"
                             "  legacy_id text COLLATE \"C\" NOT NULL,\n"
                             "  sub text COLLATE \"C\" NOT NULL,\n"
                             "  linked_at timestamptz NOT NULL DEFAULT now(),\n"
                             "  PRIMARY KEY (pool_id, legacy_id),\n"
                             "  UNIQUE (pool_id, sub)\n"
                             ")",
    [STORE_URL_SQLITE] = " (\n"
                         "  pool_id TEXT NOT NULL,\n"
                         "  legacy_id TEXT NOT NULL,\n"
                         "  sub TEXT NOT NULL,\n"
                         "  linked_at TEXT NOT NULL"
                         " DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),\n"
                         "  PRIMARY KEY (pool_id, legacy_id),\n"
                         "  UNIQUE (pool_id, sub)\n"
                         ")",
};

static char *around_table(const char *before, const struct idmap_table *table, const char *after)
{
    SCOPED(buffer_release) struct buffer sql = buffer_with_max(MAX_SQL);
    buffer_add_text(&sql, before);
    if (table->schema != NULL) {
        sql_add_identifier(&sql, table->schema);
        buffer_add_byte(&sql, '.');
    }
    sql_add_identifier(&sql, table->name);
    buffer_add_text(&sql, after);
    return buffer_take(&sql, NULL);
}

char *idmap_sql(const struct idmap_table *table, enum idmap_statement statement)
{
    const struct template *template = &templates[statement];
    if (table->kind == STORE_URL_SQLITE && in_sqlite[statement].before != NULL)
        template = &in_sqlite[statement];
    return around_table(template->before, table, template->after);
}

char *idmap_sql_install(const struct idmap_table *table)
{
    return around_table("CREATE TABLE IF NOT EXISTS ", table, columns[table->kind]);
}
