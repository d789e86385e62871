/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backend.h"

void sql_add_identifier(struct buffer *sql, const char *name)
{
    buffer_add_byte(sql, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"')
            buffer_add_byte(sql, '"');
        buffer_add_byte(sql, *name);
    }
    buffer_add_byte(sql, '"');
}

void sql_add_table(struct buffer *sql, const struct store_model *model)
{
    if (model->schema != NULL) {
        sql_add_identifier(sql, model->schema);
        buffer_add_byte(sql, '.');
    }
    sql_add_identifier(sql, model->table);
    buffer_add_text(sql, " AS u");
}

void sql_add_column(struct buffer *sql, const struct store_model *model, enum store_column column)
{
    if (model->columns[column] == NULL) {
        buffer_add_text(sql, "NULL");
        return;
    }
    buffer_add_text(sql, "u.");
    sql_add_identifier(sql, model->columns[column]);
}
