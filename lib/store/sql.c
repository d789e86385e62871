/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backend.h"

static void add_quoted(struct buffer *sql, const char *text, char quote)
{
    buffer_add_byte(sql, quote);
    for (; *text != '\0'; text++) {
        if (*text == quote)
            buffer_add_byte(sql, quote);
        buffer_add_byte(sql, *text);
    }
    buffer_add_byte(sql, quote);
}

void sql_add_identifier(struct buffer *sql, const char *name)
{
    add_quoted(sql, name, '"');
}

static void add_qualified(struct buffer *sql, const char *schema, const char *table)
{
    if (schema != NULL) {
        sql_add_identifier(sql, schema);
        buffer_add_byte(sql, '.');
    }
    sql_add_identifier(sql, table);
}

void sql_add_table_name(struct buffer *sql, const struct store_model *model)
{
    add_qualified(sql, model->schema, model->table);
}

void sql_add_table(struct buffer *sql, const struct store_model *model)
{
    sql_add_table_name(sql, model);
    buffer_add_text(sql, " AS u");
}

void sql_add_name(struct buffer *sql, const char *alias, const char *column)
{
    buffer_add_text(sql, alias);
    buffer_add_byte(sql, '.');
    sql_add_identifier(sql, column);
}

void sql_add_column(struct buffer *sql, const struct store_model *model, enum store_column column)
{
    bool elsewhere = column == COLUMN_PASSWORD && model->password.table != NULL;
    if (model->columns[column] == NULL)
        buffer_add_text(sql, "NULL");
    else
        sql_add_name(sql, elsewhere ? "p" : "u", model->columns[column]);
}

static void add_password_table(struct buffer *sql, const struct store_model *model)
{
    const struct store_password_table *password = &model->password;
    buffer_add_text(sql, " LEFT JOIN ");
    add_qualified(sql, model->schema, password->table);
    buffer_add_text(sql, " AS p ON ");
    sql_add_name(sql, "p", password->user_column);
    buffer_add_text(sql, " = ");
    sql_add_column(sql, model, COLUMN_ID);
    if (password->provider_column == NULL)
        return;
    buffer_add_text(sql, " AND ");
    sql_add_name(sql, "p", password->provider_column);
    buffer_add_text(sql, " = ");
    add_quoted(sql, password->provider, '\'');
}

void sql_add_source(struct buffer *sql, const struct store_model *model, const char *own_sql)
{
    if (own_sql != NULL) {
        buffer_add_text(sql, "(");
        buffer_add_text(sql, own_sql);
        buffer_add_text(sql, "\n) AS u"); /* the line break ends a comment */
        return;
    }
    sql_add_table(sql, model);
    if (model->password.table != NULL)
        add_password_table(sql, model);
}

const char *sql_of_question(const struct store_model *model, int32_t question)
{
    return question == COGMIG_FIND_BY_ID ? model->sql_by_id : model->sql_by_email;
}
