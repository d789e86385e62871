/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scan.h"

/* The same in PostgreSQL and SQLite. */
static void add_text(struct buffer *sql, const struct store_model *model, enum store_column column)
{
    buffer_add_text(sql, "CAST(");
    sql_add_column(sql, model, column);
    buffer_add_text(sql, " AS text)");
}

static void add_lower_email(struct buffer *sql, const struct store_model *model)
{
    buffer_add_text(sql, "lower(");
    add_text(sql, model, COLUMN_EMAIL);
    buffer_add_text(sql, ")");
}

static void add_beginning(struct buffer *sql, const struct store_model *model, const char *length)
{
    buffer_add_text(sql, "substr(");
    add_text(sql, model, COLUMN_PASSWORD);
    buffer_add_text(sql, ", 1, ");
    buffer_add_text(sql, length);
    buffer_add_text(sql, ")");
}

/* "bcrypt_sha256$$2b$12$" is 21 characters, "$bcrypt-sha256$" 15, "$2b$12$" 7. What begins with no
 * mark of a scheme may be a password in the clear: of that no more than tells other marks. */
static void add_hash_kind(struct buffer *sql, const struct store_model *model)
{
    buffer_add_text(sql, "CASE WHEN ");
    add_text(sql, model, COLUMN_PASSWORD);
    buffer_add_text(sql, " LIKE 'bcrypt%' OR ");
    add_text(sql, model, COLUMN_PASSWORD);
    buffer_add_text(sql, " LIKE '{bcrypt}%' THEN ");
    add_beginning(sql, model, "21");
    buffer_add_text(sql, " WHEN ");
    add_text(sql, model, COLUMN_PASSWORD);
    buffer_add_text(sql, " LIKE '$%' AND NOT ");
    add_text(sql, model, COLUMN_PASSWORD);
    buffer_add_text(sql, " LIKE '$2%' THEN ");
    add_beginning(sql, model, "15");
    buffer_add_text(sql, " ELSE ");
    add_beginning(sql, model, "7");
    buffer_add_text(sql, " END || '#' || length(rtrim(");
    add_text(sql, model, COLUMN_PASSWORD);
    buffer_add_text(sql, "))");
}

void scan_survey_add_values(struct buffer *sql, const struct store_model *model)
{
    buffer_add_text(sql, ", ");
    add_lower_email(sql, model);
    buffer_add_text(sql, ", ");
    add_hash_kind(sql, model);
}

void scan_survey_add_order(struct buffer *sql, const struct store_model *model)
{
    buffer_add_text(sql, " ORDER BY ");
    add_lower_email(sql, model);
}
