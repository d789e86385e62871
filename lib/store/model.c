/* SPDX-License-Identifier: Apache-2.0 */
#include "store/model.h"

#include "base/memory.h"

bool model_set(char **name, const char *value)
{
    char *copy = value == NULL ? NULL : memory_copy_text(value);
    if (value != NULL && copy == NULL)
        return false;
    memory_free(*name);
    *name = copy;
    return true;
}

/* Every text of a model, one after the other; NULL behind the last. */
static char **text_at(struct store_model *model, size_t index)
{
    char **const single[] = {&model->schema,
                             &model->table,
                             &model->skipped,
                             &model->sql_by_email,
                             &model->sql_by_id,
                             &model->password.table,
                             &model->password.user_column,
                             &model->password.provider_column,
                             &model->password.provider};
    const size_t singles = sizeof single / sizeof single[0];
    if (index < singles)
        return single[index];
    index -= singles;
    if (index < COLUMN_COUNT)
        return &model->columns[index];
    index -= COLUMN_COUNT;
    if (index < 2 * model->flag_count)
        return index % 2 == 0 ? &model->flags[index / 2].column : &model->flags[index / 2].until;
    index -= 2 * model->flag_count;
    if (index < 2 * model->attribute_count)
        return index % 2 == 0 ? &model->attributes[index / 2].name
                              : &model->attributes[index / 2].column;
    return NULL;
}

bool model_copy(struct store_model *to, const struct store_model *from)
{
    struct store_model borrowed = *from;
    bool good = true;
    char **text, **source;
    *to = borrowed;
    for (size_t i = 0; (text = text_at(to, i)) != NULL; i++)
        *text = NULL;
    for (size_t i = 0; good && (source = text_at(&borrowed, i)) != NULL; i++)
        good = model_set(text_at(to, i), *source);
    if (!good)
        model_release(to);
    return good;
}

void model_release(struct store_model *model)
{
    char **text;
    for (size_t i = 0; (text = text_at(model, i)) != NULL; i++)
        memory_free(*text);
    *model = (struct store_model){.schema = NULL};
}

void model_clear_flags(struct store_model *model)
{
    for (size_t i = 0; i < model->flag_count; i++) {
        memory_free(model->flags[i].column);
        memory_free(model->flags[i].until);
    }
    model->flag_count = 0;
}

bool model_has_optional_names(const struct store_model *model)
{
    bool any = model->optional != 0 || model->skipped != NULL;
    for (size_t i = 0; i < model->flag_count; i++)
        any = any || model->flags[i].optional;
    return any;
}

void model_leave_out_missing(struct store_model *model,
                             bool (*has)(const void *names, const char *), const void *names)
{
    size_t kept = 0;
    for (int i = 0; i < COLUMN_COUNT; i++)
        if ((model->optional & (1U << i)) != 0 && !has(names, model->columns[i]))
            model->columns[i] = NULL;
    for (size_t i = 0; i < model->flag_count; i++) {
        struct store_flag flag = model->flags[i];
        if (flag.optional && flag.until != NULL && !has(names, flag.until))
            flag.until = NULL;
        if (!flag.optional || has(names, flag.column))
            model->flags[kept++] = flag;
    }
    model->flag_count = kept;
    if (model->skipped != NULL && !has(names, model->skipped))
        model->skipped = NULL;
}
