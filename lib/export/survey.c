/* SPDX-License-Identifier: Apache-2.0 */
#include "export/source.h"

/* The same in PostgreSQL and SQLite. */
static void add_text(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "CAST(u.");
    sql_add_identifier(sql, column);
    buffer_add_text(sql, " AS text)");
}

static void add_lower(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "lower(");
    add_text(sql, column);
    buffer_add_text(sql, ")");
}

static void add_beginning(struct buffer *sql, const char *column, const char *length)
{
    buffer_add_text(sql, "substr(");
    add_text(sql, column);
    buffer_add_text(sql, ", 1, ");
    buffer_add_text(sql, length);
    buffer_add_text(sql, ")");
}

/* "bcrypt_sha256$$2b$12$" is 21 characters, "$bcrypt-sha256$" 15, "$2b$12$" 7. What begins with no
 * mark of a scheme may be a password in the clear: of that no more than tells other marks. */
static void add_hash_kind(struct buffer *sql, const char *column)
{
    buffer_add_text(sql, "CASE WHEN ");
    add_text(sql, column);
    buffer_add_text(sql, " LIKE 'bcrypt%' OR ");
    add_text(sql, column);
    buffer_add_text(sql, " LIKE '{bcrypt}%' THEN ");
    add_beginning(sql, column, "21");
    buffer_add_text(sql, " WHEN ");
    add_text(sql, column);
    buffer_add_text(sql, " LIKE '$%' AND NOT ");
    add_text(sql, column);
    buffer_add_text(sql, " LIKE '$2%' THEN ");
    add_beginning(sql, column, "15");
    buffer_add_text(sql, " ELSE ");
    add_beginning(sql, column, "7");
    buffer_add_text(sql, " END || '#' || length(rtrim(");
    add_text(sql, column);
    buffer_add_text(sql, "))");
}

void survey_add_values(struct buffer *sql, const struct source_survey *survey)
{
    buffer_add_text(sql, ", ");
    add_lower(sql, survey->email);
    buffer_add_text(sql, ", ");
    add_hash_kind(sql, survey->password);
}

void survey_add_order(struct buffer *sql, const struct source_survey *survey)
{
    buffer_add_text(sql, " ORDER BY ");
    add_lower(sql, survey->email);
}
