/* SPDX-License-Identifier: Apache-2.0 */
#include "show.h"

#include <stdio.h>

void show_line(int width, const char *label, const char *text)
{
    if (text != NULL)
        printf("%-*s %s\n", width, label, text);
}

json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}
