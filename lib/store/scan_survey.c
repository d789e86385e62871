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

static void add_hash(struct buffer *sql, const struct store_model *model, bool bytes)
{
    if (!bytes) {
        add_text(sql, model, COLUMN_PASSWORD);
        return;
    }
    buffer_add_text(sql, "encode(");
    sql_add_column(sql, model, COLUMN_PASSWORD);
    buffer_add_text(sql, ", 'escape')");
}

static void add_beginning(struct buffer *sql, const struct store_model *model, bool bytes,
                          const char *length)
{
    buffer_add_text(sql, "substr(");
    add_hash(sql, model, bytes);
    buffer_add_text(sql, ", 1, ");
    buffer_add_text(sql, length);
    buffer_add_text(sql, ")");
}

/* "bcrypt_sha256$$2b$12$" is 21 characters, "$bcrypt-sha256$" 15, "$2b$12$" 7. What begins with no
 * mark of a scheme may be a password in the clear: of that no more than tells other marks. */
static void add_hash_kind(struct buffer *sql, const struct store_model *model, bool bytes)
{
    buffer_add_text(sql, "CASE WHEN ");
    add_hash(sql, model, bytes);
    buffer_add_text(sql, " LIKE 'bcrypt%' OR ");
    add_hash(sql, model, bytes);
    buffer_add_text(sql, " LIKE '{bcrypt}%' THEN ");
    add_beginning(sql, model, bytes, "21");
    buffer_add_text(sql, " WHEN ");
    add_hash(sql, model, bytes);
    buffer_add_text(sql, " LIKE '$%' AND NOT ");
    add_hash(sql, model, bytes);
    buffer_add_text(sql, " LIKE '$2%' THEN ");
    add_beginning(sql, model, bytes, "15");
    buffer_add_text(sql, " ELSE ");
    add_beginning(sql, model, bytes, "7");
    buffer_add_text(sql, " END || '#' || length(rtrim(");
    add_hash(sql, model, bytes);
    buffer_add_text(sql, "))");
}

void scan_survey_add_values(struct buffer *sql, const struct store_model *model, bool hash_is_bytes)
{
    buffer_add_text(sql, ", ");
    add_lower_email(sql, model);
    buffer_add_text(sql, ", ");
    add_hash_kind(sql, model, hash_is_bytes);
}

void scan_survey_add_order(struct buffer *sql, const struct store_model *model)
{
    buffer_add_text(sql, " ORDER BY ");
    add_lower_email(sql, model);
}
