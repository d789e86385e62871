/* SPDX-License-Identifier: Apache-2.0 */
#include "show.h"

#include <stdio.h>

/* Control characters of ASCII, and those of Latin-1 (C2 80 to C2 9F in UTF-8). */
static int control_length(const char *at)
{
    unsigned char first = (unsigned char)at[0], second = (unsigned char)at[1];
    if (first < ' ' || first == 0x7F)
        return 1;
    return first == 0xC2 && second >= 0x80 && second <= 0x9F ? 2 : 0;
}

void show_text(const char *text)
{
    while (*text != '\0') {
        int control = control_length(text);
        putchar(control > 0 ? '?' : *text);
        text += control > 0 ? control : 1;
    }
}

void show_line(int width, const char *label, const char *text)
{
    if (text == NULL)
        return;
    printf("%-*s ", width, label);
    show_text(text);
    putchar('\n');
}

json_t *text_or_null(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}
