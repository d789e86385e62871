/* SPDX-License-Identifier: Apache-2.0 */
#include "token/text_list.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

bool text_list_add(struct text_list *list, const char *text)
{
    char *copy = memory_copy_text(text);
    if (copy == NULL)
        return false;
    list->texts[list->count++] = copy;
    return true;
}

bool text_list_copy(const struct text_list *from, struct text_list *to)
{
    while (to->count < from->count)
        if (!text_list_add(to, from->texts[to->count]))
            return false;
    return true;
}

void text_list_release(struct text_list *list)
{
    while (list->count > 0)
        memory_free(list->texts[--list->count]);
}

bool text_list_has(const struct text_list *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->texts[i], text) == 0)
            return true;
    return false;
}

struct text_list_shown text_list_show(const struct text_list *list)
{
    struct text_list_shown shown = {""};
    const char *first = list->count > 0 ? list->texts[0] : "";
    if (list->count == 2)
        snprintf(shown.text, sizeof shown.text, "\"%.64s\" or \"%.64s\"", first, list->texts[1]);
    else if (list->count > 2)
        snprintf(shown.text, sizeof shown.text, "\"%.64s\" or one of %zu others", first,
                 list->count - 1);
    else
        snprintf(shown.text, sizeof shown.text, "\"%.64s\"", first);
    return shown;
}
