/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scan_columns.h"

void scan_columns_begin(struct scan_columns *columns, const struct store_model *model)
{
    *columns = (struct scan_columns){.skipped = NO_COLUMN};
    scan_columns_add(columns, model->columns[COLUMN_ID], false);
}

static size_t append(struct scan_columns *columns, const char *name, bool optional, bool as_text)
{
    columns->optional[columns->count] = optional;
    columns->as_text[columns->count] = as_text;
    columns->names[columns->count] = name;
    return columns->count++;
}

/* A column that is read twice may be missing only if both may. */
size_t scan_columns_add(struct scan_columns *columns, const char *name, bool optional)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->as_text[i] || !span_equal_text(span_of(name), columns->names[i]))
            continue;
        columns->optional[i] = columns->optional[i] && optional;
        return i;
    }
    return append(columns, name, optional, false);
}

size_t scan_columns_add_text(struct scan_columns *columns, const char *name)
{
    return append(columns, name, false, true);
}

size_t scan_columns_add_of_model(struct scan_columns *columns, const struct store_model *model,
                                 enum store_column column)
{
    const char *name = model->columns[column];
    return name == NULL ? (size_t)NO_COLUMN
                        : scan_columns_add(columns, name, (model->optional & (1U << column)) != 0);
}

static size_t add_until(struct scan_columns *columns, const struct store_flag *flag)
{
    return flag->until == NULL ? (size_t)NO_COLUMN
                               : scan_columns_add(columns, flag->until, flag->optional);
}

void scan_columns_add_flags(struct scan_columns *columns, const struct store_model *model)
{
    for (size_t i = 0; i < model->flag_count; i++) {
        const struct store_flag *flag = &model->flags[i];
        struct scan_flag *added = &columns->flags[columns->flag_count++];
        added->column = scan_columns_add(columns, flag->column, flag->optional);
        added->when = flag->when;
        added->until = add_until(columns, flag);
    }
    if (model->skipped != NULL)
        columns->skipped = scan_columns_add(columns, model->skipped, true);
}

void scan_columns_add_flag(struct scan_columns *columns, const char *name)
{
    columns->flags[columns->flag_count++] =
        (struct scan_flag){.column = scan_columns_add(columns, name, false),
                           .when = COGMIG_DISABLED_WHEN_TRUE,
                           .until = NO_COLUMN};
}
