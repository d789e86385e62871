/* SPDX-License-Identifier: Apache-2.0 */
#include "store/model.h"

#include "base/memory.h"

static bool copy_name(char **to, const char *from)
{
    *to = from == NULL ? NULL : memory_copy_text(from);
    return from == NULL || *to != NULL;
}

bool model_copy(struct store_model *to, const struct store_model *from)
{
    *to = (struct store_model){.schema = NULL};
    bool good = copy_name(&to->schema, from->schema) && copy_name(&to->table, from->table);
    for (int i = 0; i < COLUMN_COUNT && good; i++)
        good = copy_name(&to->columns[i], from->columns[i]);
    if (!good)
        model_release(to);
    return good;
}

void model_release(struct store_model *model)
{
    memory_free(model->schema);
    memory_free(model->table);
    for (int i = 0; i < COLUMN_COUNT; i++)
        memory_free(model->columns[i]);
    *model = (struct store_model){.schema = NULL};
}
