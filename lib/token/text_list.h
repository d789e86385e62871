/* SPDX-License-Identifier: Apache-2.0
 * A few short texts of a configuration: clients, groups, scopes. */
#ifndef TOKEN_TEXT_LIST_H
#define TOKEN_TEXT_LIST_H

#include <stdbool.h>
#include <stddef.h>

enum {
    TEXT_LIST_MAX = 64,
    TEXT_LIST_MAX_SHOWN = 160
};

struct text_list {
    char *texts[TEXT_LIST_MAX];
    size_t count;
};

/* A list that is full must not be added to. False: memory was refused. */
bool text_list_add(struct text_list *list, const char *text);

/* What to holds already stays; release it after a failure too. False: memory was refused. */
bool text_list_copy(const struct text_list *from, struct text_list *to);
void text_list_release(struct text_list *list);

bool text_list_has(const struct text_list *list, const char *text);

/* For a message: "a", "b" and how many more. */
struct text_list_shown {
    char text[TEXT_LIST_MAX_SHOWN];
};
struct text_list_shown text_list_show(const struct text_list *list);

#endif
